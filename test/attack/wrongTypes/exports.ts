import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Callback } from 'node-cudnn';

/** Something of the package that can be called. */
export interface Callable {
  /** 'layers.conv2d', 'new Tensor', 'Tensor#reshape', 'Optimizer#learningRate='. */
  readonly path: string;
  /** Calls it; `receiver` is the object of a method. */
  readonly call: (receiver: unknown, args: readonly unknown[]) => unknown;
}

type Function = (...args: readonly unknown[]) => unknown;
type Constructor = new (...args: readonly unknown[]) => object;

function isClass(value: unknown): value is Constructor {
  return typeof value === 'function' && Function.prototype.toString.call(value).startsWith('class');
}

/** 'Class#member' of all members that the declarations call private or protected. */
function hiddenMembers(): ReadonlySet<string> {
  const main = createRequire(import.meta.url).resolve('node-cudnn');
  const folder = join(dirname(main), '..', 'esm');
  const hidden = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.d.ts')) continue;
    let name = '';
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      name = /^(?:export )?(?:declare )?(?:abstract )?class (\w+)/.exec(line)?.[1] ?? name;
      const words = /^ {4}(?:private|protected) (?:(?:static|abstract|get|set|readonly) )*(\w+)/;
      const member = words.exec(line)?.[1];
      if (member !== undefined) hidden.add(`${name}#${member}`);
    }
  }
  return hidden;
}

const roots = [Object.prototype, Error.prototype, Function.prototype] as readonly object[];

/** Collects what can be called, each member under the class that defines it. */
class Walk {
  readonly found = new Map<string, Callable['call']>();
  private readonly hidden = hiddenMembers();
  private readonly seen = new Set<object>();

  namespace(prefix: string, value: object): void {
    for (const [name, item] of Object.entries(value)) {
      const path = `${prefix}${name}`;
      if (isClass(item)) this.constructors(path, item);
      else if (typeof item === 'function') this.functions(path, value, item as Function);
      else if (typeof item === 'object' && item !== null)
        this.namespace(`${path}.`, item as object);
    }
  }

  private functions(path: string, owner: unknown, item: Function): void {
    this.found.set(path, (_, args) => Reflect.apply(item, owner, args));
  }

  private constructors(path: string, item: Constructor): void {
    // A protected constructor is called by classes of one's own.
    if (!this.hidden.has(`${item.name}#constructor`)) {
      this.found.set(`new ${path}`, (_, args) => Reflect.construct(item, args));
    }
    // The hooks of callbacks are called by fit().
    if (item.prototype instanceof Callback || item === Callback) return;
    let prototype: object | null = item.prototype as object;
    while (prototype !== null && !roots.includes(prototype) && !this.seen.has(prototype)) {
      this.seen.add(prototype);
      this.members(prototype);
      prototype = Object.getPrototypeOf(prototype) as object | null;
    }
  }

  private members(prototype: object): void {
    const owner = prototype.constructor.name;
    for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const path = `${owner}#${name}`;
      // lower() is called by the model that a layer is in.
      if (name === 'constructor' || name === 'lower' || this.hidden.has(path)) continue;
      const { value, set } = member as TypedPropertyDescriptor<unknown>;
      if (typeof value === 'function') {
        this.found.set(path, (on, args) => Reflect.apply(value, on, args) as unknown);
      }
      if (set !== undefined) this.found.set(`${path}=`, (on, args) => Reflect.apply(set, on, args));
    }
  }
}

/** All functions, constructors, methods and setters that `api` exports, by path. */
export function callablesOf(api: object): Callable[] {
  const walk = new Walk();
  walk.namespace('', api);
  return [...walk.found]
    .map(([path, call]) => ({ path, call }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
