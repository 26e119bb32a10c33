import { OptionError } from '../errors/errors.js';
import { oneOf } from '../errors/optionNames.js';
import { realNumber } from '../errors/optionValues.js';

/** Options that every optimizer has. */
export interface UpdateOptions {
  /** Default 0: no decay (AdamW: 0.004). */
  readonly weightDecay?: number;
  /**
   * 'decoupled' (default, Keras): w -= learningRate weightDecay w before the update.
   * 'l2' (the AlexNet paper, Caffe, PyTorch's SGD): gradient += weightDecay w.
   */
  readonly weightDecayMode?: 'decoupled' | 'l2';
  /** Scales each weight's gradient to at most this Euclidean norm. Default: off. */
  readonly clipNorm?: number;
  /** Scales all gradients together to at most this norm. Default: off. */
  readonly globalClipNorm?: number;
  /** Limits each element to [-clipValue, clipValue]. Default: off. */
  readonly clipValue?: number;
}

export const updateOptionNames: Readonly<Record<keyof UpdateOptions, true>> = {
  weightDecay: true,
  weightDecayMode: true,
  clipNorm: true,
  globalClipNorm: true,
  clipValue: true,
};

/** The options checked, 0 where clipping is off: as native code wants them. */
export interface UpdateAttributes {
  readonly weightDecay: number;
  readonly weightDecayMode: 'decoupled' | 'l2';
  readonly clipNorm: number;
  readonly globalClipNorm: number;
  readonly clipValue: number;
}

const clippings = ['clipNorm', 'globalClipNorm', 'clipValue'] as const;

/** Checks the options; ERR_OPTION names the one at fault. At most one clipping may be given. */
export function updateAttributes(
  place: string,
  options: UpdateOptions,
  weightDecay: number,
): UpdateAttributes {
  const limit = (name: (typeof clippings)[number]): number =>
    options[name] === undefined
      ? 0
      : realNumber(place, name, options[name], { minimum: 0, above: true });
  const attributes = {
    weightDecay: realNumber(place, 'weightDecay', options.weightDecay ?? weightDecay, {
      minimum: 0,
    }),
    weightDecayMode: oneOf(place, 'weightDecayMode', options.weightDecayMode ?? 'decoupled', [
      'decoupled',
      'l2',
    ]),
    clipNorm: limit('clipNorm'),
    globalClipNorm: limit('globalClipNorm'),
    clipValue: limit('clipValue'),
  };
  const given = clippings.filter((name) => attributes[name] > 0);
  if (given.length > 1) {
    throw new OptionError(`${given.join(' and ')} are given; give one of them`, { place });
  }
  return attributes;
}

/** The attributes as options again: clipping that is off is left out. */
export function updateConfig(attributes: UpdateAttributes): UpdateOptions {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      ([name, value]) => !(clippings as readonly string[]).includes(name) || value !== 0,
    ),
  );
}
