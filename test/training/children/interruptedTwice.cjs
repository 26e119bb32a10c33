// interruptedTwice.cjs: takes the first Ctrl-C for an abort and goes on, until the second.
'use strict';
require('./typescript.cjs');
const { setInterval } = require('node:timers');
const { interruptSignal } = require('../../../lib/train/interrupt.ts');

const { signal } = interruptSignal();
signal.addEventListener('abort', () => process.stdout.write('aborted\n'));
setInterval(() => undefined, 1000);
process.stdout.write('ready\n');
