#!/usr/bin/env node
import { runCommand } from './command.js';

void runCommand(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
