// Data plane. Counter contexts, merged shard by shard (spec: sstable-data §5, hints-commitlog-compaction F §5; CounterContext). Called where two
// cells of a counter meet. Allocates only where neither side holds all of the result.
import { MalformedBytes } from '@scamander/bytes';

const COUNT_BYTES = 2;
const ENTRY_BYTES = 2;
const ID_BYTES = 16;
const SHARD_BYTES = 32;
/** Added to the index of a global shard in the header (Short.MIN_VALUE). */
const GLOBAL_OFFSET = 0x8000;

const REMOTE = 0;
const LOCAL = 1;
const GLOBAL = 2;
type Kind = typeof REMOTE | typeof LOCAL | typeof GLOBAL;

/** A context as it is walked. */
class Shards {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly #kinds: Kind[];
  #at: number;
  #index = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const malformed = (found: string): MalformedBytes =>
      new MalformedBytes({ what: 'a counter context', found, offset: 0 });
    if (bytes.length < COUNT_BYTES) throw malformed(`${bytes.length} bytes`);
    // a negative number of entries asks for local shards to be cleared, and counts the same
    const entries = Math.abs(this.view.getInt16(0));
    this.#at = COUNT_BYTES + entries * ENTRY_BYTES;
    const shardsBytes = bytes.length - this.#at;
    if (shardsBytes < 0 || shardsBytes % SHARD_BYTES !== 0)
      throw malformed(`${bytes.length} bytes with ${entries} entries`);
    this.#kinds = Array.from<Kind>({ length: shardsBytes / SHARD_BYTES }).fill(REMOTE);
    for (let i = 0; i < entries; i++) {
      const entry = this.view.getInt16(COUNT_BYTES + i * ENTRY_BYTES);
      const index = entry < 0 ? entry + GLOBAL_OFFSET : entry;
      if (index >= this.#kinds.length) throw malformed(`an entry for shard ${index}`);
      this.#kinds[index] = entry < 0 ? GLOBAL : LOCAL;
    }
  }

  get isAtEnd(): boolean {
    return this.#index === this.#kinds.length;
  }

  get at(): number {
    return this.#at;
  }

  get kind(): Kind {
    return this.#kinds[this.#index] as Kind;
  }

  get clock(): bigint {
    return this.view.getBigInt64(this.#at + ID_BYTES);
  }

  get count(): bigint {
    return this.view.getBigInt64(this.#at + ID_BYTES + 8);
  }

  next(): void {
    this.#at += SHARD_BYTES;
    this.#index += 1;
  }
}

/** By unsigned bytes of their ids. */
const compareIds = (a: Shards, b: Shards): number => {
  for (let i = 0; i < ID_BYTES; i++) {
    const difference = (a.bytes[a.at + i] as number) - (b.bytes[b.at + i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** "l wins if (l ≥ 0 and r > 0 and l ≥ r) or (l < 0 and (r > 0 or l < r))": negative clocks are those of removed nodes. */
const remoteWins = (left: bigint, right: bigint): boolean =>
  (left >= 0n && right > 0n && left >= right) || (left < 0n && (right > 0n || left < right));

/** Which of two shards of one id stays: 'left', 'right', or both added. */
const choose = (a: Shards, b: Shards): 'left' | 'right' | 'sum' => {
  if (a.kind === GLOBAL || b.kind === GLOBAL) {
    if (a.kind !== b.kind) return a.kind === GLOBAL ? 'left' : 'right';
    if (a.clock !== b.clock) return a.clock > b.clock ? 'left' : 'right';
    return a.count >= b.count ? 'left' : 'right';
  }
  if (a.kind === LOCAL || b.kind === LOCAL) {
    if (a.kind === b.kind) return 'sum';
    return a.kind === LOCAL ? 'left' : 'right';
  }
  if (a.clock === b.clock) return a.count >= b.count ? 'left' : 'right';
  return remoteWins(a.clock, b.clock) ? 'left' : 'right';
};

/** The shards of a result, and whether one side has all of them. */
class Result {
  readonly #shards: Uint8Array[] = [];
  readonly #entries: number[] = [];
  isLeft = true;
  isRight = true;

  add(from: Shards, side: 'left' | 'right'): void {
    this.#push(from.kind, from.bytes.subarray(from.at, from.at + SHARD_BYTES));
    if (side === 'left') this.isRight = false;
    else this.isLeft = false;
  }

  /** Both sides have this very shard. */
  addEqual(from: Shards): void {
    this.#push(from.kind, from.bytes.subarray(from.at, from.at + SHARD_BYTES));
  }

  addSum(a: Shards, b: Shards): void {
    const shard = Uint8Array.from(a.bytes.subarray(a.at, a.at + SHARD_BYTES));
    const view = new DataView(shard.buffer);
    view.setBigInt64(ID_BYTES, a.clock + b.clock);
    view.setBigInt64(ID_BYTES + 8, a.count + b.count);
    this.#push(LOCAL, shard);
    this.isLeft = false;
    this.isRight = false;
  }

  #push(kind: Kind, shard: Uint8Array): void {
    if (kind !== REMOTE)
      this.#entries.push(
        kind === GLOBAL ? this.#shards.length - GLOBAL_OFFSET : this.#shards.length,
      );
    this.#shards.push(shard);
  }

  toBytes(): Uint8Array {
    const head = COUNT_BYTES + this.#entries.length * ENTRY_BYTES;
    const bytes = new Uint8Array(head + this.#shards.length * SHARD_BYTES);
    const view = new DataView(bytes.buffer);
    view.setInt16(0, this.#entries.length);
    for (const [i, entry] of this.#entries.entries())
      view.setInt16(COUNT_BYTES + i * ENTRY_BYTES, entry);
    for (const [i, shard] of this.#shards.entries()) bytes.set(shard, head + i * SHARD_BYTES);
    return bytes;
  }
}

const isSameShard = (a: Shards, b: Shards): boolean =>
  a.kind === b.kind && a.clock === b.clock && a.count === b.count;

/**
 * The context that holds the shards of both, each by the rules of its kind. One of the arguments where it is the result. Throws
 * MalformedBytes for bytes that are no context.
 */
export const mergeCounterContexts = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  const a = new Shards(left);
  const b = new Shards(right);
  const result = new Result();
  while (!a.isAtEnd || !b.isAtEnd) {
    const order = a.isAtEnd ? 1 : b.isAtEnd ? -1 : compareIds(a, b);
    if (order < 0) {
      result.add(a, 'left');
      a.next();
      continue;
    }
    if (order > 0) {
      result.add(b, 'right');
      b.next();
      continue;
    }
    const chosen = choose(a, b);
    if (chosen === 'sum') result.addSum(a, b);
    else if (isSameShard(a, b)) result.addEqual(a);
    else result.add(chosen === 'left' ? a : b, chosen);
    a.next();
    b.next();
  }
  return result.isLeft ? left : result.isRight ? right : result.toBytes();
};
