import { OptionError } from '../errors/errors.js';
import type { Layer } from '../layers/layer.js';
import { provideLayerValues } from '../layers/layerValues.js';
import type { NativeStore } from '../native/program.js';
import { Tensor } from '../tensor/tensor.js';
import { homesOf, type LayerHome } from './layerHome.js';
import { weightValues } from './weightValues.js';

/** Begins a call on the store of a layer, which has values by then. */
async function useStore<T>(
  layer: Layer,
  home: LayerHome,
  call: (store: NativeStore) => Promise<T>,
): Promise<T> {
  home.requireAlive();
  const [owner] = home.owners;
  const begin = (): Promise<T> => {
    // The owner may have been disposed of meanwhile.
    home.requireAlive();
    if (home.store !== undefined) return call(home.store.native);
    throw new OptionError(
      'its weights have no values yet, as no model has it; make a model with it first',
      { place: layer.place },
    );
  };
  // Models that are gone have left the values behind.
  return owner === undefined ? begin() : owner.useProgram(begin);
}

provideLayerValues({
  async read(layer) {
    const [home] = homesOf([layer]);
    if (home === undefined) return [];
    const values = await useStore(layer, home, (store) => store.read(home.ids));
    if (values.includes(null)) home.requireAlive();
    return layer.weights.map(
      ({ shape }, i) => new Tensor(values[i] ?? new Float32Array(0), shape, 'float32'),
    );
  },

  async write(layer, tensors) {
    const values = weightValues(layer.place, layer.weights, tensors);
    const [home] = homesOf([layer]);
    if (home === undefined) return;
    const weights = home.weights.map((weight, i) => ({
      ...weight,
      values: values[i] ?? new Float32Array(0),
    }));
    await useStore(layer, home, (store) => store.write(weights));
  },
});
