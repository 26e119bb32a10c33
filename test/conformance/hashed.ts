/** A tensor that the Python and the TypeScript side make from the same hash. */
export interface HashedShape {
  readonly shape: readonly number[];
  readonly seed: number;
  readonly scale: number;
}

/** Uniform in [-scale, scale): murmur3's finalizer of seed * 2^20 + i, as float32. */
export function hashed({ shape, seed, scale }: HashedShape): Float32Array {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return Float32Array.from({ length: size }, (_, i) => {
    let h = (i + (seed << 20)) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
    h = (h ^ (h >>> 16)) >>> 0;
    return (h / 2 ** 31 - 1) * scale;
  });
}
