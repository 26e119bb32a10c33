/** Paths, writing as a whole, and what the file system says no to. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { csvLogger, modelCheckpoint } from '../../lib/callbacks/index.js';
import { readIdx } from '../../lib/data/index.js';
import { writeAtomically } from '../../lib/files/atomicFile.js';
import { modelPath, savedModelPath } from '../../lib/formats/modelPath.js';
import { readSafetensors, writeSafetensors } from '../../lib/formats/safetensors.js';
import { loadLayersModel } from '../../lib/index.js';
import { isFolder } from '../../lib/cuda/folders.js';

const folder = mkdtempSync(join(tmpdir(), 'files-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;
function newPath(): string {
  return join(folder, `file-${String(files++)}`);
}

function write(path: string, text: string): Promise<void> {
  return writeAtomically(path, async (file) => {
    await file.write(text);
  });
}

describe('writing as a whole', () => {
  it('leaves the old file and nothing else when writing fails', async () => {
    const path = newPath();
    writeFileSync(path, 'old');
    const before = readdirSync(folder);
    const failing = writeAtomically(path, async (file) => {
      await file.write('half of the new');
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    });
    await expect(failing).rejects.toMatchObject({ code: 'ERR_IO', place: path });
    await expect(failing).rejects.toThrow('no space left on device; free space on the disk');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(before);
  });

  it('replaces the file behind a link, and makes it behind a dangling one', async () => {
    const [target, middle, link] = [newPath(), newPath(), newPath()];
    symlinkSync(target, middle);
    symlinkSync(middle, link);
    for (const text of ['first', 'second']) {
      await write(link, text);
      expect(readFileSync(target, 'utf8')).toBe(text);
      expect(readlinkSync(link)).toBe(middle);
      expect(lstatSync(target).isFile()).toBe(true);
    }
  });

  it.each([0o600, 0o640, 0o444, 0o755])('keeps the permissions %o', async (mode) => {
    const path = newPath();
    writeFileSync(path, 'old');
    chmodSync(path, mode);
    await write(path, 'new');
    expect(statSync(path).mode & 0o7777).toBe(mode);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('gives a new file the usual permissions', async () => {
    const [path, other] = [newPath(), newPath()];
    writeFileSync(other, '');
    await write(path, 'new');
    expect(statSync(path).mode).toBe(statSync(other).mode);
  });

  if (process.getuid?.() === 0) {
    it('keeps the owner', async () => {
      const path = newPath();
      writeFileSync(path, 'old');
      chownSync(path, 12345, 54321);
      await write(path, 'new');
      expect(statSync(path)).toMatchObject({ uid: 12345, gid: 54321 });
    });
  }

  it('writes to no device, pipe or folder', async () => {
    const pipe = newPath();
    execFileSync('mkfifo', [pipe]);
    const link = newPath();
    symlinkSync('/dev/null', link);
    for (const path of [pipe, link, '/dev/null', folder, `${folder}/`]) {
      await expect(write(path, 'x')).rejects.toMatchObject({ code: 'ERR_IO', place: path });
      await expect(write(path, 'x')).rejects.toThrow('name a file');
    }
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('takes names as long as the file system does', async () => {
    const path = join(folder, 'n'.repeat(255));
    await write(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
  });
});

describe('the file system says no:', () => {
  const circle = newPath();
  symlinkSync(circle, circle);
  const plain = newPath();
  writeFileSync(plain, 'plain');
  const cases: [string, string, RegExp][] = [
    ['ENOENT', join(folder, 'absent', 'file'), /ENOENT.*check the path/],
    ['ENOTDIR', join(plain, 'file'), /ENOTDIR.*is a file, not a folder/],
    ['ELOOP', circle, /links lead in a circle/],
    ['ELOOP in a folder', join(circle, 'file'), /ELOOP.*links lead in a circle/],
    ['ENAMETOOLONG', join(folder, 'n'.repeat(300)), /ENAMETOOLONG.*choose a shorter name/],
    ['a folder', folder, /it is a folder/],
    ['NUL', `${folder}/a\0b`, /null bytes.*check the path/],
    ['no file of this kind', '/dev/full', /no regular file/],
  ];

  it.each(cases)('%s', async (_what, path, message) => {
    const work = [
      () => readSafetensors(path),
      () => writeSafetensors(path, new Map()),
      () => readIdx(path),
    ];
    for (const call of work) {
      await expect(call()).rejects.toMatchObject({ code: 'ERR_IO', place: path });
      await expect(call()).rejects.toThrow(message);
    }
  });

  it.each(cases)('%s, to a model', async (_what, path) => {
    // A folder stands for the model in it.
    await expect(loadLayersModel(path)).rejects.toMatchObject({ code: 'ERR_IO' });
    expect(isFolder(path)).toBe(path === folder);
  });

  it('a pipe that nobody writes to', async () => {
    const pipe = newPath();
    execFileSync('mkfifo', [pipe]);
    await expect(readSafetensors(pipe)).rejects.toThrow('no regular file');
    await expect(readIdx(pipe)).rejects.toThrow('no regular file');
  });
});

describe('csvLogger', () => {
  it('makes its folder', async () => {
    const path = join(newPath(), 'deep', 'log.csv');
    const logger = csvLogger(path);
    await logger.onTrainBegin();
    await logger.onEpochEnd(0, { loss: 2 });
    await logger.onTrainEnd();
    expect(readFileSync(path, 'utf8')).toBe('epoch,loss\n0,2\n');
  });

  it('tells of a full disk', async () => {
    const logger = csvLogger('/dev/full');
    await logger.onTrainBegin();
    const row = logger.onEpochEnd(0, { loss: 2 });
    await expect(row).rejects.toMatchObject({ code: 'ERR_IO', place: '/dev/full' });
    await expect(row).rejects.toThrow('could not be written: ENOSPC');
    await logger.onTrainEnd();
  });

  it('tells of a folder that is a file', async () => {
    const file = newPath();
    writeFileSync(file, '');
    const path = join(file, 'log.csv');
    const begin = csvLogger(path).onTrainBegin();
    await expect(begin).rejects.toMatchObject({ code: 'ERR_IO', place: path });
  });
});

it('file:// may stand before every path', async () => {
  const path = newPath();
  await writeSafetensors(`file://${path}`, new Map());
  expect(statSync(path).isFile()).toBe(true);
  expect((await readSafetensors(`file://${path}`)).tensors.size).toBe(0);
  await expect(readIdx(`file://${path}`)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
  const logger = csvLogger(`file://${path}.csv`);
  await logger.onTrainBegin();
  await logger.onTrainEnd();
  expect(statSync(`${path}.csv`).isFile()).toBe(true);
});

describe('the path of a model', () => {
  it('may be a folder, and have file:// before it as in tfjs', () => {
    expect(modelPath('save()', 'a/b.safetensors')).toBe('a/b.safetensors');
    expect(modelPath('save()', 'a/')).toBe(join('a', 'model.safetensors'));
    expect(modelPath('save()', folder)).toBe(join(folder, 'model.safetensors'));
    expect(modelPath('save()', 'file://a/b')).toBe('a/b');
    expect(modelPath('save()', 'file:///a%20b')).toBe('/a b');
  });

  it('may be the model.json of tfjs, when it is read', () => {
    const file = newPath();
    writeFileSync(file, '');
    expect(savedModelPath('load', `file://${file}/model.json`)).toBe(file);
    const other = newPath();
    mkdirSync(other);
    const inFolder = join(other, 'model.safetensors');
    expect(savedModelPath('load', `${other}/model.json`)).toBe(inFolder);
    writeFileSync(join(other, 'model.json'), '{}');
    expect(savedModelPath('load', `${other}/model.json`)).toBe(join(other, 'model.json'));
  });

  it.each([undefined, '', 5, 'file://', 'indexeddb://m', 'localstorage://m', 'http://h/m.json'])(
    'is not %p',
    (path) => {
      const paths = [modelPath, savedModelPath];
      for (const of of paths) {
        expect(() => of('save()', path)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }));
        expect(() => of('save()', path)).toThrow(/save\(\): path is .*; expected the path of a/);
      }
    },
  );

  it('is looked at before training starts', () => {
    expect(() => modelCheckpoint({ filepath: 'indexeddb://m' })).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION' }),
    );
    expect(() => csvLogger('http://host/log.csv')).toThrow('filename is');
  });

  it.each(['file:///a%2Fb', 'file:///%zz', `${folder}/a\0b`])('is not %p either', (path) => {
    expect(() => modelPath('save()', path)).toThrow(expect.objectContaining({ code: 'ERR_IO' }));
  });
});
