// A user's program with the library ESNext.Disposable, beside program.ts.
import { type LayersModel } from 'node-cudnn';

export async function run(open: () => LayersModel): Promise<void> {
  await using model = open();
  await model.predict([[1]]);
  const end: PromiseLike<void> = model[Symbol.asyncDispose]();
  await end;
}
