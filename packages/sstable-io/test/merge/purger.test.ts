import { ByteOrderedPartitioner } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MergedRowReader } from '../../src/merge/merged-row-reader.ts';
import type { PurgeOptions } from '../../src/merge/purger.ts';
import {
  type Cell,
  type Column,
  EXPIRED_LIVENESS_TTL,
  type Marker,
  NO_DELETION_TIME,
  type Row,
  type Unfiltered,
} from '../../src/rows/model.ts';
import { type HeldPartition, HeldRowReader, holdAll } from './held-rows.ts';
import { textOf } from './rows-text.ts';
import { headerOf, int } from './small-world.ts';

const header = headerOf(['a', 'm']);
const [a, m] = header.regularColumns as readonly Column[] as [Column, Column];

/** Everything here happens around second 1000; tombstones of before 950 may go. */
const PURGE: PurgeOptions = { nowSeconds: 1000, gcBefore: 950 };
const EMPTY = new Uint8Array(0);

const cell = (change: Partial<Cell>): Cell => ({
  timestamp: 10n,
  ttl: 0,
  localDeletionTime: NO_DELETION_TIME,
  path: undefined,
  value: int(1),
  ...change,
});
const tombstone = (seconds: number): Cell => cell({ localDeletionTime: seconds, value: EMPTY });

const row = (change: Partial<Row>): Row => ({
  kind: 'row',
  isStatic: false,
  clustering: [int(1), int(1)],
  liveness: undefined,
  deletion: undefined,
  isShadowable: false,
  columns: [],
  ...change,
});
const withA = (...cells: Cell[]): Row =>
  row({ columns: [{ column: a, deletion: undefined, cells }] });
const alive = { timestamp: 10n, ttl: 0, localExpirationTime: NO_DELETION_TIME };
const deletion = (seconds: number) => ({ markedForDeleteAt: 5n, localDeletionTime: seconds });

const marker = (bound: Marker['bound'], c: number, closes: number, opens: number): Marker => ({
  kind: 'marker',
  bound,
  values: [int(c)],
  closes: closes === 0 ? undefined : deletion(closes),
  opens: opens === 0 ? undefined : deletion(opens),
});

const purged = async (
  partition: Partial<HeldPartition>,
  options: Partial<PurgeOptions> = {},
): Promise<HeldPartition | undefined> => {
  const held = { key: int(1), deletion: undefined, staticRow: undefined, unfiltereds: [] };
  const reader = new MergedRowReader([new HeldRowReader(header, [{ ...held, ...partition }])], {
    partitioner: ByteOrderedPartitioner,
    purge: { ...PURGE, ...options },
  });
  return (await holdAll(reader))[0];
};

const rowsLeft = async (
  unfiltereds: readonly Unfiltered[],
  options: Partial<PurgeOptions> = {},
): Promise<string[]> => {
  const left = await purged({ unfiltereds }, options);
  return left === undefined ? [] : textOf([left]).slice(1);
};

const linesOf = (unfiltereds: readonly Unfiltered[]): string[] =>
  textOf([{ key: int(1), deletion: undefined, staticRow: undefined, unfiltereds }]).slice(1);

test('old tombstones of cells go, young ones stay', async () => {
  assert.equal(await rowsLeft([withA(tombstone(949))]), []);
  assert.equal(await rowsLeft([withA(tombstone(950))]), linesOf([withA(tombstone(950))]));
  const kept = row({ liveness: alive, columns: withA(tombstone(949)).columns });
  assert.equal(await rowsLeft([kept]), linesOf([row({ liveness: alive })]));
});

test('what has expired becomes a tombstone of its writing time, which may be old enough to go', async () => {
  const expired = (ttl: number): Row => withA(cell({ ttl, localDeletionTime: 1000 }));
  assert.equal(await rowsLeft([expired(50)]), linesOf([withA(tombstone(950))]));
  assert.equal(await rowsLeft([expired(51)]), []);
  assert.equal(await rowsLeft([withA(cell({ ttl: 90, localDeletionTime: 949 }))]), []);
  const future = withA(cell({ ttl: 90, localDeletionTime: 1001 }));
  assert.equal(await rowsLeft([future]), linesOf([future]));
});

test('liveness that has expired goes when it is old enough, and is not converted', async () => {
  const ending = (localExpirationTime: number, ttl = 60): Row =>
    row({ liveness: { timestamp: 10n, ttl, localExpirationTime } });
  assert.equal(await rowsLeft([ending(949)]), []);
  assert.equal(await rowsLeft([ending(970)]), linesOf([ending(970)]));
  assert.equal(await rowsLeft([ending(1001)]), linesOf([ending(1001)]));
  assert.equal(await rowsLeft([ending(949, EXPIRED_LIVENESS_TTL)]), []);
});

test('deletions of rows, columns and partitions', async () => {
  assert.equal(await rowsLeft([row({ deletion: deletion(949) })]), []);
  const young = row({ deletion: deletion(950) });
  assert.equal(await rowsLeft([young]), linesOf([young]));
  const complex = (seconds: number, cells: readonly Cell[]): Row =>
    row({ columns: [{ column: m, deletion: deletion(seconds), cells }] });
  assert.equal(await rowsLeft([complex(949, [])]), []);
  assert.equal(
    await rowsLeft([complex(949, [cell({ path: int(1) })])]),
    linesOf([
      row({
        columns: [{ column: m, deletion: undefined, cells: [cell({ path: int(1) })] }],
      }),
    ]),
  );
  assert.is(await purged({ deletion: deletion(949) }), undefined);
  assert.equal((await purged({ deletion: deletion(950) }))?.deletion, deletion(950));
});

test('a deletion that goes has deleted before', async () => {
  assert.is(
    await purged({ deletion: deletion(949), unfiltereds: [withA(cell({ timestamp: 5n }))] }),
    undefined,
  );
});

test('markers: bounds go, boundaries become the bound of the side that stays', async () => {
  const bounds = (seconds: number) => [
    marker('INCL_START_BOUND', 1, 0, seconds),
    marker('INCL_END_BOUND', 2, seconds, 0),
  ];
  assert.equal(await rowsLeft(bounds(949)), []);
  assert.equal(await rowsLeft(bounds(950)), linesOf(bounds(950)));
  const ranges = (first: number, second: number) => [
    marker('INCL_START_BOUND', 1, 0, first),
    marker('INCL_END_EXCL_START_BOUNDARY', 2, first, second),
    marker('EXCL_END_BOUND', 3, second, 0),
  ];
  assert.equal(
    await rowsLeft(ranges(949, 960)),
    linesOf([marker('EXCL_START_BOUND', 2, 0, 960), marker('EXCL_END_BOUND', 3, 960, 0)]),
  );
  assert.equal(
    await rowsLeft(ranges(960, 949)),
    linesOf([marker('INCL_START_BOUND', 1, 0, 960), marker('INCL_END_BOUND', 2, 960, 0)]),
  );
  assert.equal(await rowsLeft(ranges(948, 949)), []);
});

test('what another SSTable may need stays', async () => {
  const held = { purgeableBefore: () => 10n };
  assert.equal(await rowsLeft([withA(tombstone(900))], held), linesOf([withA(tombstone(900))]));
  const older = { purgeableBefore: (key: Uint8Array) => (key[3] === 1 ? 11n : undefined) };
  assert.equal(await rowsLeft([withA(tombstone(900))], older), []);
});

test('rows of views are gone without their liveness', async () => {
  const strict = { strictLiveness: true };
  assert.equal(await rowsLeft([withA(cell({}))], strict), []);
  const kept = row({ liveness: alive, columns: withA(cell({})).columns });
  assert.equal(await rowsLeft([kept], strict), linesOf([kept]));
});

test('without being asked nothing goes', async () => {
  const unfiltereds = [withA(cell({ ttl: 5, localDeletionTime: 10 }))];
  const held = { key: int(1), deletion: deletion(1), staticRow: undefined, unfiltereds };
  const reader = new MergedRowReader([new HeldRowReader(header, [held])], {
    partitioner: ByteOrderedPartitioner,
  });
  assert.equal(textOf(await holdAll(reader)), textOf([held]));
});

test.run();
