import type { LayersModel, SymbolicTensor } from 'node-cudnn';
import { Random } from '../random.js';
import { assembled, randomBody } from './graph.js';
import { randomCompileArgs, randomHead, type Head } from './training.js';

/** A compiled model of random layers, with what belongs to its outputs. */
export interface Built {
  readonly model: LayersModel;
  readonly heads: readonly Head[];
}

/** The model of a seed; only its backend may differ from one call to the next. */
export function buildModel(seed: number, backend: string): Built {
  const random = new Random(seed);
  const body = randomBody(random);
  const heads = body.ends.map((end) => randomHead(random, end));
  const outputs = heads.map(({ output }) => output);
  const model = assembled(random, body, outputs, { backend, seed: random.int(0, 1000) });
  for (const layer of model.layers) {
    if (random.chance(0.05)) layer.trainable = false;
  }
  model.compile(randomCompileArgs(random, heads));
  return { model, heads };
}

function inputText({ name }: SymbolicTensor): string {
  return name;
}

/** The layers of a model, each with its inputs and its output's shape. */
export function modelText(model: LayersModel): string {
  const uses = model.layers.flatMap((layer) =>
    layer.nodes.map(({ inputs, outputs }) => {
      const from = inputs.map(inputText).join(', ');
      const shapes = outputs.map(({ sampleShape }) => `[${sampleShape.join(',')}]`);
      return `${layer.name}(${from}) ${shapes.join(' ')}`;
    }),
  );
  return [...new Set(uses)].join('; ');
}
