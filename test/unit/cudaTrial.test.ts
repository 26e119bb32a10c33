/** The plugin in a process of its own: whatever happens there is told, and happens only there. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { tryPlugin, tryPluginAsync, type Trial } from '../../lib/cuda/trial.js';
import { runTrial, startTrial } from '../../lib/cuda/trialProcess.js';
import { nativeAddonFile } from '../../lib/native/addon.js';
import { makeLibrary, makePlugin, temporaryFolder, writeText } from './cudaFakes.js';

const folder = temporaryFolder();
const plugin = makePlugin(join(folder, 'plugin.so'));
const needed = makeLibrary(join(folder, 'libneeded.so'), { soname: 'libneeded.so' });

afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Environment = Readonly<Record<string, string>>;

function env(variables: Environment = {}): Readonly<Record<string, string | undefined>> {
  return { ...process.env, ...variables };
}

/** Both ways to try give the same. */
async function trial(variables: Environment, libraries = [needed], file = plugin): Promise<Trial> {
  const files = { plugin: file, libraries };
  const now = await tryPluginAsync(nativeAddonFile(), files, env(variables));
  // A device list of its own makes a key of its own: nothing is taken from the cache.
  const key = { ...variables, CUDA_VISIBLE_DEVICES: `${Math.random()}` };
  expect(tryPlugin(nativeAddonFile(), files, env(key))).toEqual(now);
  return now;
}

describe('a trial', () => {
  it("gives the plugin's report", async () => {
    const result = await trial({});
    expect(result).toMatchObject({
      report: {
        cudnnVersion: 92400,
        problem: '',
        devices: [{ index: 0 }, { name: 'Fine GPU' }, {}],
      },
    });
  });

  it.each([
    ['crashes', { FAKE_PLUGIN: 'crash' }, /ended by SIGSEGV; it printed: driver: something broke/],
    ['crashes while loading', { FAKE_PLUGIN: 'crashOnLoad' }, /was ended by SIGSEGV$/],
    ['crashes after its answer', { FAKE_PLUGIN: 'crashAtExit' }, /was ended by SIGSEGV$/],
    ['ends by itself', { FAKE_PLUGIN: 'exit' }, /ended with code 7 and without an answer$/],
    ['throws', { FAKE_PLUGIN: 'throw' }, /^cudaGetDeviceCount: the driver is lost$/],
    [
      'hangs',
      { FAKE_PLUGIN: 'hang', NODE_CUDNN_TRIAL_SECONDS: '0.5' },
      /gave no answer within 0.5 s$/,
    ],
  ])('that %s is a problem', async (_, variables, message) => {
    const result = await trial(variables);
    expect(result).toEqual(
      expect.objectContaining({ problem: expect.stringMatching(message) as string }),
    );
    expect(result).not.toHaveProperty('report');
  });

  it('that hangs or crashes says what to check', async () => {
    const hung = await trial({ FAKE_PLUGIN: 'hang', NODE_CUDNN_TRIAL_SECONDS: '0.5' });
    expect(hung).toMatchObject({
      remedy: expect.stringContaining('NODE_CUDNN_TRIAL_SECONDS') as string,
    });
    const crashed = await trial({ FAKE_PLUGIN: 'crash' });
    expect(crashed).toMatchObject({ remedy: expect.stringContaining('nvidia-smi') as string });
  });

  it.each([
    [
      'is no library',
      'no library',
      /text.so: the loader cannot open it: .*(invalid ELF|too short)/,
    ],
    ['is missing', undefined, /none.so: the loader cannot open it: .*No such file/],
  ])('names a needed library that %s', async (_, content, message) => {
    const name = content === undefined ? 'none.so' : 'text.so';
    const file = join(folder, name);
    if (content !== undefined) writeText(file, content);
    expect(await trial({}, [needed, file])).toEqual({
      problem: expect.stringMatching(message) as string,
    });
  });

  it('names a plugin of another build, both builds, and what to do', async () => {
    const other = makePlugin(join(folder, 'other.so'), '0, 3.2.1');
    expect(await trial({}, [], other)).toEqual({
      problem: expect.stringMatching(
        /other.so: found a plugin of another build, '0, 3.2.1'; the addon needs '.+'. Build both/,
      ) as string,
    });
  });

  it('names a library that is no plugin', async () => {
    expect(await trial({}, [], needed)).toEqual({
      problem: expect.stringContaining('it exports no node_cudnn_plugin') as string,
    });
  });

  it('is not disturbed by NODE_OPTIONS', async () => {
    expect(await trial({ NODE_OPTIONS: '--require /nowhere.js' })).toHaveProperty('report');
  });

  it('takes its time from NODE_CUDNN_TRIAL_SECONDS and refuses what is no time', () => {
    for (const text of ['soon', '0', '-1', '1e9']) {
      const variables = env({ NODE_CUDNN_TRIAL_SECONDS: text });
      const make = () => tryPlugin(nativeAddonFile(), { plugin, libraries: [] }, variables);
      expect(make).toThrow(`NODE_CUDNN_TRIAL_SECONDS: expected a number of seconds`);
    }
  });

  it('starts no other trial', async () => {
    const files = { plugin, libraries: [] };
    const within = env({ NODE_CUDNN_WITHIN_TRIAL: '1' });
    const result = { problem: expect.stringMatching(/^this process is a trial/) as string };
    expect(tryPlugin(nativeAddonFile(), files, within)).toEqual(result);
    expect(await tryPluginAsync(nativeAddonFile(), files, within)).toEqual(result);
    const program = `require('fs').writeSync(3, process.env.NODE_CUDNN_WITHIN_TRIAL)`;
    const process = { program, parameters: [], env: env(), seconds: 10 };
    expect(runTrial(process).answer).toBe('1');
    expect((await startTrial(process)).answer).toBe('1');
  });

  it('is done once for the same files', () => {
    const files = { plugin, libraries: [] };
    const first = tryPlugin(nativeAddonFile(), files, env());
    expect(first).toHaveProperty('report');
    // It would be seen to crash now.
    expect(tryPlugin(nativeAddonFile(), files, env({ FAKE_PLUGIN: 'crash' }))).toEqual(first);
  });

  it('leaves the event loop free while it waits', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 20);
    await tryPluginAsync(
      nativeAddonFile(),
      { plugin, libraries: [] },
      env({ FAKE_PLUGIN: 'slow' }),
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThan(20);
  });
});

test('a process that cannot start is told apart', () => {
  const original = process.execPath;
  process.execPath = join(folder, 'no-node');
  try {
    const end = runTrial({ program: '', parameters: [], env: {}, seconds: 5 });
    expect(end.failure).toMatch(/ENOENT/);
  } finally {
    process.execPath = original;
  }
});
