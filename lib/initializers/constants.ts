import { checkOptionNames } from '../errors/optionNames.js';
import { realNumber } from '../errors/optionValues.js';
import type { InitializerSpec } from '../native/program.js';
import { Initializer, registerInitializer, type InitializerConfig } from './initializer.js';

/** Of initializers that have none. */
export type NoOptions = Readonly<Record<string, never>>;

/** All zeros. */
export class Zeros extends Initializer {
  constructor(options: NoOptions = {}) {
    super();
    checkOptionNames("initializer 'zeros'", options, []);
  }

  override toSpec(): InitializerSpec {
    return { kind: 'zeros', attributes: {} };
  }

  override getConfig(): InitializerConfig {
    return { className: 'Zeros', config: {} };
  }
}

/** All ones. */
export class Ones extends Initializer {
  constructor(options: NoOptions = {}) {
    super();
    checkOptionNames("initializer 'ones'", options, []);
  }

  override toSpec(): InitializerSpec {
    return { kind: 'ones', attributes: {} };
  }

  override getConfig(): InitializerConfig {
    return { className: 'Ones', config: {} };
  }
}

export interface ConstantOptions {
  readonly value: number;
}

/** One value everywhere. */
export class Constant extends Initializer {
  readonly value: number;

  constructor(options: ConstantOptions) {
    super();
    const place = "initializer 'constant'";
    checkOptionNames(place, options, ['value']);
    this.value = realNumber(place, 'value', options.value);
  }

  override toSpec(): InitializerSpec {
    return { kind: 'constant', attributes: { value: this.value } };
  }

  override getConfig(): InitializerConfig {
    return { className: 'Constant', config: { value: this.value } };
  }
}

registerInitializer('Zeros', [], () => new Zeros());
registerInitializer('Ones', [], () => new Ones());
registerInitializer('Constant', ['value'], ({ value }) => new Constant({ value: value as number }));
