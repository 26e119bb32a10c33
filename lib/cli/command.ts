import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Command, CommanderError, InvalidArgumentError } from 'commander';

import { thisMachine, type Machine } from '../cuda/machine.js';
import { packageRoot } from '../native/packageRoot.js';
import { examine } from './examine.js';
import { factsText, inspectionOf } from './inspect.js';
import { doctorText, works } from './report.js';
import { terminalOf, type Terminal } from './terminal.js';

function packageVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function backendArgument(value: string): string {
  if (/^(auto|cpu|cuda(:\d{1,4})?)$/.test(value)) return value;
  throw new InvalidArgumentError("Expected 'auto', 'cpu', 'cuda' or 'cuda:1'.");
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/**
 * The command line `node-cudnn`: resolves to its exit code. 0: all is well; 1: `doctor` misses
 * something that the backend needs, or a variable is wrong; 2: the command line is wrong.
 */
export async function runCommand(
  args: readonly string[],
  terminal: Terminal = terminalOf(process.stdout),
  machine: Machine = thisMachine(),
): Promise<number> {
  const version = packageVersion();
  let code = 0;
  const command = new Command('node-cudnn')
    .description('What this machine offers to node-cudnn.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: terminal.write });

  command
    .command('doctor')
    .description('show what the backends need, found or missing, and what to do about it')
    .option('--backend <name>', 'fail when this one cannot be used', backendArgument, 'auto')
    .option('--json', 'print one JSON object')
    .action((options: { backend: string; json?: true }) => {
      const found = examine(options.backend.startsWith('cuda'), machine);
      const ok = works(found, options.backend) && found.variables.length === 0;
      if (!ok) code = 1;
      const checks = [...found.variables, ...found.checks];
      if (options.json) {
        const backends = { cpu: works(found, 'cpu'), cuda: works(found, 'cuda') };
        terminal.write(`${json({ ok, backend: options.backend, backends, checks })}\n`);
      } else {
        terminal.write(doctorText(found, version, options.backend, terminal));
      }
    });

  command
    .command('inspect')
    .description('show all that a bug report should hold')
    .option('--json', 'print one JSON object')
    .action((options: { json?: true }) => {
      const facts = inspectionOf(examine(true, machine), version);
      terminal.write(options.json ? `${json(facts)}\n` : factsText(facts));
    });

  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return code;
}
