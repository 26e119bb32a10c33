import { spawn, spawnSync } from 'node:child_process';

/** A program that a process of its own runs, and how long it may take. */
export interface TrialProcess {
  /** CommonJS. It writes its answer to file descriptor 3. */
  readonly program: string;
  readonly parameters: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly seconds: number;
}

/** How it ended. */
export interface TrialEnd {
  readonly answer: string;
  /** What it printed. */
  readonly printed: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** Why it could not be started. */
  readonly failure?: string;
}

/** Set in the process that is started. */
export const trialVariable = 'NODE_CUDNN_WITHIN_TRIAL';

const mostPrinted = 1 << 20;

function commandOf({ program, parameters, env }: TrialProcess): {
  args: string[];
  childEnv: NodeJS.ProcessEnv;
} {
  const childEnv: NodeJS.ProcessEnv = { ...env, ELECTRON_RUN_AS_NODE: '1', [trialVariable]: '1' };
  // A debugger's port, or a module that is to be loaded first, belongs to the process itself.
  delete childEnv.NODE_OPTIONS;
  return { args: ['-e', program, ...parameters], childEnv };
}

/** Waits for the process, and blocks this thread meanwhile. */
export function runTrial(trial: TrialProcess): TrialEnd {
  const { args, childEnv } = commandOf(trial);
  const { error, output, status, signal } = spawnSync(process.execPath, args, {
    env: childEnv,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: trial.seconds * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: mostPrinted,
  });
  // Null where the process did not start.
  const texts = (output as readonly (string | null)[] | null) ?? [];
  const timedOut = (error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT';
  return {
    answer: texts[3] ?? '',
    printed: `${texts[1] ?? ''}${texts[2] ?? ''}`.trim(),
    code: status,
    signal,
    timedOut,
    ...(error === undefined || timedOut ? {} : { failure: error.message }),
  };
}

/** As runTrial(), beside the event loop. */
export function startTrial(trial: TrialProcess): Promise<TrialEnd> {
  const { args, childEnv } = commandOf(trial);
  const child = spawn(process.execPath, args, {
    env: childEnv,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const texts = ['', '', '', ''];
  [1, 2, 3].forEach((i) => {
    child.stdio[i]?.on('data', (part: Buffer) => {
      texts[i] = `${texts[i] ?? ''}${part.toString('utf8')}`.slice(0, mostPrinted);
    });
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, trial.seconds * 1000);
  return new Promise((resolve) => {
    const end = (code: number | null, signal: string | null, failure?: string): void => {
      clearTimeout(timer);
      const printed = `${texts[1] ?? ''}${texts[2] ?? ''}`.trim();
      const base = { answer: texts[3] ?? '', printed, code, signal, timedOut };
      resolve(failure === undefined ? base : { ...base, failure });
    };
    child.once('error', (error) => {
      end(null, null, error.message);
    });
    child.once('close', (code, signal) => {
      end(code, signal);
    });
  });
}
