/** The command line `node-cudnn doctor` and `inspect`. */
import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from '../../lib/cli/command.js';
import { terminalOf, wrapped } from '../../lib/cli/terminal.js';
import { thisMachine } from '../../lib/cuda/machine.js';
import { fakeMachine, makeLibraries, makePlugin, temporaryFolder, writeText } from './cudaFakes.js';

const folder = temporaryFolder();
const plugin = makePlugin(join(folder, 'node_cudnn_cuda.so'));
const libraries = join(folder, 'lib');
makeLibraries(libraries);
const original = { ...process.env };

afterAll(() => {
  process.env = original;
  rmSync(folder, { recursive: true });
});

interface Printed {
  readonly code: number;
  readonly text: string;
}

async function run(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  { width = 80, colors = false, root = '/' } = {},
): Promise<Printed> {
  process.env = {
    ...original,
    NODE_CUDNN_CUDA_PLUGIN: plugin,
    NODE_CUDNN_CUDA_PATH: libraries,
    NODE_CUDNN_CUDNN_PATH: libraries,
    // Nothing is taken from the trial of another test.
    CUDA_VISIBLE_DEVICES: `${Math.random()}`,
    ...variables,
  };
  let text = '';
  const write = (part: string): void => void (text += part);
  const machine = root === '/' ? thisMachine() : fakeMachine(root, variables);
  const code = await runCommand(args, { write, width, colors }, machine);
  return { code, text };
}

/** With no device that can be used. */
const noDevice = { FAKE_PLUGIN: 'none' };
const missing = { NODE_CUDNN_CUDA_PLUGIN: '/nowhere/node_cudnn_cuda.so' };

describe('doctor', () => {
  it('finds everything on a machine that has it', async () => {
    const { code, text } = await run(['doctor', '--backend', 'cuda']);
    expect(text).toMatch(/✓ oneDNN +\d+\.\d+/);
    expect(text).toMatch(/✓ CUDA runtime +13\.0 /);
    expect(text).toMatch(/✓ cuDNN +9\.24\.0 /);
    expect(text).toContain(join(libraries, 'libcudnn.so.9'));
    expect(text).toMatch(/✓ CUDA driver +CUDA 13\.0/);
    expect(text).toMatch(/– device cuda:0 .*Old GPU/);
    expect(text).toMatch(/✓ device cuda:1 .*Fine GPU, compute capability 9\.0/);
    expect(text).toContain("'cpu' can be used.\n'cuda' can be used.\n");
    expect(code).toBe(0);
  });

  it.each([
    [[], 0],
    [['--backend', 'auto'], 0],
    [['--backend', 'cpu'], 0],
    [['--backend', 'cuda'], 1],
    [['--backend', 'cuda:1'], 1],
  ])('without a device, asked for %p, ends with %p', async (args, expected) => {
    const { code, text } = await run(['doctor', ...args], noDevice);
    expect(code).toBe(expected);
    expect(text).toMatch(/✗ CUDA devices +the driver sees no device/);
    expect(text).toContain("'cpu' can be used.\n'cuda' cannot be used: see CUDA devices.\n");
  });

  it('tries CUDA though a variable that it does not read is wrong', async () => {
    const { code, text } = await run(['doctor'], { NODE_CUDNN_DATA: '/nowhere' });
    expect(code).toBe(1);
    expect(text).toContain("'cpu' can be used.\n'cuda' can be used.\n");
  });

  it('tells of a plugin that is not there, and of the variable that names it', async () => {
    const { code, text } = await run(['doctor'], missing);
    expect(code).toBe(1);
    expect(text).toMatch(/✗ CUDA plugin +\/nowhere\/node_cudnn_cuda.so\n.*it does not exist/);
    expect(text).toMatch(/to do: build it/);
    expect(text).toContain('see NODE_CUDNN_CUDA_PLUGIN, CUDA plugin.\n');
  });

  it.each([
    ['cuda:0', 1],
    ['cuda:1', 0],
    ['cuda:9', 1],
  ])('looks at the device that is asked for: %s', async (backend, expected) => {
    const { code, text } = await run(['doctor', '--backend', backend]);
    expect(code).toBe(expected);
    expect(text.includes(`There is no usable device '${backend}'.`)).toBe(expected === 1);
  });

  it('tells of a plugin that crashes', async () => {
    const { code, text } = await run(['doctor', '--backend', 'cuda'], { FAKE_PLUGIN: 'crash' });
    expect(code).toBe(1);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('✗ CUDA devices the process that tried it was');
  });

  it('prints the same as one object', async () => {
    const { code, text } = await run(['doctor', '--backend', 'cuda', '--json'], missing);
    expect(code).toBe(1);
    expect(JSON.parse(text)).toMatchObject({
      ok: false,
      backend: 'cuda',
      backends: { cpu: true, cuda: false },
      checks: expect.arrayContaining([
        expect.objectContaining({ title: 'oneDNN', backend: 'cpu', ok: true }),
        {
          title: 'CUDA plugin',
          backend: 'cuda',
          ok: false,
          path: '/nowhere/node_cudnn_cuda.so',
          problem: 'it does not exist; NODE_CUDNN_CUDA_PLUGIN names it',
          remedy: expect.stringContaining('npm run build') as string,
        },
      ]) as unknown,
    });
  });

  it('says nothing of CUDA where there is no NVIDIA device, unless it is asked for', async () => {
    const root = join(folder, 'plain');
    const { code, text } = await run(['doctor'], {}, { root });
    expect(code).toBe(0);
    expect(text).not.toMatch(/CUDA driver|cuDNN|plugin|to do/);
    expect(text).toContain("'cpu' can be used.\nThere is no NVIDIA device here; `npx node-cudnn");
    const asked = await run(['doctor', '--backend', 'cuda'], {}, { root });
    expect(asked.code).toBe(1);
    expect(asked.text).toMatch(/✗ CUDA driver/);
    const json = await run(['doctor', '--json'], {}, { root });
    expect(JSON.parse(json.text)).toMatchObject({ ok: true, backends: { cpu: true, cuda: false } });
  });

  it('tells of CUDA where there is a device', async () => {
    const root = join(folder, 'device');
    writeText(join(root, 'dev/nvidia0'), '');
    const { code, text } = await run(['doctor'], {}, { root });
    expect(code).toBe(0);
    expect(text).toMatch(/✗ CUDA driver .*libcuda.so.1/);
    expect(text).toContain("'cuda' cannot be used: see CUDA driver");
  });

  it.each([40, 80, 120])('keeps its words within %p characters', async (width) => {
    const { text } = await run(['doctor'], missing, { width });
    const long = text.split('\n').filter((line) => line.length > width);
    // A path is not broken: it stands alone behind the indentation, or behind title and version.
    for (const line of long) expect(line).toMatch(/^( +| +\S .* {2,})\S*\/\S+$/);
  });

  it('is coloured only where it is asked to be', async () => {
    const plain = await run(['doctor']);
    expect(plain.text).not.toContain('\x1b');
    const coloured = await run(['doctor'], {}, { colors: true });
    expect(coloured.text).toContain('\x1b[32m✓\x1b[0m');
  });
});

describe('inspect', () => {
  it('tells versions, variables and search, and no secrets', async () => {
    const secret = 'hunter2-hunter2';
    const { code, text } = await run(['inspect', '--json'], {
      SOME_TOKEN: secret,
      NODE_CUDNN_THREADS: '2',
    });
    expect(code).toBe(0);
    const facts = JSON.parse(text) as Record<string, unknown>;
    expect(facts).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      node: process.versions.node,
      system: { platform: 'linux', arch: process.arch },
      environment: { NODE_CUDNN_THREADS: '2', NODE_CUDNN_CUDA_PATH: libraries },
      addon: { onednn: expect.stringMatching(/^\d/) as string },
      plugin: { path: plugin },
      report: { cudnnVersion: 92400 },
    });
    expect(text).not.toContain(secret);
    expect(text).not.toContain('SOME_TOKEN');
    expect(text).toContain('"searched": [');
  });

  it('hides the name of the home folder', async () => {
    const { text } = await run(['inspect', '--json'], {
      LD_LIBRARY_PATH: join(homedir(), 'libraries'),
    });
    const { environment } = JSON.parse(text) as { environment: Record<string, string> };
    expect(environment.LD_LIBRARY_PATH).toBe('~/libraries');
    expect(text).not.toContain(`"${homedir()}/`);
  });

  it('prints the same as text', async () => {
    const { code, text } = await run(['inspect']);
    expect(code).toBe(0);
    expect(text).toContain(`node: ${process.versions.node}\n`);
    expect(text).toContain(`  path: ${plugin}\n`);
    expect(text).toContain(`    soname: libcudnn.so.9\n`);
  });
});

describe('the command line', () => {
  let errors = '';
  const write = jest.spyOn(process.stderr, 'write');

  beforeEach(() => {
    errors = '';
    write.mockImplementation((text) => {
      errors += String(text);
      return true;
    });
  });

  afterAll(() => {
    write.mockRestore();
  });

  it.each([
    [['doctor', '--backend', 'tpu'], /'--backend <name>' argument 'tpu' is invalid/],
    [['doctor', '--colour'], /unknown option '--colour'/],
    [['cure'], /unknown command 'cure'/],
  ])('%p is an error', async (args, message) => {
    expect((await run(args)).code).toBe(2);
    expect(errors).toMatch(message);
  });

  it('shows its version and its help', async () => {
    expect((await run(['--version'])).text).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, text } = await run(['--help']);
    expect(code).toBe(0);
    expect(text).toMatch(/doctor .*\n.*inspect/s);
  });
});

test('a terminal has colours when it is one, and NO_COLOR is not set', () => {
  const write = (): boolean => true;
  const terminal = { isTTY: true, columns: 100, write };
  process.env = { ...original, NO_COLOR: '' };
  expect(terminalOf(terminal)).toMatchObject({ width: 100, colors: true });
  process.env.NO_COLOR = '1';
  expect(terminalOf(terminal)).toMatchObject({ width: 100, colors: false });
  expect(terminalOf({ columns: 100, write })).toMatchObject({ width: 80, colors: false });
});

test('text is broken between words', () => {
  expect(wrapped('one two  three', 8)).toEqual(['one two', 'three']);
  expect(wrapped('/a/long/path and more', 8)).toEqual(['/a/long/path', 'and more']);
  expect(wrapped('', 8)).toEqual([]);
});
