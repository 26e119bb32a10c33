/** The variables of docs/environment.md: a wrong value is told by `doctor` and by the first use. */
import { data, sequential } from '../../lib/index.js';
import { runCommand } from '../../lib/cli/command.js';
import { wrongVariables } from '../../lib/cuda/variables.js';
import { thisMachine } from '../../lib/cuda/machine.js';

const original = { ...process.env };

beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (/^(NODE_CUDNN|OMP)_/.test(name)) Reflect.deleteProperty(process.env, name);
  }
});

afterEach(() => {
  for (const name of Object.keys(process.env)) {
    if (/^(NODE_CUDNN|OMP)_/.test(name)) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, original);
});

async function doctor(): Promise<{ code: number; text: string }> {
  let text = '';
  const write = (part: string): void => void (text += part);
  return { code: await runCommand(['doctor'], { write, width: 200, colors: false }), text };
}

const wrong: [string, string, RegExp][] = [
  ['NODE_CUDNN_THREADS', 'abc', /expected a whole number from 1 to 1024, got 'abc'/],
  ['NODE_CUDNN_THREADS', '0', /expected a whole number/],
  ['NODE_CUDNN_THREADS', '1025', /expected a whole number/],
  ['NODE_CUDNN_THREADS', '2.5', /expected a whole number/],
  ['NODE_CUDNN_BUILD', 'Fast', /expected Release or Debug, got 'Fast'/],
  ['NODE_CUDNN_TRIAL_SECONDS', 'soon', /expected a number of seconds from 0 to 3600, got 'soon'/],
  ['NODE_CUDNN_CUDA_PATH', '/usr:/nowhere', /\/nowhere does not exist/],
  ['NODE_CUDNN_CUDNN_PATH', '/nowhere', /\/nowhere does not exist/],
  ['NODE_CUDNN_CUDA_PLUGIN', '/nowhere.so', /\/nowhere\.so does not exist/],
  ['NODE_CUDNN_DATA', '/nowhere', /\/nowhere does not exist/],
  ['NODE_CUDNN_CUDA', 'yes', /expected AUTO, ON or OFF, got 'yes'/],
  ['NODE_CUDNN_CUDA_ARCHITECTURES', 'hopper', /expected numbers joined by commas, got 'hopper'/],
  ['OMP_WAIT_POLICY', 'sleepy', /expected active or passive, got 'sleepy'/],
  ['NODE_CUDNN_BENCH_PYTHON', 'snake', /there is no program 'snake'/],
];

test.each(wrong)('doctor tells of %s=%s', async (name, value, problem) => {
  process.env[name] = value;
  const { code, text } = await doctor();
  expect(code).toBe(1);
  expect(text).toContain(`✗ ${name} `);
  expect(text).toMatch(problem);
});

test.each([
  ['NODE_CUDNN_THREADS', '1'],
  ['NODE_CUDNN_THREADS', '1024'],
  ['NODE_CUDNN_BUILD', 'Debug'],
  ['NODE_CUDNN_TRIAL_SECONDS', '0.5'],
  ['NODE_CUDNN_CUDA_PATH', '/usr:/tmp'],
  ['NODE_CUDNN_DATA', ''],
  ['NODE_CUDNN_CUDA', 'OFF'],
  ['NODE_CUDNN_CUDA_ARCHITECTURES', '80,90'],
  ['OMP_WAIT_POLICY', 'ACTIVE'],
  ['NODE_CUDNN_BENCH_PYTHON', 'node'],
])('%s=%s is right', (name, value) => {
  expect(
    wrongVariables({ ...thisMachine(), env: { PATH: process.env.PATH, [name]: value } }),
  ).toEqual([]);
});

describe('the first use tells of', () => {
  it('NODE_CUDNN_DATA, and takes no other folder', async () => {
    process.env.NODE_CUDNN_DATA = '/nowhere';
    await expect(data.fashionMnist()).rejects.toMatchObject({
      code: 'ERR_IO',
      message: expect.stringMatching(
        / in \/nowhere, \/nowhere\/fashion-mnist; .*NODE_CUDNN_DATA/,
      ) as string,
    });
  });

  it.each(['NODE_CUDNN_CUDNN_PATH', 'NODE_CUDNN_CUDA_PATH', 'NODE_CUDNN_CUDA_PLUGIN'])(
    '%s',
    (name) => {
      process.env[name] = '/nowhere';
      expect(() => sequential({ backend: 'cuda' })).toThrow(
        expect.objectContaining({ code: 'ERR_BACKEND' }) as Error,
      );
      expect(() => sequential({ backend: 'cuda' })).toThrow(new RegExp(name));
    },
  );
});
