// checkpoints.js SEED FILE FROM EPOCHS: trains with a checkpoint after each epoch, from the file on where
// FROM is above 0; says when it begins to train.
import { callbacks, loadLayersModel } from 'node-cudnn';
import { samplesFor, statefulNetwork } from './network.js';

const [seed = '', file = '', from = '', epochs = ''] = process.argv.slice(2);
const initialEpoch = Number(from);
const model = initialEpoch > 0 ? await loadLayersModel(file) : statefulNetwork(Number(seed));
const { x, y } = samplesFor(Number(seed));
process.stdout.write('begins\n');
await model.fit(x, y, {
  verbose: 0,
  batchSize: 8,
  initialEpoch,
  epochs: Number(epochs),
  callbacks: [
    callbacks.modelCheckpoint({ filepath: file }),
    { onEpochEnd: (epoch: number) => void process.stdout.write(`${epoch + 1}\n`) },
  ],
});
