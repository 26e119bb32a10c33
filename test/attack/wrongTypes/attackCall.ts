import { NodeCudnnError } from 'node-cudnn';
import type { Random } from '../random.js';
import { requireTyped } from '../verdict.js';
import type { Callable } from './exports.js';
import { positionsOf, positionText, recordsIn, replaced, type Position } from './positions.js';
import type { CallContext, RightCall } from './rightCall.js';
import { OwnError, wrongValues, type WrongValue } from './wrongValues.js';

function covers(positions: readonly string[] | undefined, position: Position): boolean {
  const text = positionText(position);
  const within = (each: string): boolean =>
    each === '' || text === each || text.startsWith(`${each}.`);
  return positions?.some(within) === true;
}

/** Whether the caller's own code threw it, perhaps as the cause of an error of the package. */
function isOwn(error: unknown): boolean {
  return error instanceof OwnError;
}

/** One call with one argument replaced. */
interface Attempt {
  readonly position: Position;
  readonly value: WrongValue;
  readonly args: readonly unknown[];
  readonly mustFail: boolean;
}

/** The right and the wrong calls of one export. */
export class CallAttack {
  constructor(
    private readonly callable: Callable,
    private readonly right: RightCall,
    private readonly folder: string,
  ) {}

  /** The right call passes. */
  async rightCall(): Promise<void> {
    await this.inContext(async (context) => {
      await this.called(context, await this.argsOf(context));
    });
  }

  /** A wrong value in a place that `random` picks. */
  async wrongCall(random: Random): Promise<void> {
    await this.inContext(async (context) => {
      const attempt = this.attempt(random, await this.argsOf(context));
      if (attempt === undefined) return;
      const { position, value, args, mustFail } = attempt;
      const what = `${this.callable.path} with ${value.name} at ${positionText(position)}`;
      try {
        await this.called(context, args);
      } catch (error) {
        this.judge(what, error);
        return;
      }
      if (mustFail) throw new Error(`taken in silence: ${what}`);
    });
  }

  private judge(what: string, error: unknown): void {
    if (isOwn(error)) return;
    if (error instanceof NodeCudnnError && isOwn(error.cause)) return;
    try {
      requireTyped(error);
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${what}: ${text.slice(0, 300)}`, { cause });
    }
  }

  private attempt(random: Random, args: readonly unknown[]): Attempt | undefined {
    const { anything, endless, open } = this.right;
    const records = recordsIn(args);
    if (records.length > 0 && random.chance(0.1)) {
      const position = [...random.pick(records), 'unknwonOption'];
      return {
        position,
        value: { name: 'an unknown name', make: () => 1 },
        args: replaced(args, position, 1) as readonly unknown[],
        mustFail: !covers(anything, position) && !covers(open, position),
      };
    }
    const positions = positionsOf(args);
    if (positions.length === 0) return undefined;
    const position = random.pick(positions);
    const skipped = covers(endless, position);
    const value = random.pick(wrongValues.filter((each) => !(skipped && each.endless === true)));
    return {
      position,
      value,
      args: replaced(args, position, value.make()) as readonly unknown[],
      mustFail: value.neverRight === true && !covers(anything, position),
    };
  }

  private async argsOf(context: CallContext): Promise<readonly unknown[]> {
    return (await this.right.args?.(context)) ?? [];
  }

  private async called(context: CallContext, args: readonly unknown[]): Promise<void> {
    const receiver = await this.right.on?.(context);
    const result = await this.callable.call(receiver, args);
    await this.right.use?.(result, context);
  }

  private async inContext(work: (context: CallContext) => Promise<void>): Promise<void> {
    const frees: (() => unknown)[] = [];
    try {
      await work({ folder: this.folder, later: (free) => frees.push(free) });
    } finally {
      for (const free of frees) await free();
    }
  }
}
