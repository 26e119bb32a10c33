/**
 * npm run bench [-- --json] [--peers] [--batch 64] [--repeats 3]
 *
 * Times AlexNet's training steps on this machine, against the sum of their oneDNN primitives and,
 * with --peers, against PyTorch and TensorFlow in the Python environment of
 * NODE_CUDNN_BENCH_PYTHON (or python3). Every ratio compares two measurements of this run.
 *
 * npm run bench -- --networks | --predict [--only mlp] [--rounds 5] [--json] [--markdown FILE]
 *
 * Trains the networks of bench/networks/, or predicts with them, in turns with the peers. --json
 * prints one object.
 */
import { alexnetBench } from './alexnetBench.js';
import { contestBench } from './contestBench.js';
import { readOptions, type BenchOptions } from './options.js';

function optionsOrExit(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`npm run bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
}

const options = optionsOrExit();
if (options.form === 'alexnets') await alexnetBench(options);
else await contestBench(options);
