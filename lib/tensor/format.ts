import type { Tensor } from './tensor.js';

// Rows and columns beyond this many are shown as their first and last three.
const longest = 8;

function ellipsis<T>(items: readonly T[], gap: T): T[] {
  return items.length <= longest ? [...items] : [...items.slice(0, 3), gap, ...items.slice(-3)];
}

function number(value: number, dtype: string): string {
  if (dtype !== 'float32' || !Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(7)));
}

function block(tensor: Tensor, depth: number, offset: number, indent: string): string {
  const { shape, values, dtype } = tensor;
  const length = shape[depth];
  if (length === undefined) return number(values[offset] ?? NaN, dtype);
  const stride = shape.slice(depth + 1).reduce((size, n) => size * n, 1);
  const indices = ellipsis(
    Array.from({ length }, (_, i) => i),
    -1,
  );
  const parts = indices.map((i) =>
    i < 0 ? '...' : block(tensor, depth + 1, offset + i * stride, `${indent} `),
  );
  const last = depth === shape.length - 1;
  return `[${parts.join(last ? ', ' : `,\n${indent} `)}]`;
}

/** "Tensor float32 [2,3]" and the values, long axes shortened. */
export function formatTensor(tensor: Tensor): string {
  return `Tensor ${tensor.dtype} [${tensor.shape.join(',')}]\n${block(tensor, 0, 0, '')}`;
}
