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

/** `name in value` of an object; of a Proxy that was revoked, or that throws, false. */
export function hasMember<Name extends PropertyKey>(
  value: unknown,
  name: Name,
): value is Readonly<Record<Name, unknown>> {
  try {
    return typeof value === 'object' && value !== null && name in value;
  } catch {
    return false;
  }
}
