// Data plane. Partitions.db, Rows.db and Data.db read side by side (spec: sstable-index-and-stats §10 rules 4, 5, 8, 9). Called by deep verification.
import { murmur3 } from '@scamander/bytes';
import {
  type PartitionPayload,
  readPartitionPayload,
  readPartitionsFooter,
} from '../bti/bti-index.ts';
import { comparableKey } from '../bti/byte-comparable.ts';
import { ClusteringEncoder } from '../bti/comparable-clustering.ts';
import { type RowsEntry, readRowsEntry } from '../bti/rows-entry.ts';
import { TrieWalker } from '../bti/trie-file.ts';
import { corrupt } from '../io/decoding.ts';
import type { PagedFile } from '../io/paged-file.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { ROW_TRIE_NODES_MAX, TRIE_ACCOUNTED_BYTES_MAX } from '../limits.ts';
import type { PartitionHead } from '../rows/model.ts';
import { ByteMap, Extents } from './extents.ts';
import type { Findings } from './findings.ts';
import { hex, KeyOrder } from './key-order.ts';
import type { PartitionSizes } from './partition-sizes.ts';
import type { PartitionWalker } from './partition-walk.ts';
import { RowIndex } from './row-index.ts';

/** Rows.db as it is used up: entries follow each other in the order of the partitions. */
class RowsRegion {
  readonly rows: PagedFile;
  readonly #findings: Findings;
  #end = 0;
  #extents: Extents | undefined;
  readonly #encoder: ClusteringEncoder | undefined;

  constructor(rows: PagedFile, encoder: ClusteringEncoder | undefined, findings: Findings) {
    this.rows = rows;
    this.#encoder = encoder;
    this.#findings = findings;
  }

  /** The check of a partition's blocks. */
  async begin(entry: RowsEntry, head: PartitionHead): Promise<RowIndex> {
    if (Buffer.compare(entry.key, head.key) !== 0) {
      throw corrupt(
        this.rows.path,
        entry.end,
        `an entry of key ${hex(entry.key)}`,
        `${hex(head.key)}, as at ${entry.dataPosition} of Data.db`,
      );
    }
    this.#extents = new Extents();
    return await RowIndex.begin(this.rows, entry, head, this.#encoder, this.#extents);
  }

  /** After the partition's last block. */
  async end(entry: RowsEntry, position: number): Promise<void> {
    const extents = this.#extents;
    if (extents !== undefined && extents.count <= ROW_TRIE_NODES_MAX) {
      await extents.check(this.rows, this.#end, position);
    } else {
      this.#findings.warn(`Rows.db: unused bytes before byte ${position} were not checked`);
    }
    this.#end = entry.end;
  }

  finish(): void {
    if (this.#end !== this.rows.lengthBytes) {
      throw corrupt(
        this.rows.path,
        this.#end,
        `${this.rows.lengthBytes - this.#end} bytes behind the last entry`,
        'the end of the file',
      );
    }
  }
}

/** The stored prefix must lead to the key, and the hash byte be the key's. */
const checkPrefix = (
  parts: SSTableParts,
  path: string,
  walker: TrieWalker,
  payload: PartitionPayload,
  key: Uint8Array,
): void => {
  const whole = comparableKey(parts.partitioner, key);
  const stored = walker.path.subarray(0, walker.depth);
  if (Buffer.compare(stored, whole.subarray(0, walker.depth)) !== 0) {
    throw corrupt(
      path,
      walker.node.position,
      `prefix ${hex(stored)}`,
      `a beginning of ${hex(whole)}, the form of key ${hex(key)}`,
    );
  }
  const hash = Number(murmur3(key).h2 & 0xffn);
  if (payload.hash !== undefined && payload.hash !== hash) {
    throw corrupt(path, walker.node.position, `hash ${payload.hash}`, `${hash} for ${hex(key)}`);
  }
};

/** Throws the first contradiction as SSTableError. */
export const checkBtiPartitions = async (
  parts: SSTableParts,
  partitions: PartitionWalker,
  sizes: PartitionSizes,
  findings: Findings,
): Promise<void> => {
  const paged = await parts.files.paged('Partitions.db');
  const { path } = paged;
  const footer = await readPartitionsFooter(paged);
  const encoder = ClusteringEncoder.of(parts.statistics.header.clusteringTypes);
  if (encoder === undefined)
    findings.warn('Rows.db: separators of these clustering types were not checked');
  const region = new RowsRegion(await parts.files.paged('Rows.db'), encoder, findings);
  const isAccounted = footer.firstKeyPosition <= TRIE_ACCOUNTED_BYTES_MAX;
  if (!isAccounted) findings.warn('Partitions.db: unused bytes were not checked');
  const map = isAccounted ? new ByteMap(footer.firstKeyPosition) : undefined;
  const walker = new TrieWalker(paged, footer.rootPosition, (node) => {
    const bytes = node.payloadFlags === 0 ? 0 : readPartitionPayload(path, node).bytes;
    map?.add(path, node.position, node.nodeBytes + bytes);
  });
  const order = new KeyOrder(parts.partitioner);
  let last: Uint8Array = new Uint8Array(0);
  while (await walker.next()) {
    const { position } = walker.node;
    const payload = readPartitionPayload(path, walker.node);
    const entry =
      payload.rowsPosition === undefined
        ? undefined
        : await readRowsEntry(region.rows, payload.rowsPosition);
    const dataPosition = entry?.dataPosition ?? payload.dataPosition;
    if (dataPosition !== partitions.position) {
      throw corrupt(
        entry === undefined ? path : region.rows.path,
        entry === undefined ? position : payload.rowsPosition,
        `position ${dataPosition} of a partition`,
        `${partitions.position}, where the partition before ends`,
      );
    }
    const walked = await partitions.walk(async (head) => {
      checkPrefix(parts, path, walker, payload, head.key);
      return entry === undefined ? undefined : await region.begin(entry, head);
    });
    if (entry !== undefined) await region.end(entry, payload.rowsPosition ?? 0);
    order.next(walked.key, path, position);
    if (order.count === 1)
      checkBoundary(path, footer.firstKeyPosition, footer.firstKey, walked.key);
    last = walked.key;
    sizes.add(walked.length);
  }
  checkBoundary(path, footer.firstKeyPosition, footer.lastKey, last);
  if (order.count !== footer.keyCount) {
    throw corrupt(path, paged.lengthBytes - 16, `${footer.keyCount} keys`, `${order.count}`);
  }
  await map?.check(paged);
  region.finish();
};

const checkBoundary = (path: string, at: number, found: Uint8Array, key: Uint8Array): void => {
  if (Buffer.compare(found, key) === 0) return;
  throw corrupt(path, at, `boundary key ${hex(found)}`, `${hex(key)}, as in Data.db`);
};
