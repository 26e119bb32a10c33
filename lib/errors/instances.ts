/** instanceof, which throws on a revoked Proxy; this says false of it. */
export function isInstance<T extends object>(
  value: unknown,
  type: { readonly prototype: T },
): value is T {
  try {
    return Object.prototype.isPrototypeOf.call(type.prototype, value as object);
  } catch {
    return false;
  }
}
