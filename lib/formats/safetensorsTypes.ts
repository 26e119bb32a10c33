import type { DType } from '../tensor/tensor.js';

/** Element types of safetensors files that this package reads. */
export type SafetensorsDType =
  'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U16' | 'U8' | 'BOOL';

/** Bytes of an element. */
export const bytesPerElement: Readonly<Record<SafetensorsDType, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U16: 2,
  U8: 1,
  BOOL: 1,
};

/** The file's type for each of ours. */
export const fileDType = {
  float32: 'F32',
  int32: 'I32',
  uint8: 'U8',
  bool: 'BOOL',
} as const satisfies Readonly<Record<DType, SafetensorsDType>>;

export function isSafetensorsDType(name: unknown): name is SafetensorsDType {
  return typeof name === 'string' && Object.hasOwn(bytesPerElement, name);
}

interface Decoded {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly dtype: DType;
}

/**
 * Little-endian elements as an array of ours: floats become float32, integers int32 (uint8 stays).
 * Undefined when an integer does not fit into 32 bits. `bytes` must own its whole buffer.
 */
export function decodeElements(bytes: Uint8Array, dtype: SafetensorsDType): Decoded | undefined {
  const { buffer } = bytes;
  switch (dtype) {
    case 'F32':
      return { values: new Float32Array(buffer), dtype: 'float32' };
    case 'F64':
      return { values: Float32Array.from(new Float64Array(buffer)), dtype: 'float32' };
    case 'F16':
      return { values: Float32Array.from(new Uint16Array(buffer), halfToNumber), dtype: 'float32' };
    case 'BF16':
      return { values: fromBfloat16(new Uint16Array(buffer)), dtype: 'float32' };
    case 'I64':
      return fromInt64(new BigInt64Array(buffer));
    case 'I32':
      return { values: new Int32Array(buffer), dtype: 'int32' };
    case 'I16':
      return { values: Int32Array.from(new Int16Array(buffer)), dtype: 'int32' };
    case 'I8':
      return { values: Int32Array.from(new Int8Array(buffer)), dtype: 'int32' };
    case 'U16':
      return { values: Int32Array.from(new Uint16Array(buffer)), dtype: 'int32' };
    case 'U8':
      return { values: bytes, dtype: 'uint8' };
    case 'BOOL':
      return { values: bytes, dtype: 'bool' };
  }
}

/** IEEE 754 binary16. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a binary32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  const words = Uint32Array.from(halves, (half) => half * 0x10000);
  return new Float32Array(words.buffer);
}

function fromInt64(longs: BigInt64Array): Decoded | undefined {
  const values = new Int32Array(longs.length);
  for (let i = 0; i < longs.length; ++i) {
    values[i] = Number(longs[i]);
    if (values[i] !== Number(longs[i])) return undefined;
  }
  return { values, dtype: 'int32' };
}
