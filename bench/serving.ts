/**
 * node dist/bench/serving.js [--requests 2000] [--json]
 *
 * Latency and throughput of examples/server.ts, which answers HTTP requests of one image each from
 * a process of its own, with and without a training in the background; and what the requests cost
 * the training.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

interface Load {
  readonly training: boolean;
  /** Requests that are under way at a time. */
  readonly clients: number;
  readonly p50: number;
  readonly p99: number;
  readonly requestsPerSecond: number;
  /** Of the training, 64 images each; 0 without one. */
  readonly stepsPerSecond: number;
}

const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '2000' },
    json: { type: 'boolean', default: false },
  },
});
const requests = Number(options.requests);
const image = Buffer.alloc(28 * 28, 100);

async function startServer(training: boolean): Promise<{ child: ChildProcess; port: number }> {
  const server = fileURLToPath(new URL('../examples/server.js', import.meta.url));
  const length = training ? ['--epochs', '100000'] : ['--epochs', '1', '--images', '64'];
  const child = spawn(process.execPath, [server, '--port', '0', ...length], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^listening on .*:(\d+)$/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return { child, port: Number(port) };
  }
  throw new Error('the server did not start');
}

function ask(agent: Agent, port: number, path: string, body?: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = request({ agent, port, path, method, host: '127.0.0.1' }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`status ${String(response.statusCode)}: ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function load(
  agent: Agent,
  port: number,
  { clients, count }: { clients: number; count: number },
): Promise<Omit<Load, 'training'>> {
  const stepsDone = async () =>
    (JSON.parse(await ask(agent, port, '/health')) as { steps: number }).steps;
  const latencies: number[] = [];
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const asked = performance.now();
      await ask(agent, port, '/predict', image);
      latencies.push(performance.now() - asked);
    }
  };
  const before = await stepsDone();
  const begun = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - begun) / 1000;
  const steps = (await stepsDone()) - before;
  latencies.sort((a, b) => a - b);
  const percentile = (share: number) => latencies[Math.ceil(share * latencies.length) - 1] ?? NaN;
  return {
    clients,
    p50: percentile(0.5),
    p99: percentile(0.99),
    requestsPerSecond: count / seconds,
    stepsPerSecond: steps / seconds,
  };
}

/** Steps a second of a training that nobody asks. */
async function undisturbed(agent: Agent, port: number): Promise<number> {
  const steps = async () =>
    (JSON.parse(await ask(agent, port, '/health')) as { steps: number }).steps;
  const [first, begun] = [await steps(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  return ((await steps()) - first) / ((performance.now() - begun) / 1000);
}

const loads: Load[] = [];
let alone = 0;
for (const training of [false, true]) {
  const { child, port } = await startServer(training);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  try {
    await load(agent, port, { clients: 64, count: 640 }); // warms up plans and connections
    if (training) alone = await undisturbed(agent, port);
    for (const clients of [1, 8, 64]) {
      const count = clients === 1 ? Math.ceil(requests / 4) : requests;
      loads.push({ training, ...(await load(agent, port, { clients, count })) });
    }
  } finally {
    agent.destroy();
    child.kill('SIGTERM');
  }
}

if (options.json) {
  console.log(JSON.stringify({ loads, undisturbedStepsPerSecond: alone }));
} else {
  console.log('training  clients  p50 ms  p99 ms  requests/s  steps/s');
  for (const { training, clients, p50, p99, requestsPerSecond, stepsPerSecond } of loads) {
    const numbers = [p50.toFixed(1), p99.toFixed(1), requestsPerSecond.toFixed(0)];
    const cells = [training ? 'yes' : 'no', String(clients), ...numbers, stepsPerSecond.toFixed(1)];
    console.log(cells.map((cell, i) => cell.padStart([8, 8, 7, 7, 11, 8][i] ?? 0)).join(' '));
  }
  console.log(`the training alone: ${alone.toFixed(1)} steps/s`);
}
