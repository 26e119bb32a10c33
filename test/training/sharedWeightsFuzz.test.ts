/** Random models over a pool of layers, in random turns, against the same by hand. */
import { expect, it } from '@jest/globals';
import { input, layers, model, tensor, train } from '../../lib/index.js';
import type { LayersModel, Tensor } from '../../lib/index.js';
import type { Layer } from '../../lib/layers/layer.js';
import { nativeAddon } from '../../lib/native/addon.js';
import { Random } from '../attack/random.js';
import { HandModel, type HandLayer } from './denseChain.js';

const width = 3;
const rows = 4;
const learningRate = 0.05;
const seeds = Array.from({ length: 12 }, (_, i) => i + 1);

interface Pooled {
  readonly layer: Layer;
  readonly hand: HandLayer;
}

interface Pair {
  readonly real: LayersModel;
  readonly hand: HandModel;
  readonly parts: readonly Pooled[];
}

function matrix(flat: ArrayLike<number>): number[][] {
  const row = (i: number) => Array.from({ length: width }, (_, k) => flat[i * width + k] ?? NaN);
  return Array.from({ length: flat.length / width }, (_, i) => row(i));
}

/** A pool of layers, the models over some of them, and what is done to both at random. */
class Play {
  readonly done: string[] = [];
  private readonly random: Random;
  private readonly pool: Pooled[] = [];
  private readonly pairs: Pair[] = [];
  private count = 0;

  constructor(
    private readonly backend: string,
    seed: number,
  ) {
    this.random = new Random(seed);
    while (this.pool.length < 5) this.pool.push(this.newPart());
  }

  async step(): Promise<void> {
    const { random, pairs } = this;
    const pair = pairs.length === 0 ? undefined : random.pick(pairs);
    if (pair === undefined || (pairs.length < 6 && random.chance(0.2))) return this.make();
    const turns: [string, (pair: Pair) => Promise<void>][] = [
      ['train', (each) => this.train(each)],
      ['train', (each) => this.train(each)],
      ['predict', (each) => this.predict(each)],
      ['setWeights', (each) => this.setWeights(each)],
      ['freeze', (each) => this.freeze(each)],
      ['dispose', (each) => this.dispose(each)],
    ];
    const [name, turn] = random.pick(turns);
    this.done.push(`${name} ${pair.real.name}`);
    await turn(pair);
  }

  /** Several calls at once, on different models. */
  async predictAll(): Promise<void> {
    this.done.push('predict all');
    await Promise.all(this.pairs.map((pair) => this.predict(pair)));
  }

  async end(): Promise<void> {
    await Promise.all(this.pairs.map(({ real }) => real.dispose()));
  }

  private newPart(): Pooled {
    const { random } = this;
    const activation = random.pick(['tanh', 'linear'] as const);
    const name = `layer${this.count++}`;
    const kernel = matrix(random.floats(width * width));
    const bias = [...random.floats(width)];
    const hand: HandLayer = { activation, kernel, bias, trainable: true };
    return { layer: layers.dense({ units: width, activation, name }), hand };
  }

  private async make(): Promise<void> {
    const { random, backend } = this;
    const parts = random.shuffled(this.pool).slice(0, random.int(1, 3));
    const fresh = parts.map(({ layer }) => layer.nodes.length === 0);
    const start = input({ shape: [width] });
    const outputs = parts.reduce((symbol, { layer }) => layer.apply(symbol), start);
    const name = `model${this.count++}`;
    const real = model({ backend, name, inputs: start, outputs });
    const hand = new HandModel(
      parts.map((part) => part.hand),
      learningRate,
    );
    const pair = { real, hand, parts };
    this.done.push(`make ${name} of ${parts.map(({ layer }) => layer.name).join(', ')}`);
    this.pairs.push(pair);
    this.compile(pair);
    if (!fresh.includes(true)) return;
    // New layers take the values of the hand's, the others keep theirs.
    const now = await real.getWeights();
    await real.setWeights(
      this.handWeights(pair).map((values, i) =>
        fresh[Math.floor(i / 2)] === true ? values : (now[i] as Tensor),
      ),
    );
  }

  private compile({ real, hand }: Pair): void {
    const optimizer = train.sgd({ learningRate, momentum: 0.9 });
    real.compile({ optimizer, loss: 'meanSquaredError' });
    hand.compile();
  }

  private batch(): { values: number[][]; given: Tensor } {
    const values = matrix(this.random.floats(rows * width));
    return { values, given: tensor(Float32Array.from(values.flat()), [rows, width]) };
  }

  private async train({ real, hand }: Pair): Promise<void> {
    const [x, y] = [this.batch(), this.batch()];
    await real.trainOnBatch(x.given, y.given);
    hand.train(x.values, y.values);
  }

  private async predict({ real, hand }: Pair): Promise<void> {
    const x = this.batch();
    const expected = hand.predict(x.values).flat();
    const actual = ((await real.predict(x.given)) as Tensor).values;
    expected.forEach((value, i) => {
      if (Math.abs((actual[i] ?? NaN) - value) < 1e-4 * (1 + Math.abs(value))) return;
      throw new Error(
        `${real.name} gives ${actual[i]} for ${value} after:\n${this.done.join('\n')}`,
      );
    });
  }

  private async setWeights(pair: Pair): Promise<void> {
    for (const { hand } of pair.parts)
      Object.assign(hand, { ...this.newPart().hand, ...pick(hand) });
    await pair.real.setWeights(this.handWeights(pair));
  }

  private async freeze(pair: Pair): Promise<void> {
    const { layer, hand } = this.random.pick(pair.parts);
    layer.trainable = !layer.trainable;
    hand.trainable = layer.trainable;
    this.compile(pair);
    await this.predict(pair);
  }

  private async dispose(pair: Pair): Promise<void> {
    this.pairs.splice(this.pairs.indexOf(pair), 1);
    await pair.real.dispose();
    for (const part of pair.parts) {
      if (this.pairs.some(({ parts }) => parts.includes(part))) continue;
      const start = input({ shape: [width] });
      const again = () => model({ inputs: start, outputs: part.layer.apply(start) });
      expect(again).toThrow(/were freed with model/);
      this.pool[this.pool.indexOf(part)] = this.newPart();
    }
  }

  private handWeights({ parts }: Pair): Tensor[] {
    return parts.flatMap(({ hand: { kernel, bias } }) => [
      tensor(Float32Array.from(kernel.flat()), [width, width]),
      tensor(Float32Array.from(bias), [width]),
    ]);
  }
}

function pick({ activation, trainable }: HandLayer): Pick<HandLayer, 'activation' | 'trainable'> {
  return { activation, trainable };
}

it.each(['cpu', 'reference'].flatMap((backend) => seeds.map((seed) => [backend, seed] as const)))(
  '%s, seed %i',
  async (backend, seed) => {
    const play = new Play(backend, seed);
    for (let i = 0; i < 60; ++i) {
      await play.step();
      if (i % 10 === 9) await play.predictAll();
    }
    await play.end();
    expect(nativeAddon().liveHandles()).toBe(0);
  },
);
