// Data plane. The BTI index: a trie of key prefixes in Partitions.db, whose payloads lead to Rows.db or Data.db, where the keys stand
// (spec: sstable-index-and-stats §7.4; PartitionIndex, BtiTableReader). Called by sections and by the open SSTable.
import { ByteReader, murmur3 } from '@scamander/bytes';
import type { Partitioner, Token } from '@scamander/ring';
import type { DataReader } from '../io/data-reader.ts';
import { corrupt, decoding } from '../io/decoding.ts';
import type { PagedFile } from '../io/paged-file.ts';
import type { FoundPartition, PartitionIndex } from '../sections/partition-index.ts';
import type { IndexedKey } from '../types.ts';
import { boundAfterToken, comparableKey } from './byte-comparable.ts';
import { readRowsEntry } from './rows-entry.ts';
import { loadNode, readSizedInteger, TrieWalker } from './trie-file.ts';
import { TrieNode } from './trie-node.ts';

const FOOTER_BYTES = 24;

/** The end of Partitions.db. */
export interface PartitionsFooter {
  readonly firstKeyPosition: number;
  readonly keyCount: number;
  readonly rootPosition: number;
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
}

/** Reads and checks the footer and both boundary keys. Rejects with SSTableError. */
export const readPartitionsFooter = async (paged: PagedFile): Promise<PartitionsFooter> => {
  const { path, lengthBytes } = paged;
  const at = lengthBytes - FOOTER_BYTES;
  const footer = await paged.bytes(Math.max(0, at), Math.min(FOOTER_BYTES, lengthBytes));
  const fields = decoding(path, at, () => {
    const reader = new ByteReader(footer);
    return {
      firstKeyPosition: reader.i64Number(),
      keyCount: reader.i64Number(),
      rootPosition: reader.i64Number(),
    };
  });
  const { firstKeyPosition, keyCount, rootPosition } = fields;
  const isSane =
    rootPosition >= 0 &&
    rootPosition < firstKeyPosition &&
    firstKeyPosition < at &&
    keyCount >= 1 &&
    keyCount <= lengthBytes;
  if (!isSane) {
    throw corrupt(
      path,
      at,
      `keys at ${firstKeyPosition}, ${keyCount} of them, root at ${rootPosition}`,
      `root, keys and footer in this order within ${lengthBytes} bytes`,
    );
  }
  const first = await readKey(paged, firstKeyPosition);
  const last = await readKey(paged, first.end);
  if (last.end !== at)
    throw corrupt(path, last.end, `a footer at ${at}`, 'one behind the last key');
  return { ...fields, firstKey: first.key, lastKey: last.key };
};

const readKey = async (paged: PagedFile, at: number): Promise<{ key: Uint8Array; end: number }> => {
  const length = new ByteReader(await paged.bytes(at, 2)).u16();
  const key = Uint8Array.from(await paged.bytes(at + 2, length));
  return { key, end: at + 2 + length };
};

interface PartitionTarget {
  readonly key: Uint8Array;
  readonly dataPosition: number;
}

/** What stands at a node: where the partition is, or where its entry in Rows.db is. */
export type PartitionPayload = {
  /** Lowest byte of the second half of the key's hash; undefined in payloads without one. */
  readonly hash: number | undefined;
  readonly bytes: number;
} & (
  | { readonly dataPosition: number; readonly rowsPosition: undefined }
  | { readonly dataPosition: undefined; readonly rowsPosition: number }
);

/** Decodes the payload of a node of Partitions.db. */
export const readPartitionPayload = (path: string, node: TrieNode): PartitionPayload => {
  const flags = node.payloadFlags;
  const hasHash = flags >= 8;
  const at = node.payloadOffset + (hasHash ? 1 : 0);
  const integerBytes = hasHash ? flags - 7 : flags;
  const value = readSizedInteger(path, node, at, integerBytes);
  const hash = hasHash ? node.page[node.payloadOffset] : undefined;
  const bytes = integerBytes + (hasHash ? 1 : 0);
  return value < 0
    ? { hash, bytes, dataPosition: -value - 1, rowsPosition: undefined }
    : { hash, bytes, dataPosition: undefined, rowsPosition: value };
};

/** Lookups and iteration. `data` confirms keys; iteration takes a reader of its own, which reads ahead. */
export class BtiIndex implements PartitionIndex {
  readonly footer: PartitionsFooter;
  readonly #partitions: PagedFile;
  readonly #rows: PagedFile;
  readonly #data: DataReader;
  readonly #sequentialData: () => DataReader;
  readonly #partitioner: Partitioner;

  constructor(parts: {
    readonly footer: PartitionsFooter;
    readonly partitions: PagedFile;
    readonly rows: PagedFile;
    readonly data: DataReader;
    readonly sequentialData: () => DataReader;
    readonly partitioner: Partitioner;
  }) {
    this.footer = parts.footer;
    this.#partitions = parts.partitions;
    this.#rows = parts.rows;
    this.#data = parts.data;
    this.#sequentialData = parts.sequentialData;
    this.#partitioner = parts.partitioner;
  }

  get firstKey(): Uint8Array {
    return this.footer.firstKey;
  }

  get lastKey(): Uint8Array {
    return this.footer.lastKey;
  }

  get keyCount(): number {
    return this.footer.keyCount;
  }

  /** Follows a node's payload to the key. */
  async #target(node: TrieNode, data: DataReader): Promise<PartitionTarget> {
    const payload = readPartitionPayload(this.#partitions.path, node);
    if (payload.dataPosition !== undefined) {
      const { key } = await data.key(payload.dataPosition);
      return { key, dataPosition: payload.dataPosition };
    }
    return await readRowsEntry(this.#rows, payload.rowsPosition);
  }

  async positionsAfter(tokens: readonly Token[]): Promise<(number | undefined)[]> {
    const positions: (number | undefined)[] = [];
    for (const token of tokens) positions.push(await this.#positionAfter(token));
    return positions;
  }

  /** Walks down along the bound, remembering the nearest branch above it. */
  async #positionAfter(token: Token): Promise<number | undefined> {
    const { path } = this.#partitions;
    const bound = boundAfterToken(this.#partitioner, token);
    const node = new TrieNode();
    let position = this.footer.rootPosition;
    let above = -1;
    for (let depth = 0; ; depth++) {
      await loadNode(this.#partitions, node, position);
      if (node.payloadFlags !== 0) {
        // a stored prefix of the bound: only the key itself tells on which side it lies
        const { key, dataPosition } = await this.#target(node, this.#data);
        if (this.#isAfter(key, token)) return dataPosition;
      }
      const byte = bound[depth] ?? -1;
      const slotAbove = node.slotAbove(byte, path);
      if (slotAbove >= 0) above = node.child(slotAbove, path);
      const slot = byte < 0 ? -1 : node.slotOf(byte, path);
      if (slot < 0) break;
      position = node.child(slot, path);
    }
    return above < 0 ? undefined : await this.#smallestBelow(above, token);
  }

  async #smallestBelow(position: number, token: Token): Promise<number> {
    const walker = new TrieWalker(this.#partitions, position);
    if (!(await walker.next())) {
      throw corrupt(this.#partitions.path, position, 'a branch without payload', 'a partition');
    }
    const { key, dataPosition } = await this.#target(walker.node, this.#data);
    if (!this.#isAfter(key, token)) {
      throw corrupt(
        this.#partitions.path,
        position,
        `a branch that leads to key ${Buffer.from(key).toString('hex')}`,
        'a key of a greater token',
      );
    }
    return dataPosition;
  }

  #isAfter(key: Uint8Array, token: Token): boolean {
    return this.#partitioner.compare(this.#partitioner.tokenOf(key), token) > 0;
  }

  /** Follows the key as far as the trie goes; only the key at the target tells whether it is the same. */
  async find(key: Uint8Array): Promise<FoundPartition | undefined> {
    const { path } = this.#partitions;
    const sought = comparableKey(this.#partitioner, key);
    const node = new TrieNode();
    let position = this.footer.rootPosition;
    for (let depth = 0; ; depth++) {
      await loadNode(this.#partitions, node, position);
      const byte = sought[depth];
      const slot = byte === undefined ? -1 : node.slotOf(byte, path);
      if (slot < 0) break;
      position = node.child(slot, path);
    }
    if (node.payloadFlags === 0) return undefined;
    const { hash, dataPosition, rowsPosition } = readPartitionPayload(path, node);
    if (hash !== undefined && hash !== Number(murmur3(key).h2 & 0xffn)) return undefined;
    if (dataPosition !== undefined) {
      const found = await this.#data.key(dataPosition);
      const isSame = Buffer.compare(found.key, key) === 0;
      return isSame ? { dataPosition, rowIndex: undefined } : undefined;
    }
    const entry = await readRowsEntry(this.#rows, rowsPosition);
    return Buffer.compare(entry.key, key) === 0
      ? { dataPosition: entry.dataPosition, rowIndex: { kind: 'trie', entry } }
      : undefined;
  }

  async *keys(): AsyncGenerator<IndexedKey, void, void> {
    const walker = new TrieWalker(this.#partitions, this.footer.rootPosition);
    const data = this.#sequentialData();
    while (await walker.next()) {
      const { key, dataPosition } = await this.#target(walker.node, data);
      yield { key, position: BigInt(dataPosition) };
    }
  }
}
