// What records say of units: what came since the last run that ended, and what was about to.

import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openIntents, receivedUnits } from '../../src/ledger/done-ranges.ts';
import type { LedgerRecord } from '../../src/ledger/records.ts';
import { IDENTITY, opened, received } from './records.ts';

const AT = '2026-01-01T00:00:00.000Z';

const begin = (run: number): LedgerRecord => ({ type: 'begin', run, at: AT, identity: IDENTITY });
const end = (run: number): LedgerRecord => ({ type: 'end', run, at: AT, verdict: 'complete' });

test('received units are those since the last run that ended', () => {
  const records: LedgerRecord[] = [begin(1), { run: 1, at: AT, ...received(['0:1']) }];
  const ranges = (replica?: string) =>
    receivedUnits(records, { tableId: 'table-1', replica }).flatMap((unit) => unit.ranges);
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
    const units = () => receivedUnits(ledger.records, { tableId: 'table-1' }).length;
    assert.is(units(), 0);
    await ledger.append(received(['0:1']));
    assert.is(units(), 1);
    await ledger.close();
  }));

test('records are looked through once, not for each question', () => {
  let reads = 0;
  const list: LedgerRecord[] = Array.from({ length: 100_000 }, (_, at) => ({
    run: 1,
    at: AT,
    ...received([`${at}:9`], { tableId: `table-${at}` }),
  }));
  const records = new Proxy(list, {
    get: (target, name): unknown => {
      if (typeof name === 'string' && /^\d+$/.test(name)) reads += 1;
      return Reflect.get(target, name);
    },
  });
  for (let at = 0; at < 1_000; at++)
    assert.is(receivedUnits(records, { tableId: `table-${at}` }).length, 1);
  assert.is(reads, 100_000);
});

test.run();
