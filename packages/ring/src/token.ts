// Control plane. Tokens and ranges as values. Called by every package that speaks of ownership.

/** Murmur3 and Random tokens are bigints, ByteOrdered tokens are bytes. */
export type Token = bigint | Uint8Array;

/** (left, right]: left exclusive, right inclusive; left ≥ right wraps, left = right is the whole ring (spec: planning §2). */
export interface TokenRange {
  readonly left: Token;
  readonly right: Token;
}

/** How keys become tokens, and how tokens are compared and written (spec: planning §1). */
export interface Partitioner {
  /** Short name, such as `Murmur3Partitioner`. */
  readonly name: string;
  /** Full Java class name, as on the wire and in Statistics.db. */
  readonly className: string;
  readonly minimumToken: Token;
  /** How many tokens there are; absent where they are bytes, whose distance means nothing. */
  readonly tokensTotal?: bigint;
  tokenOf(key: Uint8Array): Token;
  compare(a: Token, b: Token): number;
  tokenToBytes(token: Token): Uint8Array;
  /** Throws a RangeError on bytes that are not a token. */
  tokenFromBytes(bytes: Uint8Array): Token;
  tokenToText(token: Token): string;
  /** Throws a RangeError on text that is not a token. */
  tokenFromText(text: string): Token;
  /** The token half way along (left, right]; absent where a partitioner can't split (spec: planning §1, Midpoint). */
  midpoint?(left: Token, right: Token): Token;
}
