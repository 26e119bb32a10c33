/**
 * Trains a small network on Fashion-MNIST in the background, and answers predictions over HTTP with
 * the weights of its last step.
 *
 *   node dist/examples/server.js [--port 8080] [--epochs 3] [--images 60000]
 *   head -c 784 /dev/urandom | curl --data-binary @- http://127.0.0.1:8080/predict
 *   curl http://127.0.0.1:8080/health
 */
import { parseArgs } from 'node:util';
import { data } from 'node-cudnn';
import { servePredictions } from './predictionServer.js';
import { servedNetwork } from './servedNetwork.js';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    epochs: { type: 'string', default: '3' },
    images: { type: 'string', default: '60000' },
  },
});

const { train, classNames } = await data.fashionMnist();
await using model = servedNetwork(classNames.length);
const state = { training: true, steps: 0, epoch: 0, loss: 0 };
const server = await servePredictions(model, {
  port: Number(options.port),
  imageBytes: 28 * 28,
  classNames,
  training: () => state,
});
console.log(`listening on http://127.0.0.1:${String(server.port)}`);

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    stop.abort();
  });
}
const { signal } = stop;
const images = Number(options.images);
try {
  await model.fit(train.images.slice(0, images), train.labels.slice(0, images), {
    epochs: Number(options.epochs),
    batchSize: 64,
    verbose: 2,
    signal,
    callbacks: {
      onBatchBegin: () => {
        ++state.steps;
      },
      onEpochEnd: (epoch, { loss = 0 }) => {
        Object.assign(state, { epoch: epoch + 1, loss });
      },
    },
  });
} catch (error) {
  if (!signal.aborted) throw error;
}
state.training = false;
if (!signal.aborted) {
  console.log('trained; Ctrl-C or SIGTERM stops the server');
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}
await server.close();
