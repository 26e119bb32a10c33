// CommonJS in both builds of this package: __filename is there in each. It requires nothing, since
// in a bundle that is an ES module it could not.
/** The path of this file; undefined in a bundle that does not know it. */
export const sourceFile = typeof __filename === 'string' ? __filename : undefined;
