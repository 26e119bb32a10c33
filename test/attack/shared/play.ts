import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  input,
  loadLayersModel,
  model,
  sequential,
  tensor,
  type LayersModel,
  type SymbolicTensor,
  type Tensor,
} from 'node-cudnn';
import type { Random } from '../random.js';
import { mustFail, typedOr } from '../verdict.js';
import { requireClose } from './close.js';
import { frozenThroughFile } from './frozen.js';
import {
  compile,
  randomRecipe,
  twinOf,
  valuesOf,
  type Member,
  type Setting,
  type Sharer,
} from './twin.js';

const rows = 3;
/** Layers in a row, beyond which values grow or vanish. */
const longestChain = 12;
/** A pool of layers, models over some of them, and what is done to these at random. */
export class Play {
  private readonly members: Member[] = [];
  private readonly sharers: Sharer[] = [];
  /** Of models that were forgotten: they may be there still, and keep the layers' weights. */
  private readonly loose = new Set<Member>();
  private count = 0;

  constructor(
    private readonly random: Random,
    private readonly setting: Setting,
    private readonly folder: string,
  ) {
    while (this.members.length < 4) this.members.push(this.newMember());
  }

  async turn(): Promise<void> {
    const { random, sharers } = this;
    if (sharers.length === 0 || (sharers.length < 6 && random.chance(0.25))) return this.make();
    const sharer = random.pick(sharers);
    const turns = [
      () => this.train(sharer),
      () => this.train(sharer),
      () => this.predict(sharer),
      () => this.setLayer(sharer),
      () => this.setAll(sharer),
      () => this.freeze(sharer),
      () => this.throughFile(sharer),
      () => frozenThroughFile(random, sharer.real, this.folder, [this.batch(), this.batch()]),
      () => this.allAtOnce(),
      () => this.dispose(sharer),
      () => this.forget(sharer),
    ];
    process.stderr.write(`${sharer.real.name} `);
    await random.pick(turns)();
  }

  async end(): Promise<void> {
    for (const sharer of this.sharers) await this.predict(sharer);
    await Promise.all(this.sharers.map(({ real }) => real.dispose()));
  }

  private newMember(): Member {
    const recipe = randomRecipe(this.random, this.setting);
    return { recipe, layer: recipe.make() };
  }

  private async make(): Promise<void> {
    const { random, setting } = this;
    const { backend, shape } = setting;
    const parts = Array.from({ length: random.int(1, 4) }, () =>
      random.chance(0.35) && this.sharers.length > 0
        ? random.pick(this.sharers)
        : random.pick(this.members),
    );
    const chain = parts.flatMap((part) => ('chain' in part ? part.chain : [part]));
    if (chain.length > longestChain) return;
    const options = { backend, name: `model${this.count++}`, seed: random.int(0, 99) };
    // Names of the layers of two models may be the same: they are told apart in a functional model.
    const start = input({ shape });
    const outputs = parts.reduce<SymbolicTensor>(
      (symbol, part) => ('chain' in part ? part.real : part.layer).apply(symbol),
      start,
    );
    const inner = model({ ...options, inputs: start, outputs });
    let real: LayersModel<Tensor> = inner;
    if (random.chance(0.3)) {
      const stack = sequential({ ...options, name: `stack${this.count}` });
      stack.add(inner);
      real = stack;
      await inner.dispose();
    }
    compile(real);
    this.sharers.push({ real, chain });
    process.stderr.write(`make ${real.name} ${JSON.stringify(real.toJSON()).slice(0, 400)}\n`);
  }

  private batch(): Tensor {
    const { shape } = this.setting;
    const size = shape.reduce((a, b) => a * b, rows);
    return tensor(this.random.floats(size), [rows, ...shape]);
  }

  private async predict(sharer: Sharer): Promise<void> {
    const x = this.batch();
    const [output] = [await sharer.real.predict(x)];
    const { twin } = await twinOf(sharer, this.setting);
    requireClose('prediction', output.values, (await twin.predict(x)).values);
    await twin.dispose();
  }

  /** What a step changes is what it changes in the twin, and nothing else. */
  private async train(sharer: Sharer): Promise<void> {
    const [x, y] = [this.batch(), this.batch()];
    const others = this.members.filter((member) => !sharer.chain.includes(member));
    const owned = others.filter((member) => this.isOwned(member));
    const before = await valuesOf(owned);
    const { twin, copies } = await twinOf(sharer, this.setting);
    for (const each of [sharer.real, twin]) {
      compile(each);
      const logs = await typedOr(() => each.trainOnBatch(x, y), ['ERR_NOT_FINITE']);
      if (logs === undefined) return twin.dispose();
    }
    const after = await valuesOf(sharer.chain);
    for (const [member, values] of after) {
      const expected = (await copies.get(member)?.getWeights()) ?? [];
      values.forEach((each, i) => {
        requireClose(`weight ${i} of ${member.layer.place}`, each, expected[i]?.values ?? []);
      });
    }
    await twin.dispose();
    if (isDeepStrictEqual(await valuesOf(owned), before)) return;
    throw new Error('a step has changed a layer that the model does not have');
  }

  private isOwned(member: Member): boolean {
    return this.sharers.some(({ chain }) => chain.includes(member));
  }

  private async setLayer(sharer: Sharer): Promise<void> {
    const { layer } = this.random.pick(sharer.chain);
    if (layer.weights.length === 0) return;
    const given = layer.weights.map(({ shape }) => this.randomValues(shape));
    await layer.setWeights(given);
    const now = await layer.getWeights();
    if (
      isDeepStrictEqual(
        now.map(({ values }) => values),
        given.map(({ values }) => values),
      )
    )
      return;
    throw new Error('a layer does not have the values that were set');
  }

  private async setAll({ real }: Sharer): Promise<void> {
    await real.setWeights(real.weights.map(({ shape }) => this.randomValues(shape)));
  }

  // Variances are positive; kernels keep the size of what goes through them.
  private randomValues(shape: readonly number[]): Tensor {
    const size = shape.reduce((a, b) => a * b, 1);
    const bound = shape.length < 2 ? 0.6 : 2 * Math.sqrt((shape.at(-1) ?? 1) / size);
    return tensor(this.random.floats(size, shape.length < 2 ? 0.3 : -bound, bound), [...shape]);
  }

  private freeze(sharer: Sharer): Promise<void> {
    const { layer } = this.random.pick(sharer.chain);
    layer.trainable = !layer.trainable;
    compile(sharer.real);
    return Promise.resolve();
  }

  private async throughFile({ real }: Sharer): Promise<void> {
    const file = join(this.folder, 'model.safetensors');
    await real.save(file);
    const loaded = await loadLayersModel<Tensor>(file, { backend: real.backend });
    const x = this.batch();
    const [ours, theirs] = [await real.predict(x), await loaded.predict(x)];
    requireClose('loaded prediction', theirs.values, ours.values);
    if (
      !isDeepStrictEqual(
        loaded.weights.map(({ name }) => name),
        real.weights.map(({ name }) => name),
      )
    ) {
      throw new Error('a loaded model has other names of weights');
    }
    await loaded.dispose();
  }

  /** Calls of all models at once: each ends, with an error at most where models have to be joined. */
  private async allAtOnce(): Promise<void> {
    const x = this.batch();
    await Promise.all(
      this.sharers.flatMap(({ real }) => [
        typedOr(() => real.predict(x), ['ERR_MODEL_BUSY']),
        typedOr(() => real.evaluate(x, x, { verbose: 0 }), ['ERR_MODEL_BUSY']),
        typedOr(() => real.trainOnBatch(x, x), ['ERR_MODEL_BUSY', 'ERR_NOT_FINITE']),
      ]),
    );
  }

  private async dispose(sharer: Sharer): Promise<void> {
    this.sharers.splice(this.sharers.indexOf(sharer), 1);
    await sharer.real.dispose();
    await mustFail('predict()', () => sharer.real.predict(this.batch()), ['ERR_DISPOSED']);
    for (const member of new Set(sharer.chain)) {
      if (this.isOwned(member)) continue;
      if (member.layer.weights.length > 0 && !this.loose.has(member)) {
        await mustFail('getWeights()', () => member.layer.getWeights());
      }
      this.members[this.members.indexOf(member)] = this.newMember();
    }
  }

  /** The garbage collector may free the model; layers that others have stay. */
  private async forget(sharer: Sharer): Promise<void> {
    this.sharers.splice(this.sharers.indexOf(sharer), 1);
    for (const member of new Set(sharer.chain)) {
      this.loose.add(member);
      if (!this.isOwned(member)) this.members[this.members.indexOf(member)] = this.newMember();
    }
    await new Promise((resolve) => setImmediate(resolve));
    (globalThis as { gc?: () => void }).gc?.();
  }
}
