import * as cudnn from 'node-cudnn';
import type { Kind } from '../kind.js';
import { Random } from '../random.js';
import { CallAttack } from '../wrongTypes/attackCall.js';
import { callablesOf } from '../wrongTypes/exports.js';
import { layerCalls } from '../wrongTypes/layerCalls.js';
import { modelCalls } from '../wrongTypes/modelCalls.js';
import type { RightCalls } from '../wrongTypes/rightCall.js';
import { valueCalls } from '../wrongTypes/valueCalls.js';

const rightCalls: RightCalls = { ...layerCalls, ...valueCalls, ...modelCalls };
const wrongCallsOfACase = 40;

const callables = callablesOf(cudnn);

function requireFullTable(): void {
  const paths = callables.map(({ path }) => path);
  const extra = Object.keys(rightCalls).filter((path) => !paths.includes(path));
  if (extra.length > 0) throw new Error(`right calls of no export: ${extra.join(', ')}`);
}

export const kind: Kind = {
  describe: 'every export with wrong types',
  batch: 20,
  async run(seed, { folder }) {
    requireFullTable();
    const callable = callables[seed % callables.length];
    if (callable === undefined) throw new Error('the package exports nothing');
    const right = rightCalls[callable.path];
    if (right === undefined) throw new Error(`no right call of ${callable.path}: add one`);
    const attack = new CallAttack(callable, right, folder);
    await attack.rightCall();
    const random = new Random(seed);
    for (let i = 0; i < wrongCallsOfACase; ++i) await attack.wrongCall(random);
  },
};
