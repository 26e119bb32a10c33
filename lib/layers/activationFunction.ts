import { oneOf } from '../errors/optionNames.js';
import type { LayerLowering } from './lowering.js';

/** 'leakyRelu' has slope 0.2 and 'elu' alpha 1, as in Keras; the layers of those names choose. */
export type ActivationName =
  'linear' | 'relu' | 'leakyRelu' | 'elu' | 'sigmoid' | 'tanh' | 'softplus' | 'softmax';

const defaultAlpha: Readonly<Record<ActivationName, number>> = {
  linear: 0,
  relu: 0,
  leakyRelu: 0.2,
  elu: 1,
  sigmoid: 0,
  tanh: 0,
  softplus: 0,
  softmax: 0,
};

export const activationNames = Object.keys(defaultAlpha) as ActivationName[];

/** The activation that an option names; 'linear' where none is given. */
export function resolveActivation(place: string, value: unknown): ActivationName {
  return oneOf(place, 'activation', value ?? 'linear', activationNames);
}

/** Appends the op of an activation to `input`; nothing for 'linear'. */
export function lowerActivation(
  lowering: LayerLowering,
  input: number,
  activation: ActivationName,
  part?: string,
  alpha = defaultAlpha[activation],
): number {
  if (activation === 'linear') return input;
  const named = part === undefined ? {} : { part };
  if (activation === 'softmax') return lowering.op({ type: 'softmax', inputs: [input], ...named });
  return lowering.op({
    type: 'activation',
    inputs: [input],
    attributes: { function: activation, alpha },
    ...named,
  });
}
