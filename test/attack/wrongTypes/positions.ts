/** Where a value stands in the arguments of a call: [0, 'filters']. */
export type Position = readonly (number | string)[];

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** How a finding names a position: '0.filters'. */
export function positionText(position: Position): string {
  return position.join('.');
}

/** Every argument, every option, and what lies in them, to a depth of four. */
export function positionsOf(value: unknown, at: Position = []): Position[] {
  const here = at.length === 0 ? [] : [at];
  if (at.length >= 4) return here;
  if (Array.isArray(value)) {
    const items = value.slice(0, 4).flatMap((item, i) => positionsOf(item, [...at, i]));
    return [...here, ...items];
  }
  if (!isRecord(value)) return here;
  const options = Object.entries(value).flatMap(([name, item]) => positionsOf(item, [...at, name]));
  return [...here, ...options];
}

/** The positions of records, which may get an option that does not exist. */
export function recordsIn(value: unknown): Position[] {
  return positionsOf(value).filter((position) => isRecord(valueAt(value, position)));
}

function valueAt(value: unknown, position: Position): unknown {
  return position.reduce<unknown>(
    (found, key) => (found as Record<string | number, unknown>)[key],
    value,
  );
}

/** The arguments with another value at a position; what is on the way to it is copied. */
export function replaced(value: unknown, position: Position, other: unknown): unknown {
  const [key, ...rest] = position;
  if (key === undefined) return other;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const parts = copy as Record<string | number, unknown>;
  parts[key] = replaced(parts[key], rest, other);
  return copy;
}
