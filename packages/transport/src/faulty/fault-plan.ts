// Control plane. What goes wrong on which connection, as data, so that a test can enumerate it. Called by faultyTransport and by tests.
// Holds types and the choice of a connection's faults only.

/** What goes wrong in one direction, counted in bytes from the start of the connection. */
export interface DirectionFaults {
  /** Each piece arrives later by so much. */
  readonly delayMs?: number;
  /** Adds up to so much more, from the given randomness. */
  readonly jitterMs?: number;
  /** Cut both directions when byte `atByte` would pass; the bytes before it pass. */
  readonly cut?: { readonly atByte: number; readonly how: 'end' | 'reset' };
  /** The byte at `atByte` passes changed: exclusive-or with `mask`. @default mask 255 */
  readonly corrupt?: { readonly atByte: number; readonly mask?: number };
  /** Bytes from here on vanish: writes seem to succeed, reads never end. The other side sees a silent peer. */
  readonly vanishAtByte?: number;
  /** Not faster than this. */
  readonly bytesPerSecond?: number;
  /** Pieces of at most so many bytes. */
  readonly pieceBytesMax?: number;
}

/** What goes wrong on one connection. */
export interface ConnectionFaults {
  /** Dialling fails with SCM_NET_REFUSED, before the inner transport is asked. */
  readonly refuse?: boolean;
  /** Dialling takes so much longer; still bounded by the dial's time limit. */
  readonly connectDelayMs?: number;
  /** From us to the peer. */
  readonly out?: DirectionFaults;
  /** From the peer to us. */
  readonly in?: DirectionFaults;
}

/** Faults by order: the n-th dialled and the n-th accepted connection of this transport, counted from 0. */
export interface FaultPlan {
  readonly dialled?: Readonly<Record<number, ConnectionFaults>>;
  readonly accepted?: Readonly<Record<number, ConnectionFaults>>;
  /** Every connection that is not listed. @default none */
  readonly others?: ConnectionFaults;
}

const NONE: ConnectionFaults = {};

/** The faults of one connection. */
export const faultsOf = (
  plan: FaultPlan,
  side: 'dialled' | 'accepted',
  index: number,
): ConnectionFaults => plan[side]?.[index] ?? plan.others ?? NONE;
