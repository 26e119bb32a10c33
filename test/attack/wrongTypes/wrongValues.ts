import * as cudnn from 'node-cudnn';

/** Thrown by values of the attack itself: a caller's own error, which may reach the caller. */
export class OwnError extends Error {}

/** A value to put where another belongs. */
export interface WrongValue {
  readonly name: string;
  /** Fresh at each call, as some are used up. */
  readonly make: () => unknown;
  /** No argument of this package takes it, unless the table of right calls says so. */
  readonly neverRight?: boolean;
  /** A number that is right where a count is wanted, and whose work would not end. */
  readonly endless?: boolean;
}

function fail(): never {
  throw new OwnError('thrown by the attack');
}

const everyTrap: ProxyHandler<object> = {
  get: fail,
  has: fail,
  ownKeys: fail,
  getPrototypeOf: fail,
  getOwnPropertyDescriptor: fail,
};

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function cyclic(): unknown {
  const list: unknown[] = [1];
  list.unshift(list);
  return list;
}

function nested(depth: number): unknown {
  let list: unknown = 1;
  for (let i = 0; i < depth; ++i) list = [list];
  return list;
}

function longArray(): unknown {
  const list: unknown[] = [];
  list.length = 2 ** 32 - 1;
  return list;
}

function withFirst(): unknown {
  const list = longArray() as unknown[];
  list[0] = 1;
  return list;
}

function detached(): unknown {
  const values = new Float32Array(3);
  structuredClone(values.buffer, { transfer: [values.buffer] });
  return values;
}

const numbers = [0, -0, 1, -1, 3, 0.5, -2.5, NaN, Infinity, -Infinity, 1e-320, 1e308, -(2 ** 53)];
const texts = ['', 'x', '5', 'relu', '\0', '__proto__', 'constructor', 'toString', '{', '../x/y'];

const plain = (value: unknown, name = JSON.stringify(value)): WrongValue => ({
  name,
  make: () => value,
});
const never = (name: string, make: () => unknown): WrongValue => ({ name, make, neverRight: true });
const maybe = (name: string, make: () => unknown): WrongValue => ({ name, make });

/** What is tried in the place of each right value. */
export const wrongValues: readonly WrongValue[] = [
  plain(undefined, 'undefined'),
  plain(null),
  plain(true),
  plain(false),
  ...numbers.map((value) => plain(value, Object.is(value, -0) ? '-0' : String(value))),
  ...[2 ** 40, 2 ** 53 - 1, 2 ** 53, 1e300].map((value) => ({
    ...plain(value),
    endless: true,
  })),
  ...texts.map((text) => plain(text)),
  maybe('text of 5 MB', () => 'x'.repeat(5e6)),
  never('symbol', () => Symbol('attack')),
  never('1n', () => 1n),
  never('2n ** 64n', () => 2n ** 64n),
  maybe('{}', () => ({})),
  maybe('null-prototype object', () => Object.create(null)),
  never('object that inherits', () => Object.create({ name: 'x' })),
  never('object with a class name', () => ({ className: Symbol('attack'), config: 5 })),
  never('object with null config', () => ({ className: 'L1L2', config: null })),
  maybe('[]', () => []),
  maybe('[[]]', () => [[]]),
  maybe('[null]', () => [null]),
  never('[symbol]', () => [Symbol('attack')]),
  never('ragged array', () => [[1, 2], [3]]),
  never('array within itself', cyclic),
  never('array 100,000 deep', () => nested(100_000)),
  never('array of 2^32 - 1 holes', longArray),
  never('array of 1 and 2^32 - 2 holes', withFirst),
  never('{length: 2^32 - 1}', () => ({ length: 2 ** 32 - 1 })),
  never('{length: -1}', () => ({ length: -1 })),
  never('array whose length throws', () => new Proxy([1], { get: fail })),
  maybe('Float32Array', () => new Float32Array(3)),
  maybe('empty Float32Array', () => new Float32Array(0)),
  maybe('Float64Array', () => new Float64Array(3)),
  maybe('Float32Array that was transferred', detached),
  never('BigInt64Array', () => new BigInt64Array(3)),
  never('DataView', () => new DataView(new ArrayBuffer(8))),
  never('ArrayBuffer', () => new ArrayBuffer(8)),
  maybe('Float32Array that is shared', () => new Float32Array(new SharedArrayBuffer(12))),
  never('Map', () => new Map([['filters', 3]])),
  never('Set', () => new Set([1])),
  never('Date', () => new Date(0)),
  never('RegExp', () => /x/),
  never('Error', () => new Error('an argument')),
  never('promise', () => Promise.resolve(1)),
  maybe('function', () => () => 1),
  maybe('function that throws', () => fail),
  maybe('class', () => OwnError),
  maybe('Proxy of {}', () => new Proxy({}, {})),
  never('Proxy that throws', () => new Proxy({}, everyTrap)),
  never('revoked Proxy', () => revoked({})),
  never('revoked Proxy of an array', () => revoked([1])),
  never('revoked Proxy of a function', () => revoked(() => 1)),
  never('object that cannot be text', () => ({ toString: fail, valueOf: fail })),
  never('object with a getter that throws', () =>
    Object.defineProperty({}, 'name', { get: fail, enumerable: true }),
  ),
  maybe('tensor', () => cudnn.tensor([1, 2, 3])),
  never('tensor-like that lies', () => ({
    values: new Float32Array(3),
    shape: [2 ** 30, 4],
    dtype: 'float32',
  })),
  never('tensor-like of nothing', () => ({ values: 5, shape: null, dtype: Symbol('attack') })),
  maybe('symbolic tensor', () => cudnn.input({ shape: [3] })),
  maybe('layer', () => cudnn.layers.dense({ units: 2 })),
  maybe('generator', function* () {
    yield 1;
  }),
];
