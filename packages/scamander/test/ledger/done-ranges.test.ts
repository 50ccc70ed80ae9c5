// What records say is done: by content and replica for what was sent, by table and run for what came.

import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  acknowledgedRanges,
  acknowledgements,
  keptContents,
  openIntents,
  receivedRanges,
  receivedUnits,
} from '../../src/ledger/done-ranges.ts';
import type { LedgerRecord } from '../../src/ledger/records.ts';
import { acknowledged, IDENTITY, opened, received } from './records.ts';

const AT = '2026-01-01T00:00:00.000Z';

const begin = (run: number): LedgerRecord => ({ type: 'begin', run, at: AT, identity: IDENTITY });
const end = (run: number): LedgerRecord => ({ type: 'end', run, at: AT, verdict: 'complete' });

const asked = { content: 'one', tableId: 'table-1', replica: '10.0.0.1:7000' };

test('acknowledged ranges are those of this content, table and replica, in any run', () => {
  const records: LedgerRecord[] = [
    begin(1),
    { run: 1, at: AT, ...acknowledged('one', { ranges: ['0:10', '20:30'] }) },
    { run: 1, at: AT, ...acknowledged('one', { ranges: ['1:2'], replica: '10.0.0.2:7000' }) },
    { run: 1, at: AT, ...acknowledged('one', { ranges: ['3:4'], tableId: 'table-2' }) },
    { run: 1, at: AT, ...acknowledged('two', { ranges: ['5:6'] }) },
    end(1),
    begin(2),
    { run: 2, at: AT, ...acknowledged('one', { ranges: ['20:30', '40:50'] }) },
  ];
  assert.equal(acknowledgedRanges(records, asked), ['0:10', '20:30', '40:50']);
  assert.equal(
    acknowledgements(records, asked).map(({ run }) => run),
    [1, 2],
  );
  assert.equal(acknowledgedRanges(records, { ...asked, content: 'three' }), []);
});

test('a host id decides where both sides have one, else the address', () => {
  const records: LedgerRecord[] = [
    begin(1),
    { run: 1, at: AT, ...acknowledged('one', { hostId: 'a', ranges: ['0:1'] }) },
    { run: 1, at: AT, ...acknowledged('one', { ranges: ['2:3'] }) },
  ];
  const ranges = (replica: string, hostId?: string) =>
    acknowledgedRanges(records, { ...asked, replica, hostId });
  assert.equal(ranges('10.0.0.1:7000', 'a'), ['0:1', '2:3']);
  // the same node under another address
  assert.equal(ranges('10.0.0.9:7000', 'a'), ['0:1']);
  // another node under the address: what was written without ids can't be told apart
  assert.equal(ranges('10.0.0.1:7000', 'b'), ['2:3']);
  assert.equal(ranges('10.0.0.1:7000'), ['0:1', '2:3']);
});

test('received ranges are those since the last run that ended', () => {
  const records: LedgerRecord[] = [begin(1), { run: 1, at: AT, ...received(['0:1']) }];
  const ranges = (replica?: string) => receivedRanges(records, { tableId: 'table-1', replica });
  assert.equal(ranges(), ['0:1']);
  records.push(
    begin(2),
    { run: 2, at: AT, ...received(['2:3'], { replica: '10.0.0.2:7000' }) },
    { run: 2, at: AT, ...received(['8:9'], { tableId: 'table-2' }) },
    begin(3),
  );
  assert.equal(ranges(), ['0:1', '2:3']);
  assert.equal(ranges('10.0.0.2:7000'), ['2:3']);
  assert.equal(
    receivedUnits(records, { tableId: 'table-1' }).map(({ run }) => run),
    [1, 2],
  );
  records.push(end(3), begin(4));
  assert.equal(ranges(), []);
});

test('kept contents are those of all runs; what was known already is not among them', () => {
  const one = { path: 'a/nb-1-big-Data.db', content: 'one', bytes: 5, status: 'kept' as const };
  const records: LedgerRecord[] = [
    begin(1),
    { run: 1, at: AT, ...received(['0:1'], { sstables: [one] }) },
    end(1),
    begin(2),
    {
      run: 2,
      at: AT,
      ...received(['0:1'], {
        sstables: [
          { ...one, content: 'two', path: 'a/nb-2-big-Data.db' },
          { ...one, content: 'three', status: 'known' },
        ],
      }),
    },
  ];
  assert.equal(
    [...keptContents(records, 'table-1')].map(([content, { path }]) => [content, path]),
    [
      ['one', 'a/nb-1-big-Data.db'],
      ['two', 'a/nb-2-big-Data.db'],
    ],
  );
  assert.is(keptContents(records, 'table-2').size, 0);
});

test('what was intended and did not come is open until its run ends', () => {
  const { bytes: _, ...unit } = received(['0:1']);
  const intended = { ...unit, type: 'intended' as const, run: 1, at: AT };
  const records: LedgerRecord[] = [begin(1), intended];
  assert.equal(openIntents(records), [intended]);
  records.push(begin(2), { ...intended, run: 2, planId: 'plan-2' });
  assert.is(openIntents(records).length, 2);
  records.push({ run: 2, at: AT, ...received(['0:1'], { planId: 'plan-2' }) });
  assert.equal(openIntents(records), [intended]);
  records.push(end(2));
  assert.equal(openIntents(records), []);
});

test('a ledger that is open answers with what was appended meanwhile', () =>
  withTempFolder(async (folder) => {
    const ledger = await opened(join(folder, 'ledger'));
    assert.equal(acknowledgedRanges(ledger.records, asked), []);
    await ledger.append(acknowledged('one'));
    assert.equal(acknowledgedRanges(ledger.records, asked), ['0:10', '20:30']);
    await ledger.close();
  }));

test('records are looked through once, not for each question', () => {
  let reads = 0;
  const list: LedgerRecord[] = Array.from({ length: 100_000 }, (_, at) => ({
    run: 1,
    at: AT,
    ...acknowledged(`c${at}`, { ranges: [`${at}:9`] }),
  }));
  const records = new Proxy(list, {
    get: (target, name): unknown => {
      if (typeof name === 'string' && /^\d+$/.test(name)) reads += 1;
      return Reflect.get(target, name);
    },
  });
  for (let at = 0; at < 1_000; at++)
    assert.equal(acknowledgedRanges(records, { ...asked, content: `c${at}` }), [`${at}:9`]);
  assert.is(reads, 100_000);
});

test.run();
