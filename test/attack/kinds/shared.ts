import type { Kind } from '../kind.js';
import { Random } from '../random.js';
import { Play } from '../shared/play.js';

const turns = 30;

export const kind: Kind = {
  describe: 'models that share layers, and models within models, against twins that share nothing',
  async run(seed, { folder }) {
    const random = new Random(seed);
    const channels = random.pick([1, 3, 8, 16, 17]);
    const shape = random.chance(0.5) ? [channels] : [4, 5, channels];
    const setting = { backend: random.pick(['cpu', 'cpu', 'reference']), shape };
    const play = new Play(random, setting, folder);
    for (let i = 0; i < turns; ++i) await play.turn();
    await play.end();
  },
};
