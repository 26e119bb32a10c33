import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

import { OptionError } from '../errors/errors.js';
import type { PluginFiles, PluginReport } from '../native/plugin.js';
import {
  runTrial,
  startTrial,
  trialVariable,
  type TrialEnd,
  type TrialProcess,
} from './trialProcess.js';

/** What the plugin says in a process of its own, or what became of that process. */
export type Trial =
  { readonly report: PluginReport } | { readonly problem: string; readonly remedy?: string };

// The plugin is loaded, and asks the driver, as it will in the user's process.
const program = `
const { writeSync } = require('node:fs');
const [addonFile, files] = process.argv.slice(1);
const answer = (value) => writeSync(3, JSON.stringify(value));
const refuse = (error) => answer({ problem: String(error.message) });
try {
  const addon = require(addonFile);
  addon.loadPlugin(JSON.parse(files));
  addon.pluginReport().then((report) => answer({ report }), refuse);
} catch (error) {
  refuse(error);
}
`;

const variable = 'NODE_CUDNN_TRIAL_SECONDS';
const usualSeconds = 20;

function secondsFrom(env: TrialProcess['env']): number {
  const text = env[variable] ?? '';
  if (text === '') return usualSeconds;
  const seconds = Number(text);
  if (seconds > 0 && seconds <= 3600) return seconds;
  throw new OptionError(`expected a number of seconds from 0 to 3600, got '${text}'`, {
    place: variable,
  });
}

function trialProcess(addonFile: string, files: PluginFiles, env: TrialProcess['env']) {
  const parameters = [addonFile, JSON.stringify(files)];
  return { program, parameters, env, seconds: secondsFrom(env) };
}

function lastLines(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-3).join(' | ').slice(-400);
}

function problemOf(end: TrialEnd, seconds: number): string {
  const { code, signal, timedOut, failure, printed } = end;
  let what = `the process that tried it ended with code ${code ?? 'none'} and without an answer`;
  if (failure !== undefined) what = `the process that was to try it did not start: ${failure}`;
  else if (timedOut) what = `the process that tried it gave no answer within ${seconds} s`;
  else if (signal !== null) what = `the process that tried it was ended by ${signal}`;
  return printed === '' ? what : `${what}; it printed: ${lastLines(printed)}`;
}

function outcome(end: TrialEnd, seconds: number): Trial {
  const { code, signal, timedOut, answer } = end;
  if (!timedOut && code === 0 && answer !== '') return JSON.parse(answer) as Trial;
  if (timedOut) {
    return {
      problem: problemOf(end, seconds),
      remedy:
        'check the driver with nvidia-smi; where it is only slow to start, set ' +
        `${variable} or turn on its persistence mode`,
    };
  }
  const remedy =
    signal === null ? {} : { remedy: 'check the driver with nvidia-smi; reinstall it' };
  return { problem: problemOf(end, seconds), ...remedy };
}

// A program that holds Node.js within itself would run itself again, and again.
function withinTrial(env: TrialProcess['env']): Trial | undefined {
  if (env[trialVariable] === undefined) return undefined;
  return { problem: 'this process is a trial of the plugin itself, and starts no other' };
}

function cacheKey(files: PluginFiles, env: TrialProcess['env']): string {
  return `node-cudnn trial ${JSON.stringify([files, env.CUDA_VISIBLE_DEVICES ?? null])}`;
}

/**
 * Loads the plugin in a process of its own and asks it for its devices: a crash or a hang there
 * costs nothing here. Blocks for as long as that takes. The answer is kept for the process and for
 * the worker threads that it starts later.
 */
export function tryPlugin(addonFile: string, files: PluginFiles, env: TrialProcess['env']): Trial {
  const within = withinTrial(env);
  if (within !== undefined) return within;
  const key = cacheKey(files, env);
  const known = getEnvironmentData(key) as unknown;
  if (typeof known === 'string') return JSON.parse(known) as Trial;
  const trial = trialProcess(addonFile, files, env);
  const result = outcome(runTrial(trial), trial.seconds);
  setEnvironmentData(key, JSON.stringify(result));
  return result;
}

/** As tryPlugin(), beside the event loop and asking anew. */
export async function tryPluginAsync(
  addonFile: string,
  files: PluginFiles,
  env: TrialProcess['env'],
): Promise<Trial> {
  const within = withinTrial(env);
  if (within !== undefined) return within;
  const trial = trialProcess(addonFile, files, env);
  return outcome(await startTrial(trial), trial.seconds);
}
