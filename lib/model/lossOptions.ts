import { OptionError } from '../errors/errors.js';
import { isArray } from '../errors/lists.js';
import { isPlain } from '../errors/optionNames.js';
import { shapeText } from '../layers/shape.js';
import { resolveLoss, type Loss, type LossAlias, type LossName } from '../losses/loss.js';
import { forOutputs, type ForOutputs, type Output } from './outputs.js';

/** A loss by name, or as `losses` makes it. Names are checked by compile(). */
export type LossOption = LossName | LossAlias | Loss | (string & {});

const place = 'compile()';

// Apart from one loss with options, as `losses` or a saved model has it.
function isForOutputs(value: unknown): value is ForOutputs<unknown> {
  return isArray(value) || (isPlain(value) && !Object.hasOwn(value, 'className'));
}

function requireClasses(loss: Loss, { name, shape }: Output): void {
  if (!loss.name.toLowerCase().includes('categorical') || (shape.at(-1) ?? 1) >= 2) return;
  throw new OptionError(
    `${loss.name} of output '${name}' ${shapeText(shape)}: over one class it is always 0; use ` +
      'binaryCrossentropy, or as many units as classes',
    { place },
  );
}

/** The loss of each output, undefined where it has none. ERR_OPTION when one does not fit. */
export function lossesOf(
  value: LossOption | ForOutputs<LossOption | null>,
  outputs: readonly Output[],
): (Loss | undefined)[] {
  const several = isForOutputs(value);
  const options = several ? forOutputs('loss', value, outputs) : outputs.map(() => value);
  const losses = options.map((option) =>
    several && (option === undefined || option === null) ? undefined : resolveLoss(place, option),
  );
  if (losses.every((loss) => loss === undefined)) {
    throw new OptionError('no output has a loss', { place });
  }
  outputs.forEach((output, i) => {
    const loss = losses[i];
    if (loss !== undefined) requireClasses(loss, output);
  });
  return losses;
}
