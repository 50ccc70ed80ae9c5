// Rows made by hand, behind the interface of row readers. Called by the tests of this folder only.
import { nativeType } from '@scamander/cql-types';
import {
  type Cell,
  NO_DELETION_TIME,
  type PartitionHead,
  type Row,
  type Unfiltered,
} from '../../src/rows/model.ts';
import { NO_ENCODING_STATS, orderColumns, type RowHeader } from '../../src/rows/row-header.ts';
import type { RowReader } from '../../src/rows/row-reader.ts';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));

/** `key text, c text, v text, m map<text, text>`. */
export const header: RowHeader = {
  keyType: nativeType('text'),
  clusteringTypes: [nativeType('text')],
  staticColumns: [],
  regularColumns: orderColumns(
    [
      { name: bytes('v'), type: nativeType('text') },
      {
        name: bytes('m'),
        type: { kind: 'map', key: nativeType('text'), value: nativeType('text'), frozen: false },
      },
    ],
    false,
  ),
  encoding: NO_ENCODING_STATS,
};

/** A live cell. */
export const cell = (value: string | Uint8Array, path?: string, timestamp = 1n): Cell => ({
  timestamp,
  ttl: 0,
  localDeletionTime: NO_DELETION_TIME,
  path: path === undefined ? undefined : bytes(path),
  value: typeof value === 'string' ? bytes(value) : value,
});

/** A row with a value in `v` and elements in `m`, written at 1 µs. */
export const row = (
  clustering: string | null,
  v: Cell | undefined,
  m: readonly Cell[] = [],
): Row => {
  const [first, second] = header.regularColumns as [
    RowHeader['regularColumns'][0],
    RowHeader['regularColumns'][0],
  ];
  return {
    kind: 'row',
    isStatic: false,
    clustering: [clustering === null ? null : bytes(clustering)],
    liveness: { timestamp: 1n, ttl: 0, localExpirationTime: NO_DELETION_TIME },
    deletion: undefined,
    isShadowable: false,
    columns: [
      ...(v === undefined ? [] : [{ column: first, deletion: undefined, cells: [v] }]),
      ...(m.length === 0 ? [] : [{ column: second, deletion: undefined, cells: m }]),
    ],
  };
};

/** A partition: its key, and batches of what follows. */
export interface HandMade {
  readonly key: string;
  readonly deletion?: PartitionHead['deletion'];
  readonly batches: Iterable<readonly Unfiltered[]>;
}

/** Reads them; `asked` counts batches. Without positions, as a merge. */
export class HandMadeReader implements RowReader {
  readonly header = header;
  readonly position = 0;
  asked = 0;
  isClosed = false;
  readonly #partitions: Iterator<HandMade>;
  #batches: Iterator<readonly Unfiltered[]> | undefined;

  constructor(partitions: Iterable<HandMade>) {
    this.#partitions = partitions[Symbol.iterator]();
  }

  async nextPartition(): Promise<PartitionHead | undefined> {
    const next = this.#partitions.next();
    if (next.done === true) return undefined;
    this.#batches = next.value.batches[Symbol.iterator]();
    const { key, deletion } = next.value;
    return { key: bytes(key), deletion, staticRow: undefined, position: 0, headerLength: 10 };
  }

  async nextBatch(): Promise<readonly Unfiltered[]> {
    this.asked += 1;
    const next = this.#batches?.next();
    return next === undefined || next.done === true ? [] : next.value;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
