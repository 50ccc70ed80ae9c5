// Data plane. The three things that reading bytes can end in besides a value. They are private control flow of codecs: a codec throws them
// through its own loops and converts them once, at its edge, into its answer (message, need more, error). They never leave a package.

/**
 * The bytes end before the value does; more of them may still come.
 *
 * Cheap to create: no stack is captured, since a decoder fed byte by byte makes one per byte.
 */
export class NeedMoreBytes extends Error {
  override readonly name = 'NeedMoreBytes';
  /** Bytes needed in all, counted from the reader's `start`, as far as is known by now. */
  readonly bytesAtLeast: number;

  constructor(bytesAtLeast: number) {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super('more bytes are needed');
    Error.stackTraceLimit = before;
    this.bytesAtLeast = bytesAtLeast;
  }
}

/** Facts of a {@link LimitExceeded}. */
export interface LimitExceededFacts {
  /** Name of the field, where the caller gave one. */
  readonly field?: string | undefined;
  readonly value: bigint;
  readonly limit: bigint;
  /** Byte position of the value in the reader's array; 0 where there is no reader. */
  readonly offset: number;
}

/** A length or number is larger than the named limit that it has to meet before anything is allocated for it. */
export class LimitExceeded extends RangeError {
  override readonly name = 'LimitExceeded';
  readonly field: string | undefined;
  readonly value: bigint;
  readonly limit: bigint;
  readonly offset: number;

  constructor(facts: LimitExceededFacts) {
    super(
      `${facts.field ?? 'a length'} of ${facts.value} is above the limit of ${facts.limit} (byte ${facts.offset})`,
    );
    this.field = facts.field;
    this.value = facts.value;
    this.limit = facts.limit;
    this.offset = facts.offset;
  }
}

/** Facts of a {@link MalformedBytes}. */
export interface MalformedBytesFacts {
  /** What was being read, such as `modified UTF-8`. */
  readonly what: string;
  /** What stood there. */
  readonly found: string;
  /** Byte position in the reader's array, or in the value where there is no reader. */
  readonly offset: number;
}

/** The bytes (or the text to be written) cannot be the value that is expected, however many follow. */
export class MalformedBytes extends Error {
  override readonly name = 'MalformedBytes';
  readonly what: string;
  readonly found: string;
  readonly offset: number;

  constructor(facts: MalformedBytesFacts) {
    super(`malformed ${facts.what}: found ${facts.found} (byte ${facts.offset})`);
    this.what = facts.what;
    this.found = facts.found;
    this.offset = facts.offset;
  }
}
