import { Murmur3Partitioner, type TokenRange } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AcknowledgedRecord } from '../../src/ledger/records.ts';
import { Acknowledged } from '../../src/load/acknowledged.ts';

const range = (left: bigint, right: bigint): TokenRange => ({ left, right });

const record = (change: Partial<AcknowledgedRecord> = {}): AcknowledgedRecord => ({
  ...{ type: 'acknowledged', run: 1, at: '2026-11-29T12:00:00.000Z', keyspace: 'ks', table: 't' },
  ...{ tableId: 'id', replica: '10.0.0.1:7000', hostId: 'a', content: 'c1' },
  ...{ sstable: '/data/nb-1-big-Data.db', ranges: ['0:100'], bytes: 7, planId: 'p' },
  ...change,
});

const knowing = (...records: AcknowledgedRecord[]): Acknowledged =>
  new Acknowledged(Murmur3Partitioner, records);

const ITEM = { tableId: 'id', content: 'c1' };
const NODE = { replica: '10.0.0.1:7000', hostId: 'a' };

test('what is missing is what was asked for less what was acknowledged', () => {
  const known = knowing(record(), record({ ranges: ['150:200'] }));
  assert.equal(known.missing(ITEM, NODE, [range(0n, 100n)]), []);
  assert.equal(known.missing(ITEM, NODE, [range(-50n, 160n)]), [
    range(-50n, 0n),
    range(100n, 150n),
  ]);
});

test('another content, table or node has acknowledged nothing', () => {
  const known = knowing(record());
  const asked = [range(0n, 10n)];
  for (const [item, node] of [
    [{ ...ITEM, content: 'c2' }, NODE],
    [{ ...ITEM, tableId: 'other' }, NODE],
    [ITEM, { replica: '10.0.0.2:7000', hostId: 'b' }],
    // an address that has passed to another node
    [ITEM, { replica: '10.0.0.1:7000', hostId: 'b' }],
  ] as const)
    assert.equal(known.missing(item, node, asked), asked);
});

test('a node is the same under another address, and by its address where an id is not known', () => {
  const known = knowing(record());
  const asked = [range(0n, 10n)];
  assert.equal(known.missing(ITEM, { replica: '10.0.0.7:7000', hostId: 'a' }, asked), []);
  assert.equal(known.missing(ITEM, { replica: '10.0.0.1:7000', hostId: undefined }, asked), []);
});

test('ranges around the end of the ring', () => {
  const known = knowing(record({ ranges: ['100:-100'] }));
  assert.equal(known.missing(ITEM, NODE, [range(0n, -50n)]), [range(-100n, -50n), range(0n, 100n)]);
});

test('earlier runs are told apart from this one', () => {
  const known = knowing(record(), record({ run: 2, ranges: ['100:200'] }));
  const parts = known.earlier(ITEM, NODE, [range(50n, 150n)], 2);
  assert.equal(
    parts.map(({ run, ranges }) => [run, ranges]),
    [[1, [range(50n, 100n)]]],
  );
});

test('what lay at a path', () => {
  const known = knowing(record(), record({ content: 'c2' }));
  assert.is(known.contentAt('id', '/data/nb-1-big-Data.db'), 'c2');
  assert.is(known.contentAt('id', '/data/nb-2-big-Data.db'), undefined);
});

test.run();
