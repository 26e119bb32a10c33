/** Plugins are loaded for the whole process, once, from any thread, and for good. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { searchCuda } from '../../lib/cuda/cuda.js';
import { pluginName } from '../../lib/cuda/pluginFile.js';
import { makeLibrary, makePlugin, temporaryFolder, writeText } from '../unit/cudaFakes.js';
import { addonFile } from './addonFile.js';

const folder = temporaryFolder();
const plugin = makePlugin(join(folder, 'plugin.so'));
const otherBuild = makePlugin(join(folder, 'other-build.so'), '0, none');
const second = makePlugin(join(folder, 'second.so'));
const library = makeLibrary(join(folder, 'libneeded.so'), { soname: 'libneeded.so' });

afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface End {
  readonly status: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

interface Request {
  readonly other?: string;
  readonly libraries?: readonly string[];
  readonly plugin?: string;
}

function run(way: string, request: Request = {}, how = ''): End {
  const work = { addonFile, plugin, libraries: [library], other: second, way, ...request };
  const child = join(__dirname, 'children', 'loadsPlugin.cjs');
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [child, JSON.stringify(work)],
    { encoding: 'utf8', env: { ...process.env, FAKE_PLUGIN: how }, timeout: 60_000 },
  );
  return { status, signal, out: stdout, err: stderr };
}

function answer(way: string, request: Request = {}, how = ''): unknown {
  const { status, signal, out, err } = run(way, request, how);
  expect({ status, signal, err }).toEqual({ status: 0, signal: null, err: '' });
  return JSON.parse(out) as unknown;
}

const build = expect.any(String) as string;
const devices = ['Old GPU', 'Fine GPU', 'Other GPU'];
const notLoaded = expect.stringMatching(/^ERR_BACKEND pluginReport: no plugin is loaded/) as string;

describe('loadPlugin()', () => {
  test('loads once: again is the same', () => {
    const loaded = { backend: 'cuda', build };
    expect(answer('twice')).toEqual([loaded, loaded, ['cpu', 'cuda', 'reference']]);
  });

  test('refuses another plugin, and keeps the first', () => {
    const loaded = { backend: 'cuda', build };
    const refusal = expect.stringMatching(
      /^ERR_BACKEND .*second.so: another plugin is loaded/,
    ) as string;
    expect(answer('another')).toEqual([loaded, refusal, loaded]);
  });

  test.each([
    ['of another build', otherBuild, /other-build.so: found a plugin of another build, '0, none'/],
    ['that is no plugin', library, /libneeded.so: it exports no node_cudnn_plugin/],
    [
      'that is no library',
      writeText(join(folder, 'text.so'), 'text'),
      /text.so: the loader cannot/,
    ],
    ['that is not there', '/nowhere.so', /nowhere.so: the loader cannot open it/],
    ['without an absolute path', 'plugin.so', /expected absolute paths, got 'plugin.so'/],
  ])('refuses a file %s, and then takes a good one', (_, other, message) => {
    const [refusal, before, loaded, after] = answer('afterFailure', { other }) as unknown[];
    expect(refusal).toMatch(message);
    expect(before).toEqual(['cpu', 'reference']);
    expect(loaded).toEqual({ backend: 'cuda', build });
    expect(after).toEqual(['cpu', 'cuda', 'reference']);
  });

  test('gives worker threads that load at once the same plugin', () => {
    const answers = answer('workers') as unknown[][];
    // Before, each of them found no plugin, or the one that another had just loaded.
    expect(answers.map(([, found]) => found)).toEqual([devices, devices, devices, devices]);
  });
});

describe('pluginReport()', () => {
  test('needs a plugin, and gives its devices', () => {
    expect(answer('report')).toEqual([notLoaded, devices]);
  });

  test("rejects with the plugin's error", () => {
    expect(answer('reportError', {}, 'throw')).toBe(
      'ERR_BACKEND cudaGetDeviceCount: the driver is lost',
    );
  });

  test('leaves the event loop free', () => {
    expect(answer('eventLoop', {}, 'slow')).toBe(true);
  });

  test('may be cut short by the end of its worker thread', () => {
    expect(answer('terminated', {}, 'slow')).toEqual([
      { backend: 'cuda', build },
      ['cpu', 'cuda', 'reference'],
    ]);
  });

  test('may be cut short by the end of the process', () => {
    expect(run('exit', {}, 'slow')).toEqual({ status: 0, signal: null, out: 'leaving', err: '' });
  });
});

const built = join(dirname(addonFile), pluginName);

// Not a skipped test: where no plugin was built, there is nothing to skip.
if (existsSync(built)) {
  test('the plugin of this build loads with the libraries that are found, and reports', () => {
    const { libraries } = searchCuda().files;
    expect(libraries.join()).toMatch(/libcudart.*libcudnn/);
    expect(answer('report', { plugin: built, libraries })).toEqual([notLoaded, expect.any(Array)]);
  });
}
