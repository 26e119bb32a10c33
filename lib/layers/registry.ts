import { FormatError } from '../errors/errors.js';
import { suggestion } from '../errors/optionNames.js';
import { functionOf, textOf } from '../errors/optionValues.js';
import type { Layer } from './layer.js';
import type { LayerConfig } from './layerOptions.js';

type LayerFactory = (config: LayerConfig) => Layer;

const factories = new Map<string, LayerFactory>();

/** Makes a class of layers known to saved models. `factory` takes what getConfig() returned. */
export function registerLayer(className: string, factory: LayerFactory): void {
  const place = 'registerLayer()';
  textOf(place, 'className', className);
  factories.set(className, functionOf(place, 'factory', factory, 'what getConfig() returned'));
}

/** A layer of a saved model. ERR_FORMAT when no such class is registered. */
export function layerFromConfig(className: string, config: LayerConfig): Layer {
  const factory = factories.get(className);
  if (factory !== undefined) return factory(config);
  const known = [...factories.keys()];
  throw new FormatError(
    `no layer class '${className}' is known${suggestion(className, known)}; ` +
      'a class of your own is made known by registerLayer()',
    { place: 'model' },
  );
}
