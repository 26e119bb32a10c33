import { FormatError } from '../errors/errors.js';
import { shown } from '../errors/shown.js';
import { isRecord } from '../formats/parseJson.js';
import { mostUses } from './graph.js';
import type {
  FunctionalLayerConfig,
  ModelTopology,
  SequentialLayerConfig,
  TensorReference,
} from './topology.js';

/** More entries than any file can hold. */
const longestList = 2 ** 22;

/**
 * Checks that `value` has the form of a topology, so that what builds the model meets no other
 * types; what the options of a layer hold is for the layer to check. ERR_FORMAT says what is wrong.
 */
export function checkedTopology(place: string, value: unknown): ModelTopology {
  if (!isRecord(value) || !isRecord(value.config) || value.config.layers === undefined) {
    throw new FormatError('expected {className, config: {layers, ...}}, as toJSON() makes it', {
      place,
    });
  }
  const { className, config } = value;
  const checked = new Checked(place);
  const layers = checked.list('layers', config.layers);
  if (layers.length > 2 * mostUses) {
    throw new FormatError(`${layers.length} layers are more than ${mostUses}`, { place });
  }
  if (layers.length === 0) throw new FormatError('it has no layers', { place });
  if (className === 'Sequential') {
    for (const [i, layer] of layers.entries()) checked.layer(`layer ${i}`, layer);
  } else if (className === 'Model') {
    const names = new Set<string>();
    for (const [i, layer] of layers.entries()) checked.functionalLayer(`layer ${i}`, layer, names);
    checked.references('inputLayers', config.inputLayers);
    checked.references('outputLayers', config.outputLayers);
  } else {
    throw new FormatError(`className is ${shown(className)}; expected 'Sequential' or 'Model'`, {
      place,
    });
  }
  return value as unknown as ModelTopology;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

class Checked {
  private uses = 0;

  constructor(private readonly place: string) {}

  list(what: string, value: unknown): readonly unknown[] {
    if (Array.isArray(value) && value.length <= longestList) return value;
    throw this.fault(what, value, 'an array');
  }

  layer(what: string, value: unknown): SequentialLayerConfig {
    if (!isRecord(value)) throw this.fault(what, value, '{className, config}');
    const { className, config, shared } = value;
    if (typeof className !== 'string') throw this.fault(`${what}.className`, className, 'a text');
    if (shared !== undefined && !isCount(shared)) {
      throw this.fault(`${what}.shared`, shared, 'a whole number');
    }
    if (!isRecord(config)) throw this.fault(`${what}.config`, config, 'a record of options');
    return value as unknown as SequentialLayerConfig;
  }

  functionalLayer(what: string, value: unknown, names: Set<string>): void {
    const { name, config, inboundNodes } = this.layer(what, value) as FunctionalLayerConfig;
    if (typeof name !== 'string') throw this.fault(`${what}.name`, name, 'a text');
    if (names.has(name)) {
      throw new FormatError(`two layers are called ${shown(name)}`, { place: this.place });
    }
    if (config.name !== undefined && config.name !== name) {
      throw this.fault(`${what}.config.name`, config.name, `the layer's name ${shown(name)}`);
    }
    names.add(name);
    this.uses += this.list(`${what}.inboundNodes`, inboundNodes).length;
    if (this.uses > mostUses) {
      throw new FormatError(`it has more than ${mostUses} uses of layers`, { place: this.place });
    }
    for (const references of inboundNodes) {
      this.references(`${what}.inboundNodes`, references);
    }
  }

  references(what: string, value: unknown): readonly TensorReference[] {
    for (const reference of this.list(what, value)) {
      const pair: readonly unknown[] = Array.isArray(reference) ? reference : [];
      const [layer, use, output = 0] = pair;
      const fits = pair.length === 2 || pair.length === 3;
      if (fits && typeof layer === 'string' && isCount(use) && isCount(output)) continue;
      throw this.fault(`${what} has`, reference, '[layer, use]');
    }
    return value as readonly TensorReference[];
  }

  private fault(what: string, value: unknown, expected: string): FormatError {
    const is = what.endsWith(' has') ? what : `${what} is`;
    return new FormatError(`${is} ${shown(value)}; expected ${expected}`, { place: this.place });
  }
}
