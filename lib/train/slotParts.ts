import { DataError, OptionError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { isPlain, suggestion } from '../errors/optionNames.js';
import type { InputSlot } from '../model/trainable.js';
import { isTensor } from '../tensor/asTensor.js';
import { depthOf, isTypedArray } from './sampleKinds.js';
import { isRowList } from './stackedRows.js';

/** The data of one input or output. */
export interface Part<Slot> {
  readonly slot: Slot;
  readonly value: unknown;
  /** Of one row. */
  readonly shape: readonly number[];
  readonly place: string;
}

/**
 * Shares `data` out to the slots: by name from a record, by order from a list, or all to one.
 * `shapeOf` gives the shape of a row of a slot's data, by default the slot's.
 */
export function bySlot<Slot extends InputSlot>(
  place: string,
  noun: 'input' | 'output',
  slots: readonly Slot[],
  data: unknown,
  shapeOf: (slot: Slot) => readonly number[] = (slot) => slot.shape,
): Part<Slot>[] {
  if (data === undefined || data === null) {
    throw new DataError(`is missing; expected data for ${listed(noun, slots)}`, { place });
  }
  const part = (slot: Slot, value: unknown, at: string): Part<Slot> => {
    return { slot, value, shape: shapeOf(slot), place: at };
  };
  if (isRecord(data)) return byName(place, noun, slots, data, part);
  const [first] = slots;
  if (first && slots.length === 1) {
    const value = isListOfOne(data, shapeOf(first)) ? data[0] : data;
    return [part(first, value, place)];
  }
  if (!isArray(data) || data.length !== slots.length) {
    const found = isArray(data) ? `a list of ${data.length}` : 'one array';
    throw new DataError(
      `got ${found}, but the model has ${listed(noun, slots)}; pass a list or a record by name`,
      { place },
    );
  }
  const values: readonly unknown[] = data;
  return slots.map((slot, i) => part(slot, values[i], `${place}[${i}]`));
}

function byName<Slot extends InputSlot>(
  place: string,
  noun: string,
  slots: readonly Slot[],
  data: Readonly<Record<string, unknown>>,
  part: (slot: Slot, value: unknown, place: string) => Part<Slot>,
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
    const value = Object.hasOwn(data, slot.name) ? data[slot.name] : undefined;
    if (value === undefined) {
      throw new DataError(`is missing the ${noun} '${slot.name}'`, { place });
    }
    return part(slot, value, `${place}['${slot.name}']`);
  });
}

/** Whether `data` is the one array of a slot within a list, as several slots have it. */
function isListOfOne(data: unknown, shape: readonly number[]): data is readonly unknown[] {
  if (!isArray(data) || data.length !== 1) return false;
  const only: unknown = data[0];
  if (isTensor(only)) return !isRowList(data, shape);
  return isTypedArray(only) || depthOf(data) === shape.length + 2;
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return isPlain(data) && !isTensor(data);
}

function listed(noun: string, slots: readonly InputSlot[]): string {
  const plural = slots.length === 1 ? noun : `${noun}s`;
  return `the ${plural} ${slots.map((slot) => `'${slot.name}'`).join(', ')}`;
}
