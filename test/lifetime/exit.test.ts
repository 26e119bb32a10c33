import { nativeAddon } from '../../lib/native/addon.js';
import { tinyModel, tinyRowElements, wideModel } from './models.js';
import { runChild, type ChildEnd } from './runChild.js';

async function end(
  way: string,
  backend = 'reference',
  environment: Record<string, string> = {},
): Promise<ChildEnd> {
  const model = backend === 'cpu' ? wideModel(512, 3) : tinyModel('reference');
  return runChild('exits', {
    model,
    rows: 8,
    rowElements: backend === 'cpu' ? 512 : tinyRowElements,
    parameters: [way],
    environment,
  });
}

describe.each(nativeAddon().backendNames())('on %s a process', (backend) => {
  test('ends by itself when an idle program is left', async () => {
    expect(await end('idle', backend)).toMatchObject({ code: 0, signal: null, err: '' });
  });

  test('stays until the calls are answered', async () => {
    expect(await end('finish', backend)).toMatchObject({ code: 0, out: 'steps: 3\n', err: '' });
  });

  test.each(['exit', 'exitAtOnce', 'exitWhileDisposing', 'exitWhileResizing'])(
    'may exit during work: %s',
    async (way) => {
      for (let round = 0; round < 3; round += 1) {
        expect(await end(way, backend)).toMatchObject({
          code: 0,
          signal: null,
          out: 'threads: 0\n',
          err: '',
        });
      }
    },
  );

  test('ends by an uncaught error during work, not by a crash', async () => {
    const { code, signal, err } = await end('uncaught', backend);
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(err).toContain('thrown on purpose');
  });

  test.each([
    ['terminate', 'during work'],
    ['unload', 'and the addon with it'],
  ])('may %s a worker thread %s', async (way) => {
    expect(await end(way, backend)).toMatchObject({
      code: 0,
      signal: null,
      out: 'terminated\n',
      err: '',
    });
  });
});

describe('NODE_CUDNN_THREADS', () => {
  test.each(['0', '-1', 'many', '2.5', '4096'])('%s is refused', async (threads) => {
    const { out } = await end('construct', 'reference', { NODE_CUDNN_THREADS: threads });
    expect(out).toBe(
      'ERR_OPTION NODE_CUDNN_THREADS: expected a whole number from 1 to 1024, ' +
        `got '${threads}'\n`,
    );
  });

  test.each(['1', '2', ''])("'%s' is taken", async (threads) => {
    const { out } = await end('construct', 'reference', { NODE_CUDNN_THREADS: threads });
    expect(out).toBe('made\n');
  });
});
