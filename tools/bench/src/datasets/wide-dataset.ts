// Control plane: the table of the case of offline memory: an SSTable with one huge partition among many small ones, and a smaller one that overlaps
// it. Written by our own writer, kept in the cache, the same in every run. Called by the case.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Murmur3Partitioner } from '@scamander/ring';
import {
  type Column,
  type DeletionTime,
  type MarkerKind,
  NO_DELETION_TIME,
  type Row,
  rowHeaderOf,
  type SerializationHeader,
  SSTableWriter,
  type Unfiltered,
} from '@scamander/sstable-io';
import { datasetsFolder } from '../paths.ts';
import { datasetKeyspace } from './dataset.ts';
import { randomPool, valueAt } from './random-values.ts';

/** How much of it, in uncompressed bytes of Data.db. */
export type WideSize = {
  /** Of the first SSTable. */
  readonly totalBytes: number;
  /** Of its huge partition. */
  readonly partitionBytes: number;
  /** The second SSTable is so many times smaller, and so is its part of the huge partition. */
  readonly overlap: number;
};

/** As it lies in the cache. */
export type MadeWide = WideSize & {
  readonly tableFolder: string;
  /** Data.db of the first SSTable, then of the second one. */
  readonly dataFiles: readonly [string, string];
  /** Uncompressed. */
  readonly dataBytes: readonly [number, number];
};

export const wideTable = 'wide';

/** What reads of it: `schema.cql` beside the SSTables. */
export const createWideCql = (): string =>
  `CREATE TABLE ${datasetKeyspace}.${wideTable} (device int, seq int, body blob, note text, tags set<text>, site text STATIC, PRIMARY KEY (device, seq));\n`;

export const wideSize = (quick: boolean): WideSize =>
  quick
    ? { totalBytes: 80e6, partitionBytes: 60e6, overlap: 4 }
    : { totalBytes: 2e9, partitionBytes: 500e6, overlap: 8 };

const tableId = '5b1c9d30c0de11ef8000000000000001';
const marshal = 'org.apache.cassandra.db.marshal.';
const startMicros = 1_700_000_000_000_000n;
const startSeconds = 1_700_000_000;
/** Half of a body is random and stands there twice, so that it compresses to a half. */
const bodyBytes = 700;
const rowsOfSmall = 4;
/** Keys of small partitions are above it. */
const hugeKey = 0;
/** A range of rows is deleted behind every so many. */
const rangeEvery = 200;

const named = (name: string, type: string) => ({ name: Buffer.from(name), type: marshal + type });

const header: SerializationHeader = {
  minTimestamp: startMicros,
  minLocalDeletionTime: BigInt(startSeconds),
  minTtl: 0n,
  keyType: `${marshal}Int32Type`,
  clusteringTypes: [`${marshal}Int32Type`],
  staticColumns: [named('site', 'UTF8Type')],
  regularColumns: [
    named('body', 'BytesType'),
    named('note', 'UTF8Type'),
    named('tags', `SetType(${marshal}UTF8Type)`),
  ],
};

const int = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
};

const emptyBytes = new Uint8Array(0);

/** Rows and markers of the table; `round` is 0 in the first SSTable and 1 in the second, whose rows are newer. */
class WideRows {
  readonly #pool = randomPool(7);
  readonly #columns = rowHeaderOf(header);
  readonly #body = Buffer.alloc(bodyBytes);

  staticRow(key: number, round: number): Row {
    const [site] = this.#columns.staticColumns as readonly [Column];
    const timestamp = startMicros + BigInt(round);
    return this.#row([], timestamp, undefined, [
      this.#simple(site, Buffer.from(`site ${(key + round) % 97}`), timestamp),
    ]);
  }

  row(key: number, seq: number, round: number): Row {
    const [body, note, tags] = this.#columns.regularColumns as readonly [Column, Column, Column];
    const timestamp = startMicros + BigInt(1 + seq * 2 + round);
    const half = valueAt(this.#pool, key * 131 + seq, bodyBytes / 2);
    half.copy(this.#body);
    half.copy(this.#body, half.length);
    const text = `row ${seq} of device ${key}, written in round ${round}. `.repeat(4);
    const setDeletion: DeletionTime = {
      markedForDeleteAt: timestamp - 1n,
      localDeletionTime: startSeconds + (seq % 1_000),
    };
    const tag = (path: string) => ({
      timestamp,
      ttl: 0,
      localDeletionTime: NO_DELETION_TIME,
      path: Buffer.from(path),
      value: emptyBytes,
    });
    return this.#row([int(seq)], timestamp, timestamp, [
      this.#simple(body, this.#body, timestamp),
      this.#simple(note, Buffer.from(text), timestamp),
      { column: tags, deletion: setDeletion, cells: [tag(`a${seq % 7}`), tag(`b${key % 11}`)] },
    ]);
  }

  /** Both ends of a deletion of some numbers behind `seq` that have no rows. */
  range(seq: number, round: number): readonly [Unfiltered, Unfiltered] {
    const deletion = {
      markedForDeleteAt: startMicros + BigInt(seq * 2 + round),
      localDeletionTime: startSeconds + (seq % 1_000),
    };
    const marker = (bound: MarkerKind, at: number, isStart: boolean): Unfiltered => ({
      kind: 'marker',
      bound,
      values: [int(at)],
      closes: isStart ? undefined : deletion,
      opens: isStart ? deletion : undefined,
    });
    return [marker('EXCL_START_BOUND', seq, true), marker('EXCL_END_BOUND', seq + rangeGap, false)];
  }

  #row(
    clustering: readonly Uint8Array[],
    timestamp: bigint,
    liveAt: bigint | undefined,
    columns: Row['columns'],
  ): Row {
    return {
      kind: 'row',
      isStatic: clustering.length === 0,
      clustering,
      liveness:
        liveAt === undefined
          ? undefined
          : { timestamp, ttl: 0, localExpirationTime: NO_DELETION_TIME },
      deletion: undefined,
      isShadowable: false,
      columns,
    };
  }

  #simple(column: Column, value: Uint8Array, timestamp: bigint): Row['columns'][number] {
    const cell = {
      timestamp,
      ttl: 0,
      localDeletionTime: NO_DELETION_TIME,
      path: undefined,
      value,
    };
    return { column, deletion: undefined, cells: [cell] };
  }
}

/** Between the clustering numbers of two rows with a range tombstone between them. */
const rangeGap = 10;

const keysInOrder = (count: number, step: number): readonly number[] => {
  const keys = Array.from({ length: count }, (_, i) => 1 + i * step);
  const tokens = new Map(
    [...keys, hugeKey].map((key) => [key, Murmur3Partitioner.tokenOf(int(key))]),
  );
  const tokenOf = (key: number) => tokens.get(key) as bigint;
  return [...tokens.keys()].sort((a, b) => Murmur3Partitioner.compare(tokenOf(a), tokenOf(b)));
};

const createWriter = (directory: string, id: string): Promise<SSTableWriter> =>
  SSTableWriter.create({
    directory,
    keyspace: datasetKeyspace,
    table: wideTable,
    version: 'nb',
    id,
    partitioner: Murmur3Partitioner,
    header,
    compression: {
      compressor: 'LZ4Compressor',
      options: [],
      chunkLengthBytes: 16_384,
      maxCompressedLengthBytes: 0x7fffffff,
    },
    bloomFilterFpChance: 0.01,
    minIndexInterval: 128,
  });

/** Rows of one partition until it has so many bytes, every second clustering number being that of one round. */
const writePartition = async (
  writer: SSTableWriter,
  rows: WideRows,
  key: number,
  round: number,
  isFull: (rowsSoFar: number) => boolean,
): Promise<void> => {
  await writer.startPartition(int(key), undefined, rows.staticRow(key, round));
  for (let i = 0, seq = 0; !isFull(i); i++) {
    await writer.append(rows.row(key, seq, round));
    if (i % rangeEvery === rangeEvery - 1) {
      for (const marker of rows.range(seq, round)) await writer.append(marker);
      seq += rangeGap;
    }
    // the rounds have two thirds of their rows in common
    seq += round === 0 || i % 2 === 0 ? 1 : 2;
  }
  await writer.endPartition();
};

const writeSSTable = async (
  directory: string,
  round: number,
  { totalBytes, partitionBytes, overlap }: WideSize,
): Promise<number> => {
  const share = round === 0 ? 1 : overlap;
  const rows = new WideRows();
  const writer = await createWriter(directory, `${round + 1}`);
  const bytesOfRow = 930;
  const smallBytes = (totalBytes - partitionBytes) / share;
  const count = Math.floor(smallBytes / (bytesOfRow * rowsOfSmall));
  for (const key of keysInOrder(count, share)) {
    const end = writer.bytesWritten + partitionBytes / share;
    await writePartition(writer, rows, key, round, (done) =>
      key === hugeKey ? writer.bytesWritten >= end : done === rowsOfSmall,
    );
  }
  const bytes = writer.bytesWritten;
  await writer.finish();
  return bytes;
};

const folderOf = ({ totalBytes, partitionBytes, overlap }: WideSize): string =>
  join(datasetsFolder, `wide_${totalBytes / 1e6}_${partitionBytes / 1e6}_${overlap}`);

const describe = (size: WideSize): MadeWide => {
  const folder = folderOf(size);
  const tableFolder = join(folder, datasetKeyspace, `${wideTable}-${tableId}`);
  const { dataBytes } = JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')) as {
    dataBytes: [number, number];
  };
  const dataFileOf = (id: number): string => join(tableFolder, `nb-${id}-big-Data.db`);
  return { ...size, tableFolder, dataFiles: [dataFileOf(1), dataFileOf(2)], dataBytes };
};

/** Makes it where it is missing. */
export const makeWide = async (size: WideSize, tell: (line: string) => void): Promise<MadeWide> => {
  const kept = folderOf(size);
  if (existsSync(join(kept, 'dataset.json'))) return describe(size);
  tell(`writing ${wideTable}, ${size.totalBytes / 1e6} MB`);
  const fresh = `${kept}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const tableFolder = join(fresh, datasetKeyspace, `${wideTable}-${tableId}`);
  mkdirSync(tableFolder, { recursive: true });
  const dataBytes = [
    await writeSSTable(tableFolder, 0, size),
    await writeSSTable(tableFolder, 1, size),
  ];
  writeFileSync(join(tableFolder, 'schema.cql'), createWideCql());
  const stored = readdirSync(tableFolder).reduce(
    (sum, name) => sum + statSync(join(tableFolder, name)).size,
    0,
  );
  tell(`wrote ${wideTable}: ${(stored / 1e6).toFixed(0)} MB as stored`);
  writeFileSync(join(fresh, 'dataset.json'), `${JSON.stringify({ ...size, dataBytes })}\n`);
  rmSync(kept, { recursive: true, force: true });
  renameSync(fresh, kept);
  return describe(size);
};
