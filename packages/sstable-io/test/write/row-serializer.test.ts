import { ByteWriter } from '@scamander/bytes';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SSTableError } from '../../src/errors.ts';
import {
  type Cell,
  type Column,
  type ColumnData,
  type DeletionTime,
  NO_DELETION_TIME,
  type Row,
  type Unfiltered,
} from '../../src/rows/model.ts';
import { type RowHeader, rowHeaderOf } from '../../src/rows/row-header.ts';
import type { SerializationHeader } from '../../src/types.ts';
import { RowSerializer, type RowSerializerOptions } from '../../src/write/row-serializer.ts';

const M = 'org.apache.cassandra.db.marshal.';
const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const int = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const hexOf = (text: string): string => text.replaceAll(/[\s|·]+|@\d+/g, '');

const headerOf = (change: Partial<SerializationHeader>): RowHeader =>
  rowHeaderOf({
    minTimestamp: 0n,
    minLocalDeletionTime: 0n,
    minTtl: 0n,
    keyType: `${M}Int32Type`,
    clusteringTypes: [],
    staticColumns: [],
    regularColumns: [],
    ...change,
  });

const named = (header: RowHeader, text: string): Column => {
  const found = [...header.staticColumns, ...header.regularColumns].find((c) => c.text === text);
  if (found === undefined) throw new Error(`no column ${text}`);
  return found;
};

const live = (timestamp: bigint, value: Uint8Array, path?: Uint8Array): Cell => ({
  timestamp,
  ttl: 0,
  localDeletionTime: NO_DELETION_TIME,
  path,
  value,
});

const simple = (column: Column, cell: Cell): ColumnData => ({
  column,
  deletion: undefined,
  cells: [cell],
});

const row = (change: Partial<Row>): Row => ({
  kind: 'row',
  isStatic: false,
  clustering: [],
  liveness: undefined,
  deletion: undefined,
  isShadowable: false,
  columns: [],
  ...change,
});

const plainLiveness = (timestamp: bigint) => ({
  timestamp,
  ttl: 0,
  localExpirationTime: NO_DELETION_TIME,
});

const bytesOf = (
  options: Omit<RowSerializerOptions, 'file'>,
  key: Uint8Array,
  deletion: DeletionTime | undefined,
  staticRow: Row | undefined,
  unfiltereds: readonly Unfiltered[],
): string => {
  const writer = new ByteWriter();
  const serializer = new RowSerializer({ ...options, file: 'test' });
  serializer.startPartition(writer, key, deletion, staticRow);
  for (const unfiltered of unfiltereds) serializer.append(writer, unfiltered);
  serializer.endPartition(writer);
  assert.is(serializer.partitionOffset, writer.length, 'the offset is the length');
  return Buffer.from(writer.toBytes()).toString('hex');
};

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof SSTableError && error.code === 'SCM_SSTABLE_UNWRITABLE')
      return error.message;
    throw error;
  }
  return 'not refused';
};

// spec: sstable-data §17.3
const simpleHeader = headerOf({
  minTimestamp: 1620986780234000n,
  minLocalDeletionTime: 1442880000n,
  keyType: `${M}UTF8Type`,
  regularColumns: [{ name: utf8('val'), type: `${M}UTF8Type` }],
});

const simpleRow = row({
  liveness: plainLiveness(1620986780234000n),
  columns: [simple(named(simpleHeader, 'val'), live(1620986780234000n, utf8('foo bar baz')))],
});

test('a partition that 4.0 wrote', () => {
  const options = { header: simpleHeader, hasUIntDeletionTime: false };
  assert.is(
    bytesOf(options, utf8('0'), undefined, undefined, [simpleRow]),
    hexOf('0001 30 7fffffff 8000000000000000 24 0f 0f 00 08 0b 666f6f206261722062617a 01'),
  );
});

test('the same partition as 5.0 writes it in oa', () => {
  const options = { header: simpleHeader, hasUIntDeletionTime: true };
  assert.is(
    bytesOf(options, utf8('0'), undefined, undefined, [simpleRow]),
    hexOf('0001 30 80 24 0f 04 00 08 0b666f6f206261722062617a 01'),
  );
});

test('a static row of a compact table that 3.0 wrote', () => {
  const header = headerOf({
    minTimestamp: 7n,
    keyType: `${M}UTF8Type`,
    clusteringTypes: [`${M}UTF8Type`],
    staticColumns: [{ name: utf8('val'), type: `${M}UTF8Type` }],
  });
  const statics = row({
    isStatic: true,
    columns: [simple(named(header, 'val'), live(7n, utf8('foo bar baz')))],
  });
  assert.is(
    bytesOf({ header, hasUIntDeletionTime: false }, utf8('0'), undefined, statics, []),
    hexOf('0001 30 7fffffff8000000000000000 a0 01 0f 00 00 00 0b666f6f206261722062617a 01'),
  );
});

// spec: sstable-data §17.4
const T = 1700000000000000n;
const S = 1700000000;
const wide = headerOf({
  minTimestamp: T,
  minLocalDeletionTime: BigInt(S),
  clusteringTypes: [`${M}Int32Type`, `${M}ReversedType(${M}UTF8Type)`],
  staticColumns: [{ name: utf8('s'), type: `${M}UTF8Type` }],
  regularColumns: [
    { name: utf8('a'), type: `${M}Int32Type` },
    { name: utf8('m'), type: `${M}MapType(${M}UTF8Type,${M}Int32Type)` },
    { name: utf8('t'), type: `${M}SetType(${M}Int32Type)` },
  ],
});
const deletedAt = (plus: bigint, seconds: number): DeletionTime => ({
  markedForDeleteAt: T + plus,
  localDeletionTime: S + seconds,
});
const expiring = (value: Uint8Array, path?: Uint8Array): Cell => ({
  timestamp: T + 20n,
  ttl: 100,
  localDeletionTime: S + 200,
  path,
  value,
});
const wideStatic = row({
  isStatic: true,
  columns: [simple(named(wide, 's'), live(T + 1n, utf8('st')))],
});
const wideRows: Unfiltered[] = [
  {
    kind: 'marker',
    bound: 'INCL_START_BOUND',
    values: [int(1)],
    closes: undefined,
    opens: deletedAt(2n, 2),
  },
  row({
    clustering: [int(1), utf8('z')],
    liveness: plainLiveness(T + 10n),
    columns: [
      simple(named(wide, 'a'), live(T + 10n, int(42))),
      {
        column: named(wide, 'm'),
        deletion: deletedAt(9n, 3),
        cells: [
          live(T + 10n, int(7), utf8('k1')),
          {
            timestamp: T + 11n,
            ttl: 0,
            localDeletionTime: S + 4,
            path: utf8('k2'),
            value: new Uint8Array(0),
          },
        ],
      },
    ],
  }),
  {
    kind: 'marker',
    bound: 'INCL_END_EXCL_START_BOUNDARY',
    values: [int(1), utf8('m')],
    closes: deletedAt(2n, 2),
    opens: deletedAt(3n, 3),
  },
  {
    kind: 'marker',
    bound: 'INCL_END_BOUND',
    values: [int(2)],
    closes: deletedAt(3n, 3),
    opens: undefined,
  },
  row({
    clustering: [int(3), new Uint8Array(0)],
    liveness: { timestamp: T + 20n, ttl: 100, localExpirationTime: S + 200 },
    columns: [
      simple(named(wide, 'a'), expiring(int(-1))),
      {
        column: named(wide, 't'),
        deletion: undefined,
        cells: [expiring(new Uint8Array(0), int(5))],
      },
    ],
  }),
  row({ clustering: [int(4), utf8('x')], deletion: deletedAt(30n, 5) }),
];

const WIDE_BODY = `
a0 01 06 00 00 01 02 7374
@27  02 01 0001 00 00000001 03 1b 02 02
@40  44 00 00000001 01 7a 1a 0d 0a 04 | 08 0000002a | 09 03 02 | 08 02 6b31 04 00000007 | 05 0b 04 02 6b32
@75  02 05 0002 00 00000001 01 6d 05 23 02 02 03 03
@92  02 06 0001 00 00000002 03 11 03 03
@105 0c 04 00000003 12 0d 14 64 80c8 02 | 1a ffffffff | 01 1e 04 00000005
@130 10 00 00000004 01 78 04 19 1e 05 07
01`;

for (const [version, hasUIntDeletionTime, head] of [
  ['oa', true, '0004 00000001  00060a24181e4000 6553f101'],
  ['nb', false, '0004 00000001  6553f101 00060a24181e4000'],
] as const) {
  test(`everything a partition can hold, ${version}`, () => {
    const options = { header: wide, hasUIntDeletionTime };
    assert.is(
      bytesOf(options, int(1), deletedAt(0n, 1), wideStatic, wideRows),
      hexOf(head + WIDE_BODY),
    );
  });
}

test('an empty static row, as soon as the header has a static column', () => {
  const bytes = bytesOf({ header: wide, hasUIntDeletionTime: true }, int(1), undefined, undefined, [
    wideRows[5] as Row,
  ]);
  assert.is(bytes, hexOf('0004 00000001 80 80 01 02 00 01 10 00 00000004 01 78 04 0c 1e 05 07 01'));
});

test('a live complex deletion beside one that is not, in both of its forms', () => {
  const twice = row({
    clustering: [int(1), utf8('z')],
    columns: [
      { column: named(wide, 'm'), deletion: deletedAt(1n, 1), cells: [] },
      { column: named(wide, 't'), deletion: undefined, cells: [live(T, utf8(''), int(5))] },
    ],
  });
  const liveDelta = ((-(2n ** 63n) - T) & (2n ** 64n - 1n)).toString(16);
  const form = (seconds: number) =>
    BigInt.asUintN(64, BigInt((seconds - S) | 0))
      .toString(16)
      .padStart(16, '0');
  const options = { header: wide, hasUIntDeletionTime: false };
  const plain = bytesOf(options, int(1), undefined, undefined, [twice]);
  assert.ok(plain.includes(`ff${liveDelta}f01aac0eff01`), 'up to 4.1: 2147483647');
  const as50 = bytesOf(
    { ...options, liveComplexDeletionTime: 0xffffffff },
    int(1),
    undefined,
    undefined,
    [twice],
  );
  assert.ok(as50.includes(`ff${liveDelta}ff${form(0xffffffff)}01`), '5.0: 4294967295');
});

test('more than 63 columns: the shorter list of indices', () => {
  const columns = Array.from({ length: 70 }, (_, i) => ({
    name: utf8(`c${String(i).padStart(2, '0')}`),
    type: `${M}Int32Type`,
  }));
  const header = headerOf({ regularColumns: columns });
  const options = { header, hasUIntDeletionTime: true };
  const cells = (indices: readonly number[]): ColumnData[] =>
    indices.map((i) => simple(header.regularColumns[i] as Column, live(0n, int(i))));
  const few = bytesOf(options, int(1), undefined, undefined, [row({ columns: cells([3, 69]) })]);
  assert.ok(few.includes(hexOf('44 03 45')), 'present ones');
  const all = Array.from({ length: 70 }, (_, i) => i);
  const many = bytesOf(options, int(1), undefined, undefined, [
    row({ columns: cells(all.filter((i) => i !== 5 && i !== 66)) }),
  ]);
  assert.ok(many.includes(hexOf('02 05 42 00')), 'missing ones');
  const whole = bytesOf(options, int(1), undefined, undefined, [row({ columns: cells(all) })]);
  assert.ok(whole.startsWith(hexOf('0004 00000001 80 20')), 'no subset at all');
});

test('bitmaps of missing columns at the edges of words', () => {
  const at = (count: number, missing: number): string => {
    const header = headerOf({
      regularColumns: Array.from({ length: count }, (_, i) => ({
        name: utf8(`c${String(i).padStart(2, '0')}`),
        type: `${M}Int32Type`,
      })),
    });
    const columns = header.regularColumns
      .filter(({ index }) => index !== missing)
      .map((column) => simple(column, live(0n, int(0))));
    const bytes = bytesOf({ header, hasUIntDeletionTime: true }, int(1), undefined, undefined, [
      row({ columns }),
    ]);
    const writer = new ByteWriter();
    writer.uvint(1n << BigInt(missing));
    const subset = Buffer.from(writer.toBytes()).toString('hex');
    return bytes.includes(`07${subset}0000`) ? 'found' : bytes;
  };
  for (const [count, missing] of [
    [2, 1],
    [32, 31],
    [33, 31],
    [33, 32],
    [63, 0],
    [63, 53],
    [63, 62],
  ] as const)
    assert.is(at(count, missing), 'found', `column ${missing} of ${count}`);
});

test('timestamps and deletion times below the bases wrap', () => {
  const bytes = bytesOf(
    { header: wide, hasUIntDeletionTime: false },
    int(1),
    undefined,
    undefined,
    [
      row({
        clustering: [int(4), utf8('x')],
        deletion: { markedForDeleteAt: T - 1n, localDeletionTime: S - 1 },
      }),
    ],
  );
  assert.ok(bytes.includes('ffffffffffffffffff'.repeat(2)));
});

test('what a version can not hold is refused', () => {
  const late = { markedForDeleteAt: 5n, localDeletionTime: 2147483648 };
  const legacy = { header: wide, hasUIntDeletionTime: false };
  const oa = { header: wide, hasUIntDeletionTime: true };
  assert.match(
    refusal(() => bytesOf(legacy, int(1), late, undefined, [])),
    /partition 0x00000001: can not be written: the local deletion time 2147483648/,
  );
  assert.is(
    bytesOf({ ...legacy, deletionTimeOverflow: 'cap' }, int(1), late, wideStatic, []).slice(12, 20),
    '7ffffffe',
  );
  assert.is(
    refusal(() => bytesOf(oa, int(1), late, undefined, [])),
    'not refused',
  );
  const negative = { markedForDeleteAt: -5n, localDeletionTime: 1 };
  assert.match(
    refusal(() => bytesOf(oa, int(1), negative, undefined, [])),
    /negative timestamp -5/,
  );
  assert.is(
    refusal(() => bytesOf(legacy, int(1), negative, undefined, [])),
    'not refused',
  );
});

test('what would not be a partition of this header is refused', () => {
  const options = { header: wide, hasUIntDeletionTime: true };
  const one = (unfiltered: Unfiltered): string =>
    refusal(() => bytesOf(options, int(1), undefined, undefined, [unfiltered]));
  const other = headerOf({ regularColumns: [{ name: utf8('b'), type: `${M}Int32Type` }] });
  const place = [int(1), utf8('x')];
  const a = named(wide, 'a');
  const m = named(wide, 'm');
  const rowOf = (...columns: ColumnData[]): Row => row({ clustering: place, columns });
  assert.match(one(rowOf(simple(named(other, 'b'), live(T, int(1))))), /column "b"/);
  assert.match(one(row({ clustering: [int(1)] })), /1 clustering values, 2 expected/);
  assert.match(one(row({ clustering: [utf8('abc'), utf8('x')] })), /3 bytes, its type has 4/);
  assert.match(one(rowOf(simple(a, live(T, utf8('abc'))))), /3 bytes in the column "a"/);
  assert.match(one(rowOf({ column: a, deletion: undefined, cells: [] })), /0 cells/);
  assert.match(one(rowOf(simple(m, live(T, utf8('abc'))))), /without path/);
  assert.match(
    one(rowOf({ column: m, deletion: undefined, cells: [] }, simple(a, live(T, int(1))))),
    /belongs behind/,
  );
});

test('columns of another header are found by name', () => {
  const other = headerOf({
    minTimestamp: T,
    keyType: `${M}UTF8Type`,
    regularColumns: [
      { name: utf8('aaa'), type: `${M}UTF8Type` },
      { name: utf8('val'), type: `${M}UTF8Type` },
    ],
  });
  const renamed = row({
    liveness: plainLiveness(1620986780234000n),
    columns: [simple(named(other, 'val'), live(1620986780234000n, utf8('foo bar baz')))],
  });
  const options = { header: simpleHeader, hasUIntDeletionTime: true };
  assert.is(
    bytesOf(options, utf8('0'), undefined, undefined, [renamed]),
    bytesOf(options, utf8('0'), undefined, undefined, [simpleRow]),
  );
});

test.run();
