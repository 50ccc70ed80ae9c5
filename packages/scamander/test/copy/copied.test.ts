import { join } from 'node:path';
import { Murmur3Partitioner, type RingNode } from '@scamander/ring';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Copied } from '../../src/copy/copied.ts';
import type { TablePair } from '../../src/copy/table-pair.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';

const node = (host: string, hostId: string | undefined = undefined): RingNode => ({
  endpoint: { host, port: 7000 },
  hostId,
  dc: 'dc1',
  rack: 'r1',
  tokens: [0n],
  status: 'normal',
  alive: true,
});

const table = (tableId: string): TablePair['source'] => ({
  keyspace: 'ks',
  table: 't',
  tableId,
  schema: undefined,
  indexes: { sai: [], other: [] },
  replication: { strategy: 'EverywhereStrategy' },
});

const pair: TablePair = { source: table('a'), target: table('b') };
const FROM = node('10.0.0.1');
const OTHER = node('10.0.0.2');
const TO = node('10.0.1.1', 'one');
const range = (left: bigint, right: bigint) => ({ left, right });

const unit = (more: Partial<Parameters<Copied['add']>[0]> = {}) => ({
  ...{ pair, from: FROM, to: [TO], whole: true, ranges: [range(0n, 10n)], bytes: 5, planId: 'p' },
  ...more,
});

const withLedger = (body: (open: () => Promise<Ledger>) => Promise<void>): Promise<void> =>
  withTempFolder((folder) =>
    body(async () => {
      const identity = { job: 'copy', from: 'a', to: 'b' } as const;
      const ledger = await openLedger(join(folder, 'ledger'), identity, { unixMs: () => 0 });
      if (ledger._tag === 'Left') throw new Error(ledger.left.message);
      return ledger.right;
    }),
  );

const copiedOf = (ledger: Ledger | undefined, bySource = false): Copied =>
  new Copied(Murmur3Partitioner, ledger, () => 0, bySource);

test('what a replica has is not missing any more, at that replica', async () => {
  const copied = copiedOf(undefined);
  await copied.add(unit());
  assert.equal(copied.missing(pair, FROM, TO, [range(0n, 10n)]), []);
  assert.equal(copied.missing(pair, FROM, TO, [range(5n, 20n)]), [range(10n, 20n)]);
  const nobody = node('10.0.1.2', 'two');
  assert.equal(copied.missing(pair, FROM, nobody, [range(0n, 10n)]), [range(0n, 10n)]);
  const other = { ...pair, source: table('c') };
  assert.equal(copied.missing(other, FROM, TO, [range(0n, 10n)]), [range(0n, 10n)]);
});

test('one node’s data stand for those of the others, unless all of them are asked', async () => {
  const asked = [range(0n, 10n)];
  const one = copiedOf(undefined);
  await one.add(unit());
  assert.equal(one.missing(pair, OTHER, TO, asked), []);
  const all = copiedOf(undefined, true);
  await all.add(unit());
  assert.equal(all.missing(pair, FROM, TO, asked), []);
  assert.equal(all.missing(pair, OTHER, TO, asked), asked);
});

test('a run that did not end is resumed, at a replica that has moved to another address too', () =>
  withLedger(async (open) => {
    const first = await open();
    await copiedOf(first).add(unit());
    await first.close();
    const second = await open();
    assert.ok(second.resumed);
    const copied = copiedOf(second);
    assert.equal(copied.missing(pair, FROM, node('10.0.1.9', 'one'), [range(0n, 10n)]), []);
    assert.equal(
      second.records.map(({ type }) => type),
      ['begin', 'acknowledged', 'received', 'begin'],
    );
    await second.close();
  }));

test('a unit of which somebody misses something is not received', () =>
  withLedger(async (open) => {
    const ledger = await open();
    await copiedOf(ledger).add(unit({ whole: false }));
    assert.equal(
      ledger.records.map(({ type }) => type),
      ['begin', 'acknowledged'],
    );
    await ledger.close();
  }));

test('after a run that ended everything is copied again', () =>
  withLedger(async (open) => {
    const first = await open();
    await copiedOf(first).add(unit());
    await first.end('complete');
    await first.close();
    const second = await open();
    const asked = [range(0n, 10n)];
    assert.equal(copiedOf(second).missing(pair, FROM, TO, asked), asked);
    await second.close();
  }));

test('what is not durable does not count', () =>
  withLedger(async (open) => {
    const ledger = await open();
    await ledger.close();
    const copied = copiedOf(ledger);
    assert.is((await copied.add(unit()))._tag, 'Left');
    const asked = [range(0n, 10n)];
    assert.equal(copied.missing(pair, FROM, TO, asked), asked);
  }));

test.run();
