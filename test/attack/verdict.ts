import { NodeCudnnError, type ErrorCode } from 'node-cudnn';

/** The longest message that a reader is asked to bear. */
const longestMessage = 2000;

/** How an error reads in a finding. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${String(error)}`;
  const code = 'code' in error ? `${String(error.code)} ` : '';
  return `${error.name} ${code}${error.message}`;
}

/**
 * Fails unless `error` is one that a caller can use: an error of the package with a code that is not
 * ERR_INTERNAL (of `codes`, where they are given) and a message of bearable length.
 */
export function requireTyped(error: unknown, codes?: readonly ErrorCode[]): void {
  if (!(error instanceof NodeCudnnError)) {
    throw new Error(`raw error: ${errorText(error)}`, { cause: error });
  }
  if (error.message.length > longestMessage) {
    throw new Error(`a message of ${error.message.length} characters: ${error.message}`);
  }
  const fits = codes === undefined ? error.code !== 'ERR_INTERNAL' : codes.includes(error.code);
  if (fits) return;
  const expected = codes === undefined ? '' : `, expected ${codes.join(' or ')}`;
  throw new Error(`wrong code${expected}: ${errorText(error)}`, { cause: error });
}

/**
 * What the action gives, or undefined where it fails with an error of the package (of `codes`, where
 * they are given); any other error is a finding.
 */
export async function typedOr<T>(
  action: () => T | Promise<T>,
  codes?: readonly ErrorCode[],
): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    requireTyped(error, codes);
    return undefined;
  }
}

/** Fails unless the action fails with an error of the package, of `codes` where they are given. */
export async function mustFail(
  what: string,
  action: () => unknown,
  codes?: readonly ErrorCode[],
): Promise<void> {
  try {
    await action();
  } catch (error) {
    requireTyped(error, codes);
    return;
  }
  throw new Error(`${what} was taken, expected ${codes?.join(' or ') ?? 'an error'}`);
}
