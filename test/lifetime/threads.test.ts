import { tinyModel, tinyRowElements, wideModel } from './models.js';
import { runChild } from './runChild.js';

// oneDNN's barriers wait for as many threads as OpenMP was asked for, whatever it gave.
const settings: Record<string, string>[] = [
  { OMP_DYNAMIC: 'true' },
  { OMP_DYNAMIC: 'true', OMP_NUM_THREADS: '8' },
  { OMP_DYNAMIC: 'true', NODE_CUDNN_THREADS: '8' },
  { OMP_THREAD_LIMIT: '1' },
  { OMP_THREAD_LIMIT: '2', NODE_CUDNN_THREADS: '8' },
  { OMP_THREAD_LIMIT: '3', OMP_NUM_THREADS: '8,4' },
  { OMP_MAX_ACTIVE_LEVELS: '0' },
  { OMP_NUM_THREADS: '4,2', OMP_NESTED: 'true' },
  { NODE_CUDNN_THREADS: '64' },
];

describe.each([
  ['a convolution', tinyModel(), tinyRowElements],
  ['dense layers', wideModel(512, 3), 512],
])('training of %s ends', (_, model, rowElements) => {
  test.each(settings)('with %j', async (environment) => {
    const end = await runChild('exits', {
      model,
      rows: 8,
      rowElements,
      parameters: ['finish'],
      environment,
    });
    expect(end).toMatchObject({ code: 0, out: 'steps: 3\n', err: '' });
  });
});
