/** What a child says, one line each. */
export type ChildLine =
  | { readonly begins: number }
  | { readonly passed: number }
  | { readonly found: number; readonly message: string }
  | { readonly done: true };
