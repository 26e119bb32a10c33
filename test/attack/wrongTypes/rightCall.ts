/** What a call may use. */
export interface CallContext {
  /** An empty folder. */
  readonly folder: string;
  /** Frees something when the call has ended. */
  readonly later: (free: () => unknown) => void;
}

/** A call that passes, with every option given. */
export interface RightCall {
  /** The object of a method. */
  readonly on?: (context: CallContext) => unknown;
  /** Default: none. */
  readonly args?: (context: CallContext) => readonly unknown[] | Promise<readonly unknown[]>;
  /** Uses what the call gave, as its caller would. */
  readonly use?: (result: unknown, context: CallContext) => unknown;
  /** Positions, and what lies below them, that take whatever comes: '0.metadata'; '' for all. */
  readonly anything?: readonly string[];
  /** Positions of records that may hold other names too. */
  readonly open?: readonly string[];
  /** Positions of counts of work, where a large number means long work. */
  readonly endless?: readonly string[];
}

/** Right calls by the path of what is called. */
export type RightCalls = Readonly<Record<string, RightCall>>;
