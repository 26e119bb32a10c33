import type { Device } from './devices.js';
import type { Planned, Precision } from './plan.js';

/** An operation graph that cuDNN refuses, and that the product has no other way to compute. */
export interface Refusal extends Planned {
  /** The op and what cuDNN was asked for; '' where no plan was asked for. */
  readonly graph: string;
  readonly reason: string;
}

/** "conv2d 'conv1': cuDNN refuses convolution + add [8,6] bf16 in bf16 on Tesla T4: <reason>" */
const pattern = /^(.*?): cuDNN refuses (.*?) in \w+ on .*?: (.*)$/s;

export function refusalOf(planned: Planned, error: unknown): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  const [, place = '', graph = '', reason = ''] = pattern.exec(message) ?? [];
  if (graph === '') return { ...planned, graph: '', reason: message };
  return { ...planned, graph: `${place}: ${graph}`, reason };
}

/** bfloat16 came with compute capability 8.0. */
export function hasPrecision(device: Device, precision: Precision): boolean {
  return precision !== 'bf16' || device.computeCapability >= 80;
}
