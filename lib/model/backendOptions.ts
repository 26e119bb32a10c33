import { OptionError } from '../errors/errors.js';
import { isArray, listOf } from '../errors/lists.js';
import { oneOf } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { wholeNumber } from '../errors/optionValues.js';
import type { AttributeValue, Attributes } from '../native/program.js';

/**
 * - 'auto': the first GPU that can be used, else the CPU; says once why where there is an NVIDIA GPU.
 * - 'cpu': oneDNN, in float32.
 * - 'cuda': cuDNN on the first GPU that can be used; 'cuda:1' on the second that CUDA counts.
 * - 'reference': plain loops in double precision, slow, for tests.
 */
export type BackendName = 'auto' | 'cpu' | 'cuda' | `cuda:${number}` | 'reference' | (string & {});

/**
 * How 'cuda' computes matrix products and convolutions.
 * - 'tf32': float32 in memory, operands rounded to 10 bits of mantissa on tensor cores.
 * - 'float32': without rounding.
 * - 'bf16': activations and gradients in bfloat16; weights, sums, statistics and losses in float32.
 */
export type Precision = 'tf32' | 'float32' | 'bf16';

/** Where a model runs, and how. All but `backend` are of 'cuda'. */
export interface BackendOptions {
  /** Default 'auto'. */
  readonly backend?: BackendName;
  /** Default 'tf32'. The CPU knows 'float32' alone. */
  readonly precision?: Precision;
  /** The most device memory that the model may take, in bytes. Default: all that is free. */
  readonly memoryLimit?: number;
  /** The most scratch memory that one operation may take, in bytes. Default 2^30. */
  readonly workspaceLimit?: number;
  /**
   * How many of cuDNN's suggestions are timed for each operation, and fused ones against their
   * parts. Takes seconds to a minute, once with a `planCache`. Default 0: takes the first.
   */
  readonly autotune?: number;
  /** Folder in which plans are kept from one process to the next. Default: none. */
  readonly planCache?: string;
  /** Folders that are searched first for CUDA's and cuDNN's libraries. */
  readonly cudaLibraries?: string | readonly string[];
  /**
   * The properties of a device that need not be there, in cuDNN's text form: the model can then be
   * planned and explained, and not be run. With the backend 'cuda' alone.
   */
  readonly deviceProperties?: string;
}

export const backendOptionNames: Readonly<Record<keyof BackendOptions, true>> = {
  backend: true,
  precision: true,
  memoryLimit: true,
  workspaceLimit: true,
  autotune: true,
  planCache: true,
  cudaLibraries: true,
  deviceProperties: true,
};

/** The backend's options among others, without those that are undefined. */
export function pickBackendOptions(options: BackendOptions): BackendOptions {
  const names = Object.keys(backendOptionNames) as (keyof BackendOptions)[];
  const given = names.filter((name) => options[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, options[name]]));
}

function text(place: string, option: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new OptionError(`${option} is ${shown(value)}; expected a text`, { place });
}

/** The folders of `cudaLibraries`. */
export function libraryFolders(place: string, value: unknown): string[] {
  if (value === undefined) return [];
  const expected = 'a folder or a list of them';
  const list = listOf(place, 'cudaLibraries', isArray(value) ? value : [value], {
    longest: 1000,
    expected,
  });
  if (list.every((item) => typeof item === 'string' && item !== '')) return list as string[];
  throw new OptionError(`cudaLibraries is ${shown(value)}; expected ${expected}`, {
    place,
  });
}

type Check = (place: string, option: string, value: unknown) => AttributeValue;

const bytes: Check = (place, option, value) => wholeNumber(place, option, value, 1);

// By the names that native code knows.
const checks: Readonly<Record<string, Check>> = {
  precision: (place, option, value) => oneOf(place, option, value, ['tf32', 'float32', 'bf16']),
  memoryLimit: bytes,
  workspaceLimit: (place, option, value) => wholeNumber(place, option, value, 0),
  autotune: (place, option, value) => wholeNumber(place, option, value, 0),
  planCache: text,
  deviceProperties: text,
};

/** The options that native code takes, checked. ERR_OPTION names the one at fault. */
export function backendAttributes(place: string, options: BackendOptions): Attributes {
  const given = Object.entries(pickBackendOptions(options)).flatMap(([name, value]) => {
    const check = checks[name];
    return check === undefined ? [] : [[name, check(place, name, value)] as const];
  });
  return Object.fromEntries(given);
}
