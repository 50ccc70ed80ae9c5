// What is done to the bytes of one direction of a connection, decided without any socket. Called by the fault proxy.

/** `forth`: from who dialled to who was dialled. */
export type FaultDirection = 'forth' | 'back';

/** One thing that goes wrong. `atByte` counts the bytes of that direction: so many went well before. */
export type Fault = { readonly direction: FaultDirection; readonly atByte: number } & (
  | { readonly type: 'cut'; readonly how: 'fin' | 'reset' }
  /** The bits of `xor` in the byte at that place are turned. */
  | { readonly type: 'corrupt'; readonly xor: number }
  /** What follows waits. */
  | { readonly type: 'delay'; readonly ms: number }
  /** What follows goes no faster. */
  | { readonly type: 'throttle'; readonly bytesPerSecond: number }
  /** What follows is taken and never arrives; the connection stays open. */
  | { readonly type: 'hole' }
);

/** What to do next. */
export type FaultStep =
  | { readonly type: 'pass'; readonly bytes: Uint8Array }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'cut'; readonly how: 'fin' | 'reset' }
  | { readonly type: 'happened'; readonly fault: Fault };

/** Bytes that pass a throttle at once. */
const THROTTLED_PIECE_BYTES = 16_384;

/** The faults of one direction, in the order of their places. */
export class DirectionFaults {
  readonly #faults: Fault[];
  #at = 0;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #swallows = false;

  constructor(faults: readonly Fault[], direction: FaultDirection) {
    this.#faults = faults
      .filter((fault) => fault.direction === direction)
      .sort((a, b) => a.atByte - b.atByte);
  }

  /** Bytes seen so far. */
  get at(): number {
    return this.#at;
  }

  /** What becomes of bytes that came. Ends after a cut. */
  *take(bytes: Uint8Array): Generator<FaultStep> {
    let rest = bytes;
    for (;;) {
      yield* this.#due(rest.length > 0);
      if (rest.length === 0) return;
      const next = this.#faults[0]?.atByte ?? Number.POSITIVE_INFINITY;
      const length = Math.min(
        rest.length,
        next - this.#at,
        Number.isFinite(this.#bytesPerSecond) ? THROTTLED_PIECE_BYTES : rest.length,
      );
      const corrupt = this.#corrupted(rest);
      const piece = corrupt ?? rest.subarray(0, length);
      this.#at += piece.length;
      if (!this.#swallows) {
        yield { type: 'pass', bytes: piece };
        if (Number.isFinite(this.#bytesPerSecond))
          yield { type: 'wait', ms: (piece.length / this.#bytesPerSecond) * 1000 };
      }
      rest = rest.subarray(piece.length);
    }
  }

  /** The byte to corrupt, where it is the next one. */
  #corrupted(rest: Uint8Array): Uint8Array | undefined {
    const fault = this.#faults[0];
    if (fault?.type !== 'corrupt' || fault.atByte !== this.#at) return undefined;
    this.#faults.shift();
    return Uint8Array.of((rest[0] ?? 0) ^ fault.xor);
  }

  /** Everything that happens at this place. A byte can only be corrupted where there is one. */
  *#due(hasByte: boolean): Generator<FaultStep> {
    for (let fault = this.#faults[0]; fault?.atByte === this.#at; fault = this.#faults[0]) {
      if (fault.type === 'corrupt') {
        if (hasByte) yield { type: 'happened', fault };
        return;
      }
      this.#faults.shift();
      yield { type: 'happened', fault };
      if (fault.type === 'cut') yield { type: 'cut', how: fault.how };
      else if (fault.type === 'delay') yield { type: 'wait', ms: fault.ms };
      else if (fault.type === 'hole') this.#swallows = true;
      else this.#bytesPerSecond = fault.bytesPerSecond;
    }
  }
}

/** What a seeded fault is chosen from. */
export interface FaultChoice {
  readonly directions: readonly FaultDirection[];
  readonly types: readonly Fault['type'][];
  /** The place is one of so many first bytes. */
  readonly bytes: number;
}

/** One fault at a random place. */
export const randomFault = (random: () => number, choice: FaultChoice): Fault => {
  const oneOf = <T>(from: readonly T[]): T => {
    const one = from[Math.floor(random() * from.length)];
    if (one === undefined) throw new RangeError('nothing to choose from');
    return one;
  };
  const at = {
    direction: oneOf(choice.directions),
    atByte: Math.floor(random() * choice.bytes),
  };
  const type = oneOf(choice.types);
  switch (type) {
    case 'cut':
      return { ...at, type, how: random() < 0.5 ? 'fin' : 'reset' };
    case 'corrupt':
      return { ...at, type, xor: 1 << Math.floor(random() * 8) };
    case 'delay':
      return { ...at, type, ms: Math.floor(random() * 200) };
    case 'throttle':
      return { ...at, type, bytesPerSecond: 20_000 + Math.floor(random() * 500_000) };
    case 'hole':
      return { ...at, type };
    default: {
      const never: never = type;
      return never;
    }
  }
};
