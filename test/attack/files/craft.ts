import type { Random } from '../random.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Parent = Json[] | Record<string, Json>;

/** Numbers that overflow a product, or a type, or are no sizes at all. */
const numbers = [
  0, -1, 0.5, 1e9, 1e300, 4194304, 1073741823, 1073741824, 2147483647, 2147483648, 4294967295,
  4294967296, 9007199254740991, -2147483648, 65536, 127, 3,
];

const strange: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => 'text',
  () => [],
  () => ({}),
  () => ({ length: 1e9 }),
  () => JSON.parse('{"__proto__":{"units":1}}') as Json,
  () => 'x'.repeat(1e6),
  () => new Array<Json>(1e5).fill(1),
  () => '__proto__',
];

function isParent(value: Json): value is Parent {
  return typeof value === 'object' && value !== null;
}

/** Everything that holds values, within a value. */
function parentsOf(value: Json): Parent[] {
  return isParent(value) ? [value, ...Object.values(value).flatMap(parentsOf)] : [];
}

function set(parent: Parent, key: string, value: Json): void {
  Object.assign(parent, { [key]: value });
}

function copyOf(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** Changes one value somewhere in `root`. */
function change(random: Random, root: Json): void {
  const parents = parentsOf(root).filter((parent) => Object.keys(parent).length > 0);
  if (parents.length === 0) return;
  const parent = random.pick(parents);
  const key = random.pick(Object.keys(parent));
  const value = (parent as Record<string, Json>)[key] ?? null;
  const kind = random.next();
  if (typeof value === 'number' && kind < 0.8) set(parent, key, random.pick(numbers));
  else if (kind < 0.3) set(parent, key, random.pick(strange)());
  else if (kind < 0.5) set(parent, key, copyOf(random.pick(Object.values(random.pick(parents)))));
  else if (kind < 0.6 && Array.isArray(parent)) parent.push(copyOf(value));
  else if (kind < 0.7 && Array.isArray(parent)) parent.reverse();
  else if (kind < 0.8) set(parent, Array.isArray(parent) ? '0' : random.pick(['name', 'x']), value);
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}

type Entry = Record<string, Json>;

function isEntry(value: Json): value is Entry {
  return isParent(value) && 'className' in value && 'config' in value && !Array.isArray(value);
}

/** A model of one layer, its `width` uses one behind the other, within another, and so on. */
function tower(inner: Entry, levels: number, width: number): Entry {
  let top = inner;
  for (let level = 0; level < levels; ++level) {
    const first = { ...top, shared: level };
    const others = Array.from({ length: width - 1 }, (): Entry => {
      return { className: top.className ?? '', config: {}, shared: level };
    });
    const config = { name: `level${level}`, seed: 0, layers: [first, ...others] };
    top = { className: 'Sequential', config };
  }
  return top;
}

/** Entries of layers that stand in several places, wrongly: other classes, cycles, towers. */
function misshare(random: Random, root: Parent): void {
  const entries = parentsOf(root).filter((each): each is Entry => isEntry(each));
  if (entries.length === 0) return;
  const entry = random.pick(entries);
  const other = random.pick(entries);
  random.pick<() => void>([
    () => (entry.shared = random.pick([0, 1, 2, ...numbers])),
    () => (other.shared = entry.shared = random.int(0, 3)),
    () => Object.assign(entry, { className: other.className, shared: random.int(0, 3) }),
    () => Object.assign(entry, { config: {}, shared: random.int(0, 3) }),
    () => Object.assign(entry, tower(copyOf(entry) as Entry, random.int(1, 150), 1)),
    () => Object.assign(entry, tower(copyOf(entry) as Entry, random.int(1, 30), random.int(2, 4))),
    () => Object.assign(entry, tower(copyOf(root) as Entry, random.int(1, 20), random.int(1, 3))),
    () => Object.assign(entry, copyOf(other)),
  ])();
}

/** A copy of a JSON text with some values replaced by hostile ones. */
export function crafted(random: Random, text: string): string {
  const root = JSON.parse(text) as Json;
  if (!isParent(root)) return text;
  for (let count = random.int(1, 3); count > 0; --count) {
    if (random.chance(0.3)) misshare(random, root);
    else change(random, root);
  }
  return JSON.stringify(root);
}
