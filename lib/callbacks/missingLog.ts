import { nearestName } from '../errors/optionNames.js';

/** Says that a log key is none of the known ones, and which one may be meant. */
export function missingLog(subject: string, name: string, known: readonly string[]): string {
  const blind = name.startsWith('val_') && !known.some((key) => key.startsWith('val_'));
  const wanted = blind ? known.map((key) => `val_${key}`) : known;
  const list = known.map((key) => `'${key}'`).join(', ');
  const nearest = wanted.includes(name) ? undefined : nearestName(name, wanted);
  const named = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  const advice = blind ? "; without validation data there are no 'val_' logs" : '';
  return `${subject} is not among the logs ${list}${named}${advice}`;
}
