import { wideModel } from './models.js';
import { runChild } from './runChild.js';

/** 64 MB of weights, and as much of optimizer's state. */
const heavy = { model: wideModel(4000, 1), rows: 2, rowElements: 4000 };
/** 100 MB of input, of output and of each gradient. */
const long = { model: wideModel(64, 1), rows: 400_000, rowElements: 64 };

// What is left lets the process begin, in some cases, with what the call needs.
test.each([
  ['getWeights', 80, heavy],
  ['getWeights', 150, heavy],
  ['getOptimizerState', 150, heavy],
  ['setWeights', 80, heavy],
  ['predict', 100, long],
  ['predict', 300, long],
  ['train', 200, long],
  ['gradients', 250, long],
  ['resizeWithPad', 150, heavy],
])(
  '%s with %d MiB left to the process is refused, and works with more',
  async (subject, left, work) => {
    const end = await runChild('outOfMemory', { ...work, parameters: [subject, left] });
    expect(end).toMatchObject({ code: 0, signal: null, out: 'ERR_OUT_OF_MEMORY\n' });
  },
  180_000,
);
