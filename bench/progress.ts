/** A line to stderr, so that stdout holds the report alone. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
