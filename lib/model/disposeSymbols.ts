const symbols: { readonly dispose?: symbol; readonly asyncDispose?: symbol } = Symbol;

/** Symbol.dispose, or the symbol that stands for it where Node.js does not have it yet. */
export const disposeSymbol: typeof Symbol.dispose = (symbols.dispose ??
  Symbol.for('nodejs.dispose')) as typeof Symbol.dispose;

/** Symbol.asyncDispose, likewise. */
export const asyncDisposeSymbol: typeof Symbol.asyncDispose = (symbols.asyncDispose ??
  Symbol.for('nodejs.asyncDispose')) as typeof Symbol.asyncDispose;
