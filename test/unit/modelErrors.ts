/** Matches an error by its code, and by its message where one is given. */
export function coded(code: string, message?: string): Error {
  return expect.objectContaining({ code, ...(message === undefined ? {} : { message }) }) as Error;
}
