/** How single plans become the report of `npm run plans`. */
import { join } from 'node:path';

import type { CommandDescription, PlanDescription } from '../../lib/index.js';
import { readDevices, type Device } from '../../plans/devices.js';
import { peaksOf, rooflineMilliseconds, type Peaks } from '../../plans/peaks.js';
import { planResult, type Planned } from '../../plans/plan.js';
import { refusalOf } from '../../plans/refusals.js';
import { makeReport } from '../../plans/report.js';
import { formatReport } from '../../plans/table.js';

const devices = readDevices(join(__dirname, '../devices'));

function device(name: string): Device {
  const found = devices.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no device ${name}`);
  return found;
}

const planned: Planned = {
  device: 'h100',
  network: 'S1',
  precision: 'tf32',
  mode: 'train',
  batchSize: 128,
};

function command(part: Partial<CommandDescription>): CommandDescription {
  return {
    name: 'op',
    work: 'primitive',
    phase: 'forward',
    nodes: [],
    graphKey: '',
    detail: '',
    launches: 1,
    flops: 0,
    bytesRead: 0,
    bytesWritten: 0,
    reads: [],
    writes: [],
    output: '',
    scratchBytes: 0,
    matrix: false,
    ...part,
  };
}

function descriptionOf(commands: readonly CommandDescription[]): PlanDescription {
  return {
    commands,
    arenaBytes: 3 << 20,
    persistentBytes: 2 << 20,
    constants: 0,
    constantBytes: 0,
    launches: commands.length,
    flops: 5e9,
    bytes: 7e9,
    nonMatrixBytes: 12,
    leastNonMatrixBytes: 10,
    splits: ['conv1: no engine: for this'],
  };
}

const conv = command({
  name: 'conv1',
  nodes: ['convolution', 'add', 'relu'],
  graphKey: 'a',
  detail: 'engine 7, tensor cores; split: no engine',
  scratchBytes: 64,
});
const pool = command({ name: 'pool1', nodes: ['max pooling'], graphKey: 'b', detail: 'engine 1' });
const description = descriptionOf([conv, pool, { ...pool, name: 'pool2' }, command({})]);

describe('the devices', () => {
  it('are six, oldest first, each with published peaks', () => {
    expect(devices.map(({ name }) => name)).toEqual([
      't4',
      'a100',
      'rtx4090',
      'h100',
      'b200',
      'rtx5090',
    ]);
    for (const { deviceName } of devices) expect(peaksOf(deviceName)?.source).toMatch(/^NVIDIA /);
    expect(devices.filter(({ deviceName }) => peaksOf(deviceName)?.bf16 === undefined)).toEqual([
      device('t4'),
    ]);
    expect(device('h100').properties).not.toMatch(/\n$/);
  });
});

describe('the roofline', () => {
  const peaks: Peaks = { tf32: 2, float32: 1, bandwidth: 100, source: '' };

  it('takes the longer of computing and moving, command by command', () => {
    const computing = { flops: 4e9, bytesRead: 1, bytesWritten: 1 }; // 4e9 / 2e12 s
    const moving = { flops: 1, bytesRead: 1e8, bytesWritten: 2e8 }; // 3e8 / 1e11 s
    expect(rooflineMilliseconds([computing, moving], peaks, 'tf32')).toBeCloseTo(2 + 3, 10);
    expect(rooflineMilliseconds([computing], peaks, 'float32')).toBeCloseTo(4, 10);
    expect(rooflineMilliseconds([computing], peaks, 'bf16')).toBeUndefined();
  });
});

describe('one plan', () => {
  it('counts distinct graphs, fused commands and engines', () => {
    const { plan, graphKeys, splits } = planResult(planned, device('h100'), description, false);
    expect(graphKeys).toEqual(['a', 'b']);
    expect(plan).toMatchObject({
      ...planned,
      graphs: 2,
      fusedNodes: 1,
      engines: ['engine 1', 'engine 7, tensor cores'],
      workspaceBytes: 64,
      launches: 4,
    });
    expect(plan.commands).toBeUndefined();
    expect(splits).toEqual([{ ...planned, command: 'conv1', reason: 'no engine: for this' }]);
  });

  it('has no roofline where the peaks are not known', () => {
    const other = { ...device('h100'), deviceName: 'another' };
    expect(planResult(planned, other, description, true).plan).toMatchObject({
      rooflineMilliseconds: null,
      commands: description.commands,
    });
  });
});

describe('a refusal', () => {
  it('names the graph and the reason of the error', () => {
    const error = new Error(
      "conv2d 'conv1': cuDNN refuses convolution + add [2,55,55,96] bf16 in bf16 on Tesla T4: no " +
        'engine: not for sm_75',
    );
    expect(refusalOf(planned, error)).toEqual({
      ...planned,
      graph: "conv2d 'conv1': convolution + add [2,55,55,96] bf16",
      reason: 'no engine: not for sm_75',
    });
  });

  it('keeps any other error whole', () => {
    expect(refusalOf(planned, new Error("model 'x': is broken"))).toEqual({
      ...planned,
      graph: '',
      reason: "model 'x': is broken",
    });
  });
});

describe('the report', () => {
  const result = (part: Partial<Planned>) =>
    planResult({ ...planned, ...part }, device('h100'), description, false);
  const refusal = (part: Partial<Planned>) => ({
    ...planned,
    ...part,
    graph: 'conv1: g',
    reason: 'why',
  });

  it('counts a graph once for each device and precision', () => {
    const results = [result({}), result({ network: 'S2' }), result({ precision: 'bf16' })];
    const report = makeReport(devices, { results, refused: [refusal({ network: 'S3' })] });
    expect(report).toMatchObject({ graphs: 5, built: 4, unsupported: [] });
    expect(report.refused).toEqual([refusal({ network: 'S3' })]);
    expect(report.splits).toHaveLength(3);
  });

  it('tells a missing precision from a refusal, and a crash from both', () => {
    const missing = refusal({ device: 't4', precision: 'bf16' });
    const crash = { ...missing, graph: '', reason: 'the process ended with signal SIGSEGV' };
    const refused = [missing, crash, refusal({ device: 't4' }), refusal({ precision: 'bf16' })];
    const report = makeReport(devices, { results: [], refused });
    expect(report.unsupported).toEqual([missing]);
    expect(report.refused).toEqual(refused.slice(1));
  });

  it('is in the order of devices, precisions, networks, modes and batches', () => {
    const shuffled: Partial<Planned>[] = [
      { device: 'rtx5090' },
      { batchSize: 256 },
      { mode: 'predict' },
      { precision: 'bf16' },
      { network: 'S2' },
      {},
    ];
    const { networks } = makeReport(devices, { results: shuffled.map(result), refused: [] });
    const expected = [5, 1, 2, 4, 3, 0].map((i) => ({ ...planned, ...shuffled[i] }));
    networks.forEach((plan, i) => {
      expect(plan).toMatchObject(expected[i] ?? {});
    });
  });

  it('reads as a table for each device, with equal splits in one line', () => {
    const results = [result({}), result({ mode: 'predict' })];
    const text = formatReport(devices, makeReport(devices, { results, refused: [] }));
    const [title = '', header = '', row = ''] = text.split('\n');
    expect(title).toContain('h100: NVIDIA H100 80GB HBM3 (TF32 494.7, bf16 989.4');
    expect(header.split(/ {2,}/).slice(0, 5)).toEqual([
      'network',
      'precision',
      'mode',
      'batch',
      'graphs',
    ]);
    expect(row.split(/ {2,}/).slice(0, 8)).toEqual([
      'S1',
      'tf32',
      'train',
      '128',
      '2',
      '1',
      '2',
      '4',
    ]);
    expect(row).toContain('1.20 x least');
    expect(text).toContain('2 of 2 operation graphs were built');
    expect(text).toContain('h100 tf32  S1 conv1: no engine: for this (2 plans)');
    expect(text).not.toContain('Refused');
  });
});
