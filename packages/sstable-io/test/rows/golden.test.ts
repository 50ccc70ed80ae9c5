// sstable-data §17.3 and §17.4: real bytes and the synthetic partition, as values.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_DELETION_TIME, type Row, type Unfiltered } from '../../src/rows/model.ts';
import { openRowReader } from '../../src/rows/open-row-reader.ts';
import type { RowHeader } from '../../src/rows/row-header.ts';
import { PieceRowSource } from '../../src/rows/row-source.ts';
import { GOLDEN_HEADER, GOLDEN_NB, GOLDEN_OA } from './golden.ts';
import { fromHex, headerOf, readAll, textOf, type WholePartition } from './reading.ts';

const T = 1_700_000_000_000_000n;
const S = 1_700_000_000;

const decode = (
  bytes: Uint8Array,
  header: RowHeader,
  hasUIntDeletionTime: boolean,
): Promise<WholePartition[]> => {
  const source = new PieceRowSource([bytes], { path: 'Data.db' });
  return readAll(openRowReader(source, header, { hasUIntDeletionTime }));
};

const deletion = (timestamp: bigint, seconds: number) => ({
  markedForDeleteAt: timestamp,
  localDeletionTime: seconds,
});

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const live = (timestamp: bigint, value: Uint8Array, path?: Uint8Array) => ({
  timestamp,
  ttl: 0,
  localDeletionTime: NO_DELETION_TIME,
  path,
  value,
});

const [A, M, S2] = GOLDEN_HEADER.regularColumns;
const NONE = Buffer.alloc(0);

const EXPECTED: Unfiltered[] = [
  {
    kind: 'marker',
    bound: 'INCL_START_BOUND',
    values: [int(1)],
    closes: undefined,
    opens: deletion(T + 2n, S + 2),
  },
  {
    kind: 'row',
    isStatic: false,
    clustering: [int(1), Buffer.from('z')],
    liveness: { timestamp: T + 10n, ttl: 0, localExpirationTime: NO_DELETION_TIME },
    deletion: undefined,
    isShadowable: false,
    columns: [
      { column: A!, deletion: undefined, cells: [live(T + 10n, int(42))] },
      {
        column: M!,
        deletion: deletion(T + 9n, S + 3),
        cells: [
          live(T + 10n, int(7), Buffer.from('k1')),
          {
            timestamp: T + 11n,
            ttl: 0,
            localDeletionTime: S + 4,
            path: Buffer.from('k2'),
            value: NONE,
          },
        ],
      },
    ],
  },
  {
    kind: 'marker',
    bound: 'INCL_END_EXCL_START_BOUNDARY',
    values: [int(1), Buffer.from('m')],
    closes: deletion(T + 2n, S + 2),
    opens: deletion(T + 3n, S + 3),
  },
  {
    kind: 'marker',
    bound: 'INCL_END_BOUND',
    values: [int(2)],
    closes: deletion(T + 3n, S + 3),
    opens: undefined,
  },
  {
    kind: 'row',
    isStatic: false,
    clustering: [int(3), NONE],
    liveness: { timestamp: T + 20n, ttl: 100, localExpirationTime: S + 200 },
    deletion: undefined,
    isShadowable: false,
    columns: [
      {
        column: A!,
        deletion: undefined,
        cells: [
          {
            timestamp: T + 20n,
            ttl: 100,
            localDeletionTime: S + 200,
            path: undefined,
            value: int(-1),
          },
        ],
      },
      {
        column: S2!,
        deletion: undefined,
        cells: [
          {
            timestamp: T + 20n,
            ttl: 100,
            localDeletionTime: S + 200,
            path: int(5),
            value: NONE,
          },
        ],
      },
    ],
  },
  {
    kind: 'row',
    isStatic: false,
    clustering: [int(4), Buffer.from('x')],
    liveness: undefined,
    deletion: deletion(T + 30n, S + 5),
    isShadowable: false,
    columns: [],
  },
];

const EXPECTED_STATIC: Row = {
  kind: 'row',
  isStatic: true,
  clustering: [],
  liveness: undefined,
  deletion: undefined,
  isShadowable: false,
  columns: [
    {
      column: GOLDEN_HEADER.staticColumns[0]!,
      deletion: undefined,
      cells: [live(T + 1n, Buffer.from('st'))],
    },
  ],
};

for (const [name, bytes, isUnsigned] of [
  ['oa', GOLDEN_OA, true],
  ['nb', GOLDEN_NB, false],
] as const) {
  test(`${name}: the synthetic partition`, async () => {
    const [partition, ...others] = await decode(bytes, GOLDEN_HEADER, isUnsigned);
    assert.is(others.length, 0);
    assert.is(bytes.length, 144);
    assert.is(
      textOf(partition?.head),
      textOf({
        key: int(1),
        deletion: deletion(T, S + 1),
        staticRow: EXPECTED_STATIC,
        position: 0,
        headerLength: 27,
      }),
    );
    assert.is(textOf(partition?.rows), textOf(EXPECTED));
    assert.equal(partition?.starts, [27, 40, 75, 92, 105, 130]);
    assert.is(partition?.end, 144);
  });
}

const SIMPLE = headerOf({
  key: 'text',
  regulars: { val: 'text' },
  minTimestamp: 1_620_986_780_234_000n,
  minLocalDeletionTime: 1_442_880_000n,
});

test('real bytes of simple tables of nb and oa', async () => {
  const nb = fromHex(
    '0001 30 7fffffff 8000000000000000 24 0f 0f 00 08 0b 666f6f206261722062617a 01',
  );
  const oa = fromHex('0001 30  80  24 0f 04 00 08 0b666f6f206261722062617a 01');
  const [ofNb] = await decode(nb, SIMPLE, false);
  const [ofOa] = await decode(oa, SIMPLE, true);
  assert.is(textOf(ofNb?.rows), textOf(ofOa?.rows));
  assert.is(ofNb?.head.deletion, undefined);
  assert.is(ofNb?.head.headerLength, 15);
  assert.is(ofOa?.head.headerLength, 4);
  const [row] = (ofNb?.rows ?? []) as Row[];
  assert.is(row?.liveness?.timestamp, 1_620_986_780_234_000n);
  assert.is(Buffer.from(row!.columns[0]!.cells[0]!.value).toString(), 'foo bar baz');
});

test('real bytes of a static compact partition: a static row with a liveness of none, no rows', async () => {
  const header = headerOf({
    key: 'text',
    clustering: ['text'],
    statics: { val: 'text' },
    regulars: { value: 'blob' },
    minTimestamp: 7n,
  });
  const bytes = fromHex(
    '0001 30 7fffffff8000000000000000 a0 01 0f 00 00 00 0b666f6f206261722062617a 01',
  );
  const [partition] = await decode(bytes, header, false);
  assert.equal(partition?.rows, []);
  assert.is(partition?.head.staticRow?.columns[0]?.cells[0]?.timestamp, 7n);
});

test('real bytes of a range deletion around one newer row', async () => {
  const header = headerOf({ key: 'text', clustering: ['int'], regulars: { v: 'text' } });
  const bytes = fromHex(`0001 30 7fffffff8000000000000000
    02 01 0000 03 0f 00 00  04 00 00000021 0a 08 fe05f4b1e39ee8f1 01  02 06 0000 03 11 00 00 01`);
  const [partition] = await decode(bytes, header, false);
  const [open, row, close] = partition?.rows ?? [];
  assert.is(open?.kind === 'marker' && open.bound, 'INCL_START_BOUND');
  assert.is(close?.kind === 'marker' && close.bound, 'INCL_END_BOUND');
  assert.equal(row?.kind === 'row' && row.columns, []);
  assert.is(row?.kind === 'row' && row.liveness?.timestamp, 0x05f4b1e39ee8f1n);
});

test('an empty static row is no static row', async () => {
  const header = headerOf({ key: 'text', statics: { s: 'text' }, regulars: { v: 'text' } });
  const bytes = fromHex('0001 30 80  80 01 02 00 01  01');
  const [partition] = await decode(bytes, header, true);
  assert.is(partition?.head.staticRow, undefined);
  assert.is(partition?.head.headerLength, 9);
});

test('a partition deletion of a negative timestamp in oa is taken as it stands, and counted', async () => {
  const source = new PieceRowSource([fromHex('0001 30 fffffffffffffffb 6553f101 01')], {
    path: 'Data.db',
  });
  const reader = openRowReader(source, SIMPLE, { hasUIntDeletionTime: true });
  const head = await reader.nextPartition();
  assert.is(head?.deletion?.markedForDeleteAt, -5n);
  assert.is(head?.deletion?.localDeletionTime, 0x6553f101);
  assert.is(reader.negativeDeletions, 1);
});

test.run();
