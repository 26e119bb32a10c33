import { shown } from '../errors/shown.js';

/** Of objects and arrays within one another: three for each model within a model. */
const deepest = 512;
/** Of strings, commas and brackets together: a hundred thousand layers, and a bounded memory. */
const mostTokens = 2 ** 22;

const token = /["{}[\],]/g;

/**
 * Parses the JSON of a file. Throws an Error whose message says what is wrong: no JSON, a key that
 * comes twice in an object (which JSON.parse passes over), or more depth or values than any model
 * needs.
 */
export function parseJson(text: string): unknown {
  checkStructure(text);
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw notJson(cause);
  }
}

/** Whether a value of JSON is an object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notJson(cause?: unknown): Error {
  return new Error('it is no JSON', { cause });
}

// Looks at strings and brackets alone; JSON.parse finds everything else.
function checkStructure(text: string): void {
  // The keys of each object that is open, undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  token.lastIndex = 0;
  let match = token.exec(text);
  for (let count = 0; match !== null; ++count) {
    if (count === mostTokens) throw new Error(`it has more than ${mostTokens} values`);
    const [found] = match;
    if (found === '"') token.lastIndex = checkString(text, match.index, open.at(-1));
    else if (found === '{') open.push(new Set());
    else if (found === '[') open.push(undefined);
    else if (found !== ',') open.pop();
    if (open.length > deepest) throw new Error(`its values are nested deeper than ${deepest}`);
    match = token.exec(text);
  }
}

/** The position after a string; if it is a key, it is added to those of its object. */
function checkString(text: string, begin: number, keys: Set<string> | undefined): number {
  const end = endOfString(text, begin + 1);
  if (keys === undefined || !isKey(text, end)) return end;
  const key = JSON.parse(text.slice(begin, end)) as string;
  if (keys.has(key)) throw new Error(`it has ${shown(key)} more than once`);
  keys.add(key);
  return end;
}

/** The position after the quote that ends a string. */
function endOfString(text: string, begin: number): number {
  for (let from = begin; ;) {
    const end = text.indexOf('"', from);
    if (end < 0) throw notJson();
    let backslashes = 0;
    while (end - backslashes > begin && text[end - backslashes - 1] === '\\') ++backslashes;
    if (backslashes % 2 === 0) return end + 1;
    from = end + 1;
  }
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (' \t\n\r'.includes(text[at] ?? ':')) ++at;
  return text[at] === ':';
}
