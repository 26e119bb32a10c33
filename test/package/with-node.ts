// A user's program with the types of Node.js, beside program.ts.
import { callbacks, data, interruptSignal, NodeCudnnError, type LayersModel } from 'node-cudnn';

export async function run(model: LayersModel, bytes: Buffer): Promise<string> {
  const controller = new AbortController();
  const { signal } = interruptSignal();
  const either: AbortSignal = AbortSignal.any([signal, controller.signal]);
  await model.fit(bytes, bytes, { signal: either, callbacks: callbacks.terminateOnNaN() });
  await model.predict(bytes, { signal: AbortSignal.timeout(1000) });
  const { test } = await data.fashionMnist();
  try {
    await model.evaluate(test.images, bytes, { signal });
  } catch (error) {
    if (error instanceof NodeCudnnError) return error.code;
  }
  return process.version;
}

export async function wrong(model: LayersModel): Promise<void> {
  // @ts-expect-error: an AbortController is no AbortSignal.
  await model.fit([[1]], [[1]], { signal: new AbortController() });
}
