import type { LossSpec, ModelSpec } from '../native/program.js';
import { sayOnce } from '../notices.js';

/** The last activation that gives probabilities, which are no logits. */
function probabilitiesOf({ ops, inputs }: ModelSpec, output: number): string | undefined {
  const op = ops[output - inputs.length];
  if (op?.type === 'softmax') return 'softmax';
  return op?.attributes.function === 'sigmoid' ? 'sigmoid' : undefined;
}

/** Warns, as Keras does, of losses that are told of logits where probabilities come out. */
export function sayWhereNoLogits(
  place: string,
  spec: ModelSpec,
  losses: readonly LossSpec[],
  outputNames: readonly string[],
): void {
  losses.forEach(({ type, fromLogits }, i) => {
    const last = fromLogits ? probabilitiesOf(spec, spec.outputs[i] ?? -1) : undefined;
    if (last === undefined) return;
    sayOnce(
      `${place}: the loss ${type} of output '${outputNames[i] ?? ''}' has fromLogits, but a ` +
        `${last} comes last; the loss is taken of what goes into it, as without fromLogits: ` +
        'leave out one of the two',
    );
  });
}
