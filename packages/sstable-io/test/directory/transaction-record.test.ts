import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatRecord,
  parseRecord,
  type TransactionRecord,
} from '../../src/directory/transaction-record.ts';

/** Lines as LogRecord of 4.0.19, 4.1.10, 5.0.6 and 6.0-alpha2 wrote or checked them: all four agree. */
const LINES: readonly (readonly [string, TransactionRecord])[] = [
  [
    'ADD:[/data/ks/t-5a1c395eb41f11e5a2f2d1f5cb37ed2d/nb-1-big-,0,8][131126392]',
    {
      type: 'ADD',
      path: '/data/ks/t-5a1c395eb41f11e5a2f2d1f5cb37ed2d/nb-1-big-',
      updateTimeMs: 0,
      files: 8,
    },
  ],
  [
    'REMOVE:[/data/ks/t-5a1c395eb41f11e5a2f2d1f5cb37ed2d/nb-2-big-,1700000000123,9][2488030955]',
    {
      type: 'REMOVE',
      path: '/data/ks/t-5a1c395eb41f11e5a2f2d1f5cb37ed2d/nb-2-big-',
      updateTimeMs: 1700000000123,
      files: 9,
    },
  ],
  [
    'ADD:[/var/lib/cassandra/data/käse/t/da-3g1m_0nuf_3vj5m2k1125165rxa7-bti-,0,8][1540956376]',
    {
      type: 'ADD',
      path: '/var/lib/cassandra/data/käse/t/da-3g1m_0nuf_3vj5m2k1125165rxa7-bti-',
      updateTimeMs: 0,
      files: 8,
    },
  ],
  // 3.x wrote no trailing dash; the checksum is over what stands there
  [
    'ADD:[/data/ks/t-5a1c395eb41f11e5a2f2d1f5cb37ed2d/nb-1-big,0,8][212637693]',
    {
      type: 'ADD',
      path: '/data/ks/t-5a1c395eb41f11e5a2f2d1f5cb37ed2d/nb-1-big',
      updateTimeMs: 0,
      files: 8,
    },
  ],
  ['COMMIT:[,0,0][2613697770]', { type: 'COMMIT' }],
  ['ABORT:[,0,0][737437348]', { type: 'ABORT' }],
];
for (const [line, record] of LINES)
  test(line.slice(0, 40), () => {
    assert.is(formatRecord(record), line);
    assert.equal(parseRecord(line), { record, sound: true });
    assert.is(parseRecord(line.replace(/.\]$/, ']'))?.sound ?? false, false);
    for (let end = 0; end < line.length; end++)
      assert.not.ok(parseRecord(line.slice(0, end))?.sound, `cut at ${end}`);
  });

test('the type may be in lower case: the checksum is over upper case', () => {
  assert.is(parseRecord('add:[/data/ks/t/nb-1-big-,0,8][3671997297]')?.sound, true);
});

for (const line of [
  '',
  'ADD',
  'ADD:[]',
  'MOVE:[/x,0,1][5]',
  'ADD:[,0,1][5]',
  'ADD:[/x,0,9999999999][5]',
])
  test(`no record: ${line}`, () => assert.is(parseRecord(line), undefined));

test.run();
