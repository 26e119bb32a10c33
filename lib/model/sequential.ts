import { OptionError } from '../errors/errors.js';
import { isInstance } from '../errors/instances.js';
import { listOf } from '../errors/lists.js';
import { checkOptionNames } from '../errors/optionNames.js';
import { shown } from '../errors/shown.js';
import { InputLayer } from '../layers/inputLayer.js';
import { Layer } from '../layers/layer.js';
import type { SampleShape } from '../layers/shape.js';
import { SymbolicTensor, type Applied } from '../layers/symbolicTensor.js';
import type { Tensor } from '../tensor/tensor.js';
import { buildGraph } from './graph.js';
import { nameLayers } from './layerNames.js';
import { LayersModel } from './layersModel.js';
import { modelOptionNames, type ModelOptions } from './modelStructure.js';
import type { SavedLayers } from './savedLayers.js';
import type { ModelTopology } from './topology.js';

export interface SequentialOptions extends ModelOptions {
  /** In order; more can follow with add(). */
  readonly layers?: readonly Layer<Applied>[];
}

const optionNames: Readonly<Record<keyof SequentialOptions, true>> = {
  ...modelOptionNames,
  layers: true,
};

/** The shape of one sample that a layer takes, as far as it knows without a layer before it. */
function inputShapeOf(layer: Layer): SampleShape | undefined {
  const first = layer.nested?.graph.inputs ?? layer.nodes[0]?.inputs;
  return layer.givenInputShape ?? first?.[0]?.sampleShape;
}

/** A stack of layers, each fed with the output of the one before. */
export class Sequential extends LayersModel<Tensor> {
  static readonly className = 'Sequential';
  readonly #layers: Layer[] = [];
  #input: SymbolicTensor | undefined;
  #output: SymbolicTensor | undefined;

  /** `names`: of layers whose names in this model are known before. */
  constructor(options: SequentialOptions = {}, names?: ReadonlyMap<Layer, string>) {
    checkOptionNames('sequential()', options, Object.keys(optionNames));
    super(Sequential.className, 'sequential', options);
    const limits = { longest: 100_000, expected: 'an array of layers' };
    this.append(listOf(this.place, 'layers', options.layers ?? [], limits), names);
  }

  protected override readonly listsInputs = false;

  /**
   * Puts a layer on top, also one of another model, with which it shares its weights, or a model as
   * a whole. The first one needs inputShape, unless it was used before or is layers.inputLayer().
   * ERR_SHAPE when it does not fit the layer before; ERR_OPTION once the model was compiled or used.
   */
  add(layer: Layer<Applied>): void {
    if (this.isFixed) {
      throw new OptionError('layers cannot be added after compile() or the first use', {
        place: this.place,
      });
    }
    this.append([layer]);
  }

  protected override get savedLayers(): readonly Layer[] {
    return this.#layers;
  }

  protected override topology(saved: SavedLayers): ModelTopology {
    const { names } = this.graph;
    const layers = this.#layers.map((layer) => saved.entry(layer, names.get(layer) ?? layer.name));
    return {
      className: 'Sequential',
      config: { ...this.topologyOptions, layers },
    };
  }

  private append(list: readonly unknown[], names?: ReadonlyMap<Layer, string>): void {
    const added = list.map((layer, i) => this.checkedLayer(layer, i));
    // Before shapes are looked at, so that errors can name the layer.
    nameLayers(this.place, [...this.#layers, ...added], names);
    for (const layer of added) {
      this.#output = this.applied(layer);
      this.#layers.push(layer);
    }
    if (this.#input !== undefined && this.#output !== undefined) {
      this.graph = buildGraph(this.place, [this.#input], [this.#output], names);
    }
  }

  private checkedLayer(layer: unknown, position: number): Layer {
    if (!isInstance(layer, Layer)) {
      throw new OptionError(
        `layer ${this.#layers.length + position} is ${shown(layer)}; expected what layers.dense() ` +
          'and the like return',
        { place: this.place },
      );
    }
    if (isInstance(layer, Sequential) && layer === this) {
      throw new OptionError('it cannot be a layer of itself', { place: this.place });
    }
    return layer as Layer;
  }

  private applied(layer: Layer): SymbolicTensor {
    if (this.#output !== undefined) return single(layer, layer.apply(this.#output));
    if (layer instanceof InputLayer) {
      this.#input = layer.output;
      return layer.output;
    }
    const inputShape = inputShapeOf(layer);
    if (inputShape === undefined) {
      throw new OptionError(
        'the first layer of a sequential model needs inputShape, the sizes of one sample',
        { place: layer.place },
      );
    }
    this.#input = new InputLayer({ inputShape }).output;
    return single(layer, layer.apply(this.#input));
  }
}

function single(layer: Layer, output: Applied): SymbolicTensor {
  if (isInstance(output, SymbolicTensor)) return output;
  throw new OptionError('it gives several outputs, and a stack takes one; use model()', {
    place: layer.place,
  });
}

/** A stack of layers: sequential({layers: [...]}). */
export function sequential(options?: SequentialOptions): Sequential {
  return new Sequential(options);
}
