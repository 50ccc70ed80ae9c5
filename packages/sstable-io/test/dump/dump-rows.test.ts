// The loop of the dump on rows made by hand: what is pulled and when, texts that need care, errors on the way, tables.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type DumpOptions, dumpReleaseOf, dumpRows } from '../../src/dump/dump-rows.ts';
import { selectionOf } from '../../src/dump/selection.ts';
import { corrupt } from '../../src/io/decoding.ts';
import type { Marker } from '../../src/rows/model.ts';
import { textOf } from './dumps.ts';
import { cell, type HandMade, HandMadeReader, header, row } from './hand-made.ts';

const options = (format: DumpOptions['format'], more: Partial<DumpOptions> = {}): DumpOptions => ({
  format,
  timestamps: 'raw',
  release: '4.0',
  nowSeconds: 0,
  ...more,
});

const dump = (partitions: Iterable<HandMade>, given: DumpOptions): Promise<string> =>
  textOf(dumpRows(new HandMadeReader(partitions), given));

const start: Marker = {
  kind: 'marker',
  bound: 'INCL_START_BOUND',
  values: [],
  closes: undefined,
  opens: { markedForDeleteAt: 5n, localDeletionTime: 7 },
};
const end: Marker = {
  ...start,
  bound: 'EXCL_END_BOUND',
  values: [new Uint8Array(Buffer.from('z'))],
  opens: undefined,
  closes: { markedForDeleteAt: 5n, localDeletionTime: 7 },
};

test('nothing at all', async () => {
  assert.is(await dump([], options('json')), '[ ]');
  assert.is(await dump([], options('jsonl')), '');
  assert.is(await dump([], options('table')), '');
  assert.is(await dump([], options('json', { keysOnly: true })), '[ ]');
});

test('a partition without rows, and a row without cells', async () => {
  const partitions = [
    { key: 'a', batches: [] },
    { key: 'b', batches: [[row('c', undefined)]] },
  ];
  assert.is(
    await dump(partitions, options('jsonl')),
    '{"partition":{"key":["a"],"position":0},"rows":[]}\n' +
      '{"partition":{"key":["b"],"position":0},"rows":[{"type":"row","clustering":["c"],"liveness_info":{"tstamp":"1"},"cells":[]}]}\n',
  );
});

test('rows without positions have none', async () => {
  const text = await dump([{ key: 'a', batches: [[row('c', cell('v'))]] }], options('json'));
  assert.is((text.match(/"position"/g) ?? []).length, 1);
});

test('texts are escaped as Jackson escapes them; bytes that are no UTF-8 become U+FFFD', async () => {
  const v = '"\\\b\t\n\f\r\u0001\u000b\u001f\u007fé日😀';
  const partitions = [
    { key: v, batches: [[row(null, cell(v), [cell(Uint8Array.of(0x61, 0xff, 0x62), v)])]] },
  ];
  const text = await dump(partitions, options('jsonl'));
  const escaped = '"\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u000B\\u001F\u007fé日😀"';
  assert.is(text.split(escaped).length - 1, 3);
  assert.match(text, /"clustering":\[null\]/);
  assert.match(text, /"value":"a\ufffdb"/);
});

test('nothing is read ahead of what is pulled', async () => {
  const value = cell('x'.repeat(1000));
  const batches = function* () {
    for (;;) yield [row('c', value)];
  };
  const reader = new HandMadeReader([{ key: 'endless', batches: batches() }]);
  const pieces = dumpRows(reader, options('json'));
  let bytes = 0;
  for (let i = 1; i <= 50; i++) {
    const piece = (await pieces.next()).value as Uint8Array;
    bytes += piece.length;
    assert.ok(piece.length < 256 * 1024, String(piece.length));
    assert.ok(reader.asked <= bytes / 1000, `${reader.asked} rows for ${bytes} bytes`);
  }
  await pieces.return(undefined);
});

test('a row longer than any buffer', async () => {
  const cells = Array.from({ length: 20_000 }, (_, i) =>
    cell('v'.repeat(100), String(i).padStart(6, '0')),
  );
  const text = await dump([{ key: 'a', batches: [[row('c', undefined, cells)]] }], options('json'));
  const [partition] = JSON.parse(text) as { rows: { cells: { path: string[] }[] }[] }[];
  assert.is(partition?.rows[0]?.cells.length, 20_000);
  assert.equal(partition?.rows[0]?.cells.at(-1)?.path, ['019999']);
});

test('what was read before an error is handed out, then it rejects', async () => {
  const error = corrupt('Data.db', 7, 'x', 'y');
  const batches = function* () {
    yield [row('c', cell('v'))];
    throw error;
  };
  let text = '';
  try {
    for await (const piece of dumpRows(
      new HandMadeReader([{ key: 'a', batches: batches() }]),
      options('jsonl'),
    ))
      text += Buffer.from(piece).toString('utf8');
    assert.unreachable();
  } catch (caught) {
    assert.is(caught, error);
  }
  assert.match(text, /"name":"v","value":"v"/);
});

test('range tombstones go where rows are picked, and stay where partitions are', async () => {
  const partitions = [
    { key: 'a', batches: [[start, row('c', cell('v')), end, row('zz', cell('w'))]] },
  ];
  const select = (where: string) => {
    const selection = selectionOf({ where, nowSeconds: 0 }, header);
    assert.ok(selection._tag === 'Right');
    return options('jsonl', selection._tag === 'Right' ? { selection: selection.right } : {});
  };
  const whole = await dump(partitions, select("partitionkey = 'a'"));
  assert.is((whole.match(/range_tombstone_bound/g) ?? []).length, 2);
  assert.match(
    whole,
    /"start":\{"type":"inclusive","deletion_info":\{"marked_deleted":"5","local_delete_time":"7"\}\}/,
  );
  assert.match(whole, /"end":\{"type":"exclusive","clustering":\["z"\],/);
  const some = await dump(partitions, select("v = 'w'"));
  assert.not.match(some, /range_tombstone|"v","value":"v"/);
  assert.match(some, /"clustering":\["zz"\]/);
  assert.is(await dump(partitions, select("v = 'x'")), '');
});

test('a table: columns below each other, wide values cut, one line a row', async () => {
  const partitions: HandMade[] = [
    {
      key: 'first',
      deletion: { markedForDeleteAt: 3n, localDeletionTime: 4 },
      batches: [
        [
          start,
          row('c', cell('a value that is cut'), [cell('1', 'k'), cell('2', 'l')]),
          end,
          row('日本', cell('two\nlines', undefined, 9n)),
        ],
      ],
    },
    { key: 'second', batches: [] },
  ];
  const table = { valueCharsMax: 12, names: { partitionKey: ['id'], clustering: ['Name'] } };
  assert.equal((await dump(partitions, options('table', { table }))).split('\n'), [
    'id      "Name"  v             m             written  notes',
    'first                                                partition deleted 3',
    'first   *                                            start of a range deleted 5, inclusive',
    'first   c       a value tha…  {k: 1, l: 2}  1',
    'first   z                                            end of a range deleted 5, exclusive',
    'first   日本    two\\nlines                  1        cells of 1 other times',
    'second                                               no rows',
    '',
  ]);
});

test('the release of a version', () => {
  const releases = ['jb', 'lb', 'ma', 'me', 'na', 'nb', 'oa', 'da', 'pa'].map(dumpReleaseOf);
  assert.equal(releases, ['3.0', '3.0', '3.0', '3.0', '4.0', '4.0', '5.0', '5.0', '5.0']);
});

test.run();
