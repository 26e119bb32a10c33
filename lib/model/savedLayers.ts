import type { Layer } from '../layers/layer.js';
import type { ModelTopology, SequentialLayerConfig } from './topology.js';

/** A model, as what saves its layers sees it. */
export interface SavedModel {
  /** Each as often as it is saved. */
  readonly layers: readonly Layer[];
  topology(saved: SavedLayers): ModelTopology;
}

/** Which model a layer is, if it is one. */
export type ModelOf = (layer: Layer) => SavedModel | undefined;

/** Writes the layers of one file. A layer that stands in several places is written once. */
export class SavedLayers {
  private readonly places = new Map<Layer, number>();
  private readonly numbers = new Map<Layer, number>();

  constructor(
    root: SavedModel,
    private readonly modelOf: ModelOf,
  ) {
    this.count(root);
  }

  /** The entry of a layer by this name. */
  entry(layer: Layer, name: string): SequentialLayerConfig {
    const { className } = layer;
    const known = this.numbers.get(layer);
    if (known !== undefined) return { className, config: { name }, shared: known };
    const shared = this.number(layer);
    const config = this.modelOf(layer)?.topology(this).config ?? layer.getConfig();
    return { className, config: { ...config, name }, ...(shared === undefined ? {} : { shared }) };
  }

  private number(layer: Layer): number | undefined {
    if ((this.places.get(layer) ?? 0) < 2) return undefined;
    const number = this.numbers.size;
    this.numbers.set(layer, number);
    return number;
  }

  private count(model: SavedModel): void {
    for (const layer of model.layers) {
      const places = (this.places.get(layer) ?? 0) + 1;
      this.places.set(layer, places);
      const inner = this.modelOf(layer);
      if (inner !== undefined && places === 1) this.count(inner);
    }
  }
}
