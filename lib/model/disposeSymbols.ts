// Node.js knows these symbols by the same names before Symbol has them.
const nodeDispose: unique symbol = Symbol.for('nodejs.dispose');
const nodeAsyncDispose: unique symbol = Symbol.for('nodejs.asyncDispose');
const symbols: { readonly dispose?: symbol; readonly asyncDispose?: symbol } = Symbol;

/** The symbol of that name where the program's types have it, so that `using` knows it. */
type SymbolNamed<Name extends string, Otherwise> = Name extends keyof SymbolConstructor
  ? SymbolConstructor[Name]
  : Otherwise;

/** Symbol.dispose, or the symbol that stands for it where Node.js does not have it yet. */
export const disposeSymbol: SymbolNamed<'dispose', typeof nodeDispose> = (symbols.dispose ??
  nodeDispose) as typeof Symbol.dispose;

/** Symbol.asyncDispose, likewise. */
export const asyncDisposeSymbol: SymbolNamed<'asyncDispose', typeof nodeAsyncDispose> =
  (symbols.asyncDispose ?? nodeAsyncDispose) as typeof Symbol.asyncDispose;
