/** Sizes without the batch axis. */
export type SampleShape = readonly number[];
/** Sizes with the batch axis first, which is null: not known before data comes. */
export type BatchShape = readonly (number | null)[];

/** Puts the batch axis before a sample's shape. */
export function withBatch(shape: SampleShape): BatchShape {
  return [null, ...shape];
}

/** "[null,55,55,96]", the batch axis put first. */
export function shapeText(shape: SampleShape): string {
  return `[${withBatch(shape)
    .map((n) => String(n))
    .join(',')}]`;
}

/** The number of elements of a sample. */
export function elements(shape: SampleShape): number {
  return shape.reduce((product, n) => product * n, 1);
}
