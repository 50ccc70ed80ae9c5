// Control plane. The tables of the round trips: every compressor, and every kind of content. Data only; called by written.ts.
import { seededRandom } from '@scamander-tools/testing';

/** One table: how it is made and filled, and what can be compared. */
export interface SampleTable {
  readonly name: string;
  /** Types it needs, with `KS` for the keyspace. */
  readonly types?: readonly string[];
  /** Columns and primary key, as between the parentheses of CREATE TABLE. */
  readonly columns: string;
  /** What follows WITH; compaction is off in any case. */
  readonly options?: string;
  /** Each phase is flushed, so it makes one SSTable. `T` stands for the table. */
  readonly phases: readonly (readonly string[])[];
  /** Names of columns whose writetime and TTL can be asked for. */
  readonly timed: readonly string[];
  /** Rows that SELECT must give. */
  readonly rows: number;
  /** End of the compressor's class name in CompressionInfo.db; undefined for an uncompressed table. */
  readonly compressor: string | undefined;
}

/** Microseconds; explicit, so that writetimes differ from the time of loading. */
const stamp = (number: number): number => 1_600_000_000_000_000 + number;

const range = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const random = seededRandom(3);

/** Half of it compresses, half does not. */
const text = (length: number): string => {
  let made = '';
  while (made.length < length) made += `${Math.floor(random() * 1e9).toString(36)} streaming `;
  return made.slice(0, length);
};

const compressed = (
  name: string,
  options: string,
  compressor: string | undefined,
): SampleTable => ({
  name,
  columns: 'pk int, ck text, v text, n bigint, PRIMARY KEY (pk, ck)',
  options: `compression = ${options}`,
  phases: [
    range(
      240,
      (row) =>
        `INSERT INTO T (pk, ck, v, n) VALUES (${row % 60}, 'c${row}', '${text(60 + row)}', ${row}) USING TIMESTAMP ${stamp(row)}`,
    ),
  ],
  timed: ['v', 'n'],
  rows: 240,
  compressor,
});

const chunked = (kind: string): string => `{'class': '${kind}', 'chunk_length_in_kb': 4}`;

const wide: SampleTable = {
  name: 'wide',
  columns: 'pk text, seq int, payload text, n bigint, PRIMARY KEY (pk, seq)',
  options: 'CLUSTERING ORDER BY (seq DESC)',
  // More than 64 KiB a partition: several index blocks.
  phases: [
    range(
      900,
      (row) =>
        `INSERT INTO T (pk, seq, payload, n) VALUES ('wide ${row % 3}', ${row}, '${text(400)}', ${row}) USING TIMESTAMP ${stamp(row)}`,
    ),
  ],
  timed: ['payload', 'n'],
  rows: 900,
  compressor: 'LZ4Compressor',
};

const statics: SampleTable = {
  name: 'statics',
  columns: 'pk int, c int, s text static, sm map<text, int> static, v text, PRIMARY KEY (pk, c)',
  phases: [
    [
      ...range(
        30,
        (row) =>
          `INSERT INTO T (pk, c, v) VALUES (${row % 10}, ${row}, 'row ${row}') USING TIMESTAMP ${stamp(row)}`,
      ),
      // Partitions 10 and 11 have nothing but a static row.
      ...range(
        12,
        (pk) =>
          `INSERT INTO T (pk, s, sm) VALUES (${pk}, 'static ${pk}', {'a': ${pk}, 'b': 2}) USING TIMESTAMP ${stamp(pk)}`,
      ),
    ],
  ],
  timed: ['s', 'v'],
  rows: 32,
  compressor: 'LZ4Compressor',
};

const collections: SampleTable = {
  name: 'collections',
  columns:
    'k int PRIMARY KEY, l list<int>, s set<text>, m map<text, int>, f frozen<list<int>>, t tuple<int, text>',
  phases: [
    range(
      40,
      (k) =>
        `INSERT INTO T (k, l, s, m, f, t) VALUES (${k}, [${k}, 2, 3], {'a', 'b${k}'}, {'x': ${k}, 'y': 1}, [1, ${k}], (${k}, 'tuple')) USING TIMESTAMP ${stamp(k)}`,
    ),
    // Changes of single elements, which shadow part of the first SSTable.
    [
      `UPDATE T USING TIMESTAMP ${stamp(100)} SET m['x'] = 77, m['z'] = 1 WHERE k = 1`,
      `DELETE m['y'] FROM T USING TIMESTAMP ${stamp(101)} WHERE k = 2`,
      `UPDATE T USING TIMESTAMP ${stamp(102)} SET s = s + {'more'}, l = l + [9] WHERE k = 3`,
      `UPDATE T USING TIMESTAMP ${stamp(103)} SET s = {'instead'} WHERE k = 4`,
    ],
  ],
  timed: ['f', 't'],
  rows: 40,
  compressor: 'LZ4Compressor',
};

const udts: SampleTable = {
  name: 'udts',
  types: ['CREATE TYPE KS.address (street text, city text, zip int)'],
  columns: 'k int PRIMARY KEY, home address, work frozen<address>, all list<frozen<address>>',
  phases: [
    range(
      30,
      (k) =>
        `INSERT INTO T (k, home, work, all) VALUES (${k}, {street: 's${k}', city: 'c', zip: ${k}}, {street: 'w', city: null, zip: 1}, [{street: 'a', city: 'b', zip: ${k}}]) USING TIMESTAMP ${stamp(k)}`,
    ),
    [`UPDATE T USING TIMESTAMP ${stamp(100)} SET home.city = 'moved' WHERE k = 1`],
  ],
  timed: ['work'],
  rows: 30,
  compressor: 'LZ4Compressor',
};

const expiring: SampleTable = {
  name: 'expiring',
  columns: 'k int, c int, v text, w text, PRIMARY KEY (k, c)',
  phases: [
    [
      ...range(
        30,
        (row) =>
          `INSERT INTO T (k, c, v) VALUES (${row % 6}, ${row}, 'goes') USING TTL ${500_000 + row} AND TIMESTAMP ${stamp(row)}`,
      ),
      ...range(
        30,
        (row) =>
          `UPDATE T USING TTL ${900_000 + row} AND TIMESTAMP ${stamp(row)} SET w = 'goes later' WHERE k = ${row % 6} AND c = ${row}`,
      ),
      ...range(
        10,
        (row) =>
          `INSERT INTO T (k, c, v) VALUES (${row % 6}, ${100 + row}, 'stays') USING TIMESTAMP ${stamp(row)}`,
      ),
    ],
  ],
  timed: ['v', 'w'],
  rows: 40,
  compressor: 'LZ4Compressor',
};

/** The second SSTable has nothing but deletions: a loader that loses one brings a row of the first back to life. */
const tombstones: SampleTable = {
  name: 'tombstones',
  columns: 'k int, c int, v text, w text, PRIMARY KEY (k, c)',
  phases: [
    range(
      100,
      (row) =>
        `INSERT INTO T (k, c, v, w) VALUES (${row % 10}, ${row}, 'v${row}', 'w${row}') USING TIMESTAMP ${stamp(row)}`,
    ),
    [
      `DELETE FROM T USING TIMESTAMP ${stamp(1000)} WHERE k = 0`,
      `DELETE FROM T USING TIMESTAMP ${stamp(1001)} WHERE k = 1 AND c = 11`,
      `DELETE FROM T USING TIMESTAMP ${stamp(1002)} WHERE k = 2 AND c >= 20 AND c < 60`,
      `DELETE w FROM T USING TIMESTAMP ${stamp(1003)} WHERE k = 3 AND c = 13`,
      `DELETE FROM T USING TIMESTAMP ${stamp(5)} WHERE k = 4`,
    ],
  ],
  timed: ['v', 'w'],
  // Ten of partition 0, one of 1, four of 2 (22 to 52), and of 4 the row written at 4: 100 - 16.
  rows: 84,
  compressor: 'LZ4Compressor',
};

const counters: SampleTable = {
  name: 'counters',
  columns: 'pk text, c int, hits counter, miss counter, PRIMARY KEY (pk, c)',
  phases: [
    range(
      60,
      (row) =>
        `UPDATE T SET hits = hits + ${row}, miss = miss - 1 WHERE pk = 'p${row % 5}' AND c = ${row}`,
    ),
    [
      ...range(
        20,
        (row) => `UPDATE T SET hits = hits + 1000 WHERE pk = 'p${row % 5}' AND c = ${row}`,
      ),
      `DELETE miss FROM T WHERE pk = 'p1' AND c = 1`,
      `DELETE FROM T WHERE pk = 'p2' AND c = 22`,
    ],
  ],
  timed: [],
  rows: 59,
  compressor: 'LZ4Compressor',
};

const types: SampleTable = {
  name: 'types',
  columns:
    '"A key" text, k2 uuid, c1 timeuuid, c2 decimal, a ascii, b blob, bo boolean, ti tinyint, si smallint, i int, vi varint, d double, f float, ts timestamp, da date, ti2 time, ip inet, du duration, PRIMARY KEY (("A key", k2), c1, c2)',
  options: 'CLUSTERING ORDER BY (c1 DESC, c2 ASC)',
  phases: [
    range(
      20,
      (row) =>
        `INSERT INTO T ("A key", k2, c1, c2, a, b, bo, ti, si, i, vi, d, f, ts, da, ti2, ip, du) VALUES ('schlüssel ${row % 4}', 00000000-0000-4000-8000-00000000000${row % 4}, 5ca3a00${row % 10}-0000-11ee-8000-000000000001, ${row}.${row}, 'ascii', 0x${'ab'.repeat(row)}, ${row % 2 === 0}, ${row - 10}, ${-row * 100}, ${row * 1_000_000}, ${'9'.repeat(row + 1)}, ${row}.5, -${row}.25, '2020-01-${10 + row}T00:00:00Z', '1969-12-${10 + row}', '01:02:03.0000000${10 + row}', '${row % 2 === 0 ? `10.0.0.${row}` : `fe80::${row}`}', ${row}mo3d${row}ns) USING TIMESTAMP ${stamp(row)}`,
    ),
  ],
  timed: ['a', 'b', 'vi', 'du'],
  rows: 20,
  compressor: 'LZ4Compressor',
};

/** All of them. */
export const sampleTables: readonly SampleTable[] = [
  compressed('c_lz4', chunked('LZ4Compressor'), 'LZ4Compressor'),
  compressed('c_snappy', chunked('SnappyCompressor'), 'SnappyCompressor'),
  compressed('c_deflate', chunked('DeflateCompressor'), 'DeflateCompressor'),
  compressed('c_zstd', chunked('ZstdCompressor'), 'ZstdCompressor'),
  compressed('c_noop', chunked('NoopCompressor'), 'NoopCompressor'),
  compressed('c_none', "{'enabled': 'false'}", undefined),
  wide,
  statics,
  collections,
  udts,
  expiring,
  tombstones,
  counters,
  types,
];
