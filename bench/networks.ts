import { alexnet8Small, plainAlexnet } from './networks/alexnets.js';
import type { BenchNetwork } from './networks/benchNetwork.js';
import { convnet } from './networks/convnet.js';
import { mlp } from './networks/mlp.js';
import { mobilenet } from './networks/mobilenet.js';
import { resnet20 } from './networks/resnet20.js';
import { resnext } from './networks/resnext.js';
import { squeezenet } from './networks/squeezenet.js';
import { unet } from './networks/unet.js';

/** The networks of --networks and --predict, in the order of their tables. */
export const networks: readonly BenchNetwork[] = [
  mlp,
  convnet,
  resnet20,
  alexnet8Small,
  plainAlexnet,
  mobilenet,
  squeezenet,
  unet(32),
  unet(24),
  unet(12),
  resnext(4),
  resnext(8),
  resnext(16),
];

/** The networks of these names, in the order of the list; all of them for no name. */
export function networksOf(names: readonly string[]): readonly BenchNetwork[] {
  const known = networks.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`no network '${unknown}'; there are ${known.join(', ')}`);
  }
  return names.length === 0 ? networks : networks.filter(({ name }) => names.includes(name));
}
