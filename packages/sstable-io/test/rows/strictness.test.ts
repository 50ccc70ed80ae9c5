// What a strict reader refuses, and what it says; what a lenient one takes all the same (spec: sstable-data §4).
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SSTableError } from '../../src/errors.ts';
import { openRowReader } from '../../src/rows/open-row-reader.ts';
import type { RowHeader } from '../../src/rows/row-header.ts';
import { PieceRowSource } from '../../src/rows/row-source.ts';
import { GOLDEN_HEADER, GOLDEN_OA } from './golden.ts';
import { fromHex, headerOf, readAll, type WholePartition } from './reading.ts';

/** A key and no deletion in `oa`: 4 bytes. */
const HEAD = '0001 30 80';
const ONE = headerOf({ key: 'text', clustering: ['int'], regulars: { v: 'int' } });
const MAP = headerOf({ key: 'text', regulars: { m: 'map<int, text>' } });
const LIST = headerOf({ key: 'text', regulars: { l: 'list<text>' } });
const TUPLE_OF = (count: number): RowHeader =>
  headerOf({
    key: 'text',
    regulars: Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`c${String(i).padStart(3, '0')}`, 'int']),
    ),
  });

const read = (
  hex: string | Uint8Array,
  header: RowHeader,
  strict: boolean,
  hasUIntDeletionTime = true,
): Promise<WholePartition[]> => {
  const bytes = typeof hex === 'string' ? fromHex(hex) : hex;
  const source = new PieceRowSource([bytes], { path: 'Data.db' });
  return readAll(openRowReader(source, header, { hasUIntDeletionTime }, { strict }));
};

const failureOf = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error;
  }
};

/** A refusal: bytes, header, what is said; `always` where a lenient reader refuses it as well. */
type Refusal = [name: string, hex: string, header: RowHeader, says: RegExp, always?: 'always'];

const REFUSALS: Refusal[] = [
  ['a key of no bytes', '0000 80 01', ONE, /a key of 0 bytes at uncompressed byte 0, expected 1/],
  ['unknown flags', `${HEAD} 03`, ONE, /flags 0x3 at uncompressed byte 4/, 'always'],
  ['flags with the end', `${HEAD} 05`, ONE, /flags 0x5 at/, 'always'],
  ['a marker with row flags', `${HEAD} 06`, ONE, /flags 0x6 at/, 'always'],
  ['an extension for nothing', `${HEAD} a4 00 00 00000001`, ONE, /flags 0xa4 and 0x0/, 'always'],
  ['a static row among rows', `${HEAD} a4 01`, ONE, /flags 0xa4 and 0x1/, 'always'],
  ['a shadowable deletion that is none', `${HEAD} a4 02`, ONE, /flags 0xa4 and 0x2/, 'always'],
  [
    'a TTL without timestamp',
    `${HEAD} 28 00 00000001 09 04 05 06 08 00000001 01`,
    ONE,
    /row flags 0x28 at uncompressed byte 12, expected a timestamp/,
    'always',
  ],
  [
    'another size of what comes before',
    `${HEAD} 24 00 00000001 07 05 00 08 00000001 01`,
    ONE,
    /a size of 5 of what comes before at uncompressed byte 11, expected 4/,
  ],
  [
    'a row that is longer than its cells',
    `${HEAD} 24 00 00000001 08 04 00 08 00000001 00 01`,
    ONE,
    /the end of a row at this byte at uncompressed byte 18, expected 1 bytes later/,
    'always',
  ],
  [
    'a row that is shorter than its cells',
    `${HEAD} 24 00 00000001 06 04 00 08 00000001 01`,
    ONE,
    /a cell beyond the end of its row/,
    'always',
  ],
  [
    'the same row twice',
    `${HEAD} 24 00 00000001 07 04 00 08 00000001  24 00 00000001 07 0e 00 08 00000001 01`,
    ONE,
    /a row where one was already at uncompressed byte 18/,
  ],
  [
    'rows out of order',
    `${HEAD} 24 00 00000002 07 04 00 08 00000001  24 00 00000001 07 0e 00 08 00000001 01`,
    ONE,
    /a row before the one that stands before it at uncompressed byte 18/,
  ],
  ['clustering bits of no value', `${HEAD} 24 04 00000001`, ONE, /header 0x4 at/, 'always'],
  ['a clustering both empty and null', `${HEAD} 24 03`, ONE, /both empty and null/, 'always'],
  [
    'unknown cell flags',
    `${HEAD} 24 00 00000001 07 04 00 28 00000001 01`,
    ONE,
    /cell flags 0x28 at uncompressed byte 13/,
    'always',
  ],
  [
    'a cell that is deleted and expires',
    `${HEAD} 24 00 00000001 07 04 00 0b 00000001 01`,
    ONE,
    /cell flags 0xb at/,
    'always',
  ],
  [
    'the timestamp of a row without one',
    `${HEAD} 20 00 00000001 06 04 08 00000001 01`,
    ONE,
    /cell flags 0x8 at uncompressed byte 12/,
    'always',
  ],
  [
    'the TTL of a row without one',
    `${HEAD} 24 00 00000001 07 04 00 1a 00000001 01`,
    ONE,
    /cell flags 0x1a at/,
    'always',
  ],
  [
    'a TTL of 0',
    `${HEAD} 24 00 00000001 09 04 00 0a 05 00 00000001 01`,
    ONE,
    /a TTL of 0 at uncompressed byte 15, expected more than 0/,
  ],
  [
    'a tombstone without time',
    `${HEAD} 24 00 00000001 0c 04 00 0d ffffffffffffffffff 01`,
    ONE,
    /no local deletion time in a cell of flags 0xd/,
  ],
  [
    'a tombstone with a value',
    `${HEAD} 24 00 00000001 08 04 00 09 05 00000001 01`,
    ONE,
    /a tombstone with a value/,
  ],
  [
    'a difference of deletion times above 32 bits',
    `${HEAD} 24 00 00000001 08 04 00 0d f080000000 01`,
    ONE,
    /a difference of 2147483648 for a local deletion time/,
  ],
  [
    'a subset of all columns',
    `${HEAD} 04 00 00000001 08 04 00 00 08 00000001 01`,
    ONE,
    /a subset of all columns at uncompressed byte 13/,
  ],
  [
    'a missing column that there is not',
    `${HEAD} 04 00 00000001 08 04 00 02 08 00000001 01`,
    ONE,
    /a bitmap 0x2 of missing columns/,
    'always',
  ],
  ['a marker of an unknown kind', `${HEAD} 02 03 0000`, ONE, /a marker of kind 3/, 'always'],
  ['a marker of kind 8', `${HEAD} 02 08 0000`, ONE, /a marker of kind 8/, 'always'],
  ['a marker of too many values', `${HEAD} 02 01 0002`, ONE, /kind 1 with 2 values/, 'always'],
  [
    'a marker of another size',
    `${HEAD} 02 01 0000 04 04 00 00 01`,
    ONE,
    /a marker of 4 bytes at uncompressed byte 8, expected 3/,
    'always',
  ],
  [
    'a range that is not closed',
    `${HEAD} 02 01 0000 03 04 00 00 01`,
    ONE,
    /the end of the partition at uncompressed byte 12, expected the end of the range deletion of 0/,
  ],
  [
    'a range that is not open',
    `${HEAD} 02 06 0000 03 04 00 00 01`,
    ONE,
    /the end of a range deletion at uncompressed byte 4, expected one that is open/,
  ],
  [
    'a range within another',
    `${HEAD} 02 01 0000 03 04 00 00  02 01 0001 00 00000001 03 08 00 00 01`,
    ONE,
    /begins within another at uncompressed byte 12/,
  ],
  [
    'the end of another range',
    `${HEAD} 02 01 0000 03 04 00 00  02 06 0000 03 08 01 00 01`,
    ONE,
    /the end of a range deletion of 1 at second 0/,
  ],
  [
    'a range that deletes nothing',
    `${HEAD} 02 01 0000 0b 04 ff8000000000000000 00 01`,
    ONE,
    /a range deletion that deletes nothing/,
  ],
  [
    'paths out of order',
    `${HEAD} 24 13 04 00 02 08 04 00000001 01 61 08 04 ffffffff 01 61 01`,
    MAP,
    /path ffffffff behind 00000001 in column m/,
  ],
  [
    'the same path twice',
    `${HEAD} 24 13 04 00 02 08 04 00000001 01 61 08 04 00000001 01 61 01`,
    MAP,
    /path 00000001 behind 00000001 in column m/,
  ],
  [
    'more cells than bytes',
    `${HEAD} 24 05 04 00 7f 08 04 01`,
    MAP,
    /127 cells at uncompressed byte 8/,
    'always',
  ],
  [
    'a path beyond the row',
    `${HEAD} 24 05 04 00 01 08 04 01`,
    MAP,
    /a path of 4 bytes at uncompressed byte 10, expected at most the 0/,
    'always',
  ],
  [
    'a list path that is no UUID',
    `${HEAD} 24 08 04 00 01 08 01 61 01 61 01`,
    LIST,
    /a path of 1 bytes in column l at uncompressed byte 9, expected 16/,
  ],
  [
    'a value of no bytes without the flag',
    `${HEAD} 24 0a 04 00 01 08 04 00000001 00 01`,
    MAP,
    /a value of no bytes/,
  ],
  [
    'more missing columns than there are, of many',
    `${HEAD} 04 05 04 00 41 00 00 01`,
    TUPLE_OF(64),
    /65 missing columns/,
    'always',
  ],
  [
    'missing columns out of order, of many',
    `${HEAD} 04 05 04 00 02 05 05 01`,
    TUPLE_OF(64),
    /index 5 of a column at uncompressed byte 10, expected one above 5/,
    'always',
  ],
];

for (const [name, hex, header, says, always] of REFUSALS) {
  test(`refused: ${name}`, async () => {
    const failure = await failureOf(read(hex, header, true));
    assert.instance(failure, SSTableError);
    assert.match((failure as SSTableError).message, says);
    assert.match((failure as SSTableError).message, /^Data\.db: found .* at uncompressed byte \d+/);
    const lenient = await failureOf(read(hex, header, false));
    if (always === 'always') assert.instance(lenient, SSTableError);
    else assert.is(lenient, undefined, `a lenient reader takes it: ${lenient}`);
  });
}

test('a clustering value longer than any writer takes is too long', async () => {
  const header = headerOf({ key: 'text', clustering: ['text'], regulars: { v: 'int' } });
  const failure = await failureOf(read(`${HEAD} 24 00 c10000 61`, header, true));
  assert.is((failure as SSTableError).code, 'SCM_SSTABLE_TOO_LONG');
  assert.match(String(failure), /a clustering value at uncompressed byte 6 is 65536/);
});

test('a row longer than any that is read whole is too long, before its bytes are asked for', async () => {
  const failure = await failureOf(read(`${HEAD} 24 00 00000001 f080000000 04`, ONE, true));
  assert.is((failure as SSTableError).code, 'SCM_SSTABLE_TOO_LONG');
  assert.match(String(failure), /a row at uncompressed byte 10 is 2147483648/);
});

test('rows before a wrong one are handed out first; then the reader only rejects', async () => {
  const source = new PieceRowSource(
    [
      fromHex(
        `${HEAD} 24 00 00000001 07 04 00 08 00000001  24 00 00000002 07 0e 00 28 00000001 01`,
      ),
    ],
    { path: 'Data.db' },
  );
  const reader = openRowReader(source, ONE, { hasUIntDeletionTime: true });
  await reader.nextPartition();
  assert.is((await reader.nextBatch()).length, 1);
  for (const next of [reader.nextBatch(), reader.nextBatch(), reader.nextPartition()]) {
    assert.match(String(await failureOf(next)), /cell flags 0x28 at uncompressed byte 27/);
  }
});

test('deletions of the timestamp that means none are none, whatever their time', async () => {
  const row = `24 0d 04 00 08 00000001 01`;
  const [nb] = await read(
    `0001 30 00000005 8000000000000000 ${row.replace('0d 04', '07 0f')}`,
    headerOf({ key: 'text', regulars: { v: 'int' } }),
    true,
    false,
  );
  assert.is(nb?.head.deletion, undefined);
  const [complex] = await read(
    `${HEAD} 64 19 04 00 ff8000000000000000 f07fffffff 01 08 04 00000001 01 61 01`,
    MAP,
    true,
  );
  const [only] = complex?.rows ?? [];
  assert.is(only?.kind === 'row' && only.columns[0]?.deletion, undefined);
});

test('times that mean none differ between versions; others are taken as they stand', async () => {
  const header = headerOf({ key: 'text', regulars: { v: 'int' }, minLocalDeletionTime: 10n });
  const timeOf = async (delta: string, bodyBytes: string, isUnsigned: boolean) => {
    const head = isUnsigned ? '0001 30 80' : '0001 30 7fffffff8000000000000000';
    const before = isUnsigned ? '04' : '0f';
    const hex = `${head} 30 ${bodyBytes} ${before} 05 ${delta} 04 00 01`;
    const [partition] = await read(hex, header, true, isUnsigned);
    const [row] = partition?.rows ?? [];
    return row?.kind === 'row' ? row.deletion?.localDeletionTime : undefined;
  };
  assert.is(await timeOf('f07ffffff5', '09', false), Number.MAX_SAFE_INTEGER);
  assert.is(await timeOf('f07ffffff5', '09', true), 0x7fffffff);
  assert.is(await timeOf('fffffffffffffffff5', '0d', true), Number.MAX_SAFE_INTEGER);
  assert.is(await timeOf('fffffffffffffffff4', '0d', true), 0xfffffffe);
  assert.is(await timeOf('fffffffffffffffff5', '0d', false), -1);
  assert.is(await timeOf('ffffffffff80000000', '0d', true), 0x8000000a);
});

test('the size of a marker that 5.0 counts too small is taken', async () => {
  const hex = `${HEAD} 02 01 0000 07 04 00 ffffffffff80000000  02 06 0000 0b 10 00 ffffffffff80000000 01`;
  const [partition] = await read(hex, ONE, true);
  assert.is(partition?.rows.length, 2);
});

test('every flipped bit of the synthetic partition is an error or other rows, never a crash', async () => {
  let refused = 0;
  for (let at = 0; at < GOLDEN_OA.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const bytes = Buffer.from(GOLDEN_OA);
      bytes[at]! ^= 1 << bit;
      const failure = await failureOf(read(bytes, GOLDEN_HEADER, true));
      if (failure === undefined) continue;
      assert.instance(failure, SSTableError);
      refused += 1;
    }
  }
  // values, timestamps and deletion times have no redundancy of their own: chunk checksums are for that
  assert.ok(refused > GOLDEN_OA.length * 4, `${refused} refused`);
});

test.run();
