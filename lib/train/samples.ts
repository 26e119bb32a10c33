import { DataError, ShapeError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import type { InputSlot, OutputSlot, TrainableModel } from '../model/trainable.js';
import type { HostArray } from '../native/program.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { isTensor } from '../tensor/asTensor.js';
import { sameShape } from '../tensor/shapes.js';
import { toRows, type Rows, type SampleArray } from './rows.js';
import { depthOf } from './sampleKinds.js';
import { bySlot, type Part } from './slotParts.js';

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
  const rows = parts.map((part) => toInput(part));
  requireEqualCounts(
    parts.map((part) => part.place),
    rows,
  );
  return rows;
}

function toInput({ value, shape, place }: Part<InputSlot>): Rows {
  try {
    return toRows(value, { place, shape, kind: 'values' });
  } catch (error) {
    if (!(error instanceof ShapeError) || !isOneSample(value, shape)) throw error;
    const batch = isTensor(value) ? `x.reshape([1,${shape.join(',')}])` : '[x]';
    throw new ShapeError(
      `is one sample [${shape.join(',')}] without its batch axis; pass a batch of one, ${batch}`,
      { place, cause: error },
    );
  }
}

function isOneSample(value: unknown, shape: readonly number[]): boolean {
  if (isTensor(value)) return sameShape(value.shape, shape);
  return isArray(value) && value.length === shape[0] && depthOf(value) === shape.length;
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
  const parts = bySlot(places.y, 'output', trainedOutputs(model), y, targetShape);
  const targets = parts.map((part) => toTargets(part));
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

function targetShape(slot: OutputSlot): readonly number[] {
  return slot.target === 'labels' ? slot.shape.slice(0, -1) : slot.shape;
}

function toTargets({ slot, value, shape, place }: Part<OutputSlot>): Rows {
  const labels = slot.target === 'labels';
  try {
    const rows = toRows(value, { place, shape, kind: labels ? 'labels' : 'values' });
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

function requireEqualCounts(places: readonly string[], rows: readonly Rows[]): void {
  const count = rows[0]?.count ?? 0;
  rows.forEach((part, i) => {
    if (part.count === count) return;
    throw new DataError(`has ${part.count} rows, but ${places[0] ?? 'x'} has ${count}`, {
      place: places[i] ?? 'x',
    });
  });
}
