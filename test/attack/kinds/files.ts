import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  data,
  loadLayersModel,
  modelFromJSON,
  readSafetensors,
  writeSafetensors,
  type LayersModel,
} from 'node-cudnn';
import { crafted } from '../files/craft.js';
import { damaged, withChecksum } from '../files/damage.js';
import { hostileIdx } from '../files/images.js';
import { modestBytes, type Kind } from '../kind.js';
import { buildModel } from '../models/build.js';
import { Random } from '../random.js';
import { mustFail, typedOr } from '../verdict.js';

/** What a file may be refused with, and a model that it describes may lack. */
const codes = ['ERR_FORMAT', 'ERR_OUT_OF_MEMORY', 'ERR_UNSUPPORTED'] as const;

async function predictZeros(model: LayersModel): Promise<void> {
  const x = model.inputs.map(({ sampleShape }) => {
    return new Float32Array(sampleShape.reduce((all, n) => all * n, 2));
  });
  await model.predict(x.length === 1 ? (x[0] ?? []) : x);
}

/** A model that a hostile file made is used, a little. */
async function use(model: LayersModel | undefined): Promise<void> {
  if (model === undefined) return;
  const plan = await typedOr(() => model.plan('predict', 2));
  const inputs = model.inputs.map(({ sampleShape }) => sampleShape.reduce((all, n) => all * n, 8));
  const bytes = [plan?.arenaBytes ?? Infinity, plan?.persistentBytes ?? 0, ...inputs];
  if (bytes.every((n) => n <= modestBytes)) await typedOr(() => predictZeros(model));
  await model.dispose();
}

async function savedModel(random: Random, file: string): Promise<void> {
  const { model } = buildModel(random.int(0, 2 ** 31), 'cpu');
  await model.save(file, { includeOptimizer: random.chance(0.7) });
  await model.dispose();
}

async function damageModel(random: Random, file: string): Promise<void> {
  const whole = readFileSync(file);
  const bytes = damaged(random, whole);
  const repaired = random.chance(0.6);
  writeFileSync(file, repaired ? withChecksum(bytes) : bytes);
  if (!repaired && !bytes.equals(whole)) {
    await mustFail('a damaged file', () => readSafetensors(file), ['ERR_FORMAT']);
  }
  await use(await typedOr(() => loadLayersModel(file, { backend: 'cpu' }), codes));
}

async function craftModel(random: Random, file: string): Promise<void> {
  const { tensors, metadata } = await readSafetensors(file);
  const key = 'node-cudnn.model';
  const text = crafted(random, metadata[key] ?? '{}');
  await writeSafetensors(file, tensors, { ...metadata, [key]: text });
  await use(await typedOr(() => loadLayersModel(file, { backend: 'cpu' }), codes));
}

async function craftTopology(random: Random): Promise<void> {
  const { model } = buildModel(random.int(0, 2 ** 31), 'cpu');
  const text = JSON.stringify(model.toJSON());
  const json = random.chance(0.2)
    ? damaged(random, Buffer.from(text)).toString()
    : crafted(random, text);
  await use(await typedOr(() => modelFromJSON(json, { backend: 'cpu' }), codes));
}

async function craftHeader(random: Random, file: string): Promise<void> {
  const whole = readFileSync(file);
  const length = Number(whole.readBigUInt64LE());
  const text = crafted(random, whole.toString('utf8', 8, 8 + length));
  const header = Buffer.from(text);
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(file, withChecksum(Buffer.concat([start, header, whole.subarray(8 + length)])));
  await use(await typedOr(() => loadLayersModel(file, { backend: 'cpu' }), codes));
}

async function craftImages(random: Random, file: string): Promise<void> {
  const bytes = hostileIdx(random);
  writeFileSync(file, bytes.length >= 8 && random.chance(0.3) ? damaged(random, bytes) : bytes);
  await typedOr(() => data.readIdx(file, { maxBytes: 2 ** 28 }), ['ERR_FORMAT', 'ERR_DATA']);
}

export const kind: Kind = {
  describe: 'damaged files, and files that were made to harm',
  batch: 20,
  seconds: 30,
  async run(seed, { folder }) {
    const random = new Random(seed);
    const file = join(folder, 'model.safetensors');
    const what = random.next();
    if (what < 0.1) return craftImages(random, file);
    if (what < 0.3) return craftTopology(random);
    await savedModel(random, file);
    if (what < 0.6) return damageModel(random, file);
    if (what < 0.7) return craftHeader(random, file);
    return craftModel(random, file);
  },
};
