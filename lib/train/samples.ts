import { DataError, OptionError, ShapeError } from '../errors/errors.js';
import { suggestion } from '../errors/optionNames.js';
import type { InputSlot, OutputSlot, TrainableModel } from '../model/trainable.js';
import type { HostArray } from '../native/program.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { depthOf, isTensor, isTypedArray, toRows, type Rows, type SampleArray } from './rows.js';

/** What models train on: one array, or several by order or by name of the input or output. */
export type SampleData =
  SampleArray | readonly SampleArray[] | Readonly<Record<string, SampleArray>>;

/** Samples as native code reads them: arrays of `count` whole rows. */
export interface Samples {
  readonly count: number;
  readonly inputs: readonly HostArray[];
  /** One for each output with a loss; empty when there is only x. */
  readonly targets: readonly HostArray[];
  /** One for each output with a loss. */
  readonly sampleWeights?: readonly Float32Array[];
}

/** Throws ERR_OPTION, naming compile(), when the model is not compiled. */
export function requireCompiled(model: TrainableModel): Optimizer {
  return model.optimizer;
}

/** The outputs that have a loss, in order. */
export function trainedOutputs(model: TrainableModel): OutputSlot[] {
  return model.outputSlots.filter((slot) => slot.loss !== undefined);
}

/** Checks x against the model's inputs. */
export function toInputs(model: TrainableModel, x: unknown, place = 'x'): Rows[] {
  const parts = bySlot(place, 'input', model.inputSlots, x);
  const rows = parts.map(({ slot, value, place: at }) =>
    toRows(value, { place: at, shape: slot.shape, kind: 'values' }),
  );
  requireEqualCounts(
    parts.map((part) => part.place),
    rows,
  );
  return rows;
}

/** Checks x and y against the model, and their lengths against each other. */
export function toSamples(
  model: TrainableModel,
  x: unknown,
  y: unknown,
  places: { readonly x: string; readonly y: string } = { x: 'x', y: 'y' },
): Samples {
  const inputs = toInputs(model, x, places.x);
  const count = inputs[0]?.count ?? 0;
  const parts = bySlot(places.y, 'output', trainedOutputs(model), y);
  const targets = parts.map(({ slot, value, place }) => toTargets(slot, value, place));
  targets.forEach((rows, i) => {
    if (rows.count === count) return;
    throw new DataError(`has ${rows.count} rows, but ${places.x} has ${count}`, {
      place: parts[i]?.place ?? places.y,
    });
  });
  return {
    count,
    inputs: inputs.map((rows) => rows.data),
    targets: targets.map((rows) => rows.data),
  };
}

function toTargets(slot: OutputSlot, value: unknown, place: string): Rows {
  const labels = slot.target === 'labels';
  const shape = labels ? slot.shape.slice(0, -1) : slot.shape;
  try {
    const kind = labels ? 'labels' : 'values';
    const rows = toRows(value, { place, shape, kind, looseOnes: true });
    if (labels) checkLabels(rows, slot, place);
    return rows;
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const classes = slot.shape.at(-1) ?? 0;
    const advice = labels
      ? `loss '${slot.loss ?? ''}' takes class indices; for one-hot rows use 'categoricalCrossentropy'`
      : `for class indices use oneHot(y, ${classes}) or the loss 'sparseCategoricalCrossentropy'`;
    throw new ShapeError(`${error.message}; ${advice}`, { place, cause: error });
  }
}

function checkLabels({ data, count }: Rows, slot: OutputSlot, place: string): void {
  const classes = slot.shape.at(-1) ?? 0;
  for (let i = 0; i < data.length; ++i) {
    const label = data[i] ?? -1;
    if (label >= 0 && label < classes) continue;
    const row = Math.floor(i / (data.length / count));
    throw new DataError(
      `row ${row}: label ${label} is not within 0 to ${classes - 1}, the classes of output '${slot.name}'`,
      { place },
    );
  }
}

interface Part<Slot> {
  readonly slot: Slot;
  readonly value: unknown;
  readonly place: string;
}

/** Shares `data` out to the slots: by name from a record, by order from a list, or all to one. */
export function bySlot<Slot extends InputSlot>(
  place: string,
  noun: 'input' | 'output',
  slots: readonly Slot[],
  data: unknown,
): Part<Slot>[] {
  if (data === undefined || data === null) {
    throw new DataError(`is missing; expected data for ${listed(noun, slots)}`, { place });
  }
  if (isRecord(data)) return byName(place, noun, slots, data);
  const [first] = slots;
  if (first && slots.length === 1) {
    const value = isListOfOne(data, first) ? data[0] : data;
    return [{ slot: first, value, place }];
  }
  if (!Array.isArray(data) || data.length !== slots.length) {
    const found = Array.isArray(data) ? `a list of ${data.length}` : 'one array';
    throw new DataError(
      `got ${found}, but the model has ${listed(noun, slots)}; pass a list or a record by name`,
      { place },
    );
  }
  const values: readonly unknown[] = data;
  return slots.map((slot, i) => ({ slot, value: values[i], place: `${place}[${i}]` }));
}

function byName<Slot extends InputSlot>(
  place: string,
  noun: string,
  slots: readonly Slot[],
  data: Readonly<Record<string, unknown>>,
): Part<Slot>[] {
  const names = slots.map((slot) => slot.name);
  for (const name of Object.keys(data)) {
    if (names.includes(name)) continue;
    throw new OptionError(
      `the model has no ${noun} '${name}'${suggestion(name, names)}; it has ${listed(noun, slots)}`,
      { place },
    );
  }
  return slots.map((slot) => {
    const value = data[slot.name];
    if (value === undefined) {
      throw new DataError(`is missing the ${noun} '${slot.name}'`, { place });
    }
    return { slot, value, place: `${place}['${slot.name}']` };
  });
}

/** Whether `data` is the one array of a slot within a list, as several slots have it. */
function isListOfOne(data: unknown, slot: InputSlot): data is readonly unknown[] {
  if (!Array.isArray(data) || data.length !== 1) return false;
  const only: unknown = data[0];
  return isTensor(only) || isTypedArray(only) || depthOf(data) === slot.shape.length + 2;
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return (
    typeof data === 'object' &&
    data !== null &&
    !Array.isArray(data) &&
    !isTensor(data) &&
    !ArrayBuffer.isView(data)
  );
}

function listed(noun: string, slots: readonly InputSlot[]): string {
  const plural = slots.length === 1 ? noun : `${noun}s`;
  return `the ${plural} ${slots.map((slot) => `'${slot.name}'`).join(', ')}`;
}

function requireEqualCounts(places: readonly string[], rows: readonly Rows[]): void {
  const count = rows[0]?.count ?? 0;
  rows.forEach((part, i) => {
    if (part.count === count) return;
    throw new DataError(`has ${part.count} rows, but ${places[0] ?? 'x'} has ${count}`, {
      place: places[i] ?? 'x',
    });
  });
}
