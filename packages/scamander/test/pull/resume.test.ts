// A pull that was given up, or killed between its commit and its record, goes on where it stopped: nothing is asked for twice, nothing is lost.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  differenceOfSets,
  intersectionOfSets,
  Murmur3Partitioner,
  parseRange,
} from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { IntendedRecord, LedgerRecord } from '../../src/ledger/records.ts';
import { pull } from '../../src/pull/pull.ts';
import { contentsOf, dataFilesIn, partitionsIn, withScene } from './asking-many.ts';
import { explained, pulled } from './pulled.ts';

const linesOf = (into: string): readonly string[] =>
  readFileSync(join(into, '.scamander', 'ledger.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');

/** What a line says, behind its checksum. */
const recordOf = (line: string): LedgerRecord =>
  JSON.parse(line.slice(line.indexOf('{'))) as LedgerRecord;

const typesOf = (into: string): readonly LedgerRecord['type'][] =>
  linesOf(into).map((line) => recordOf(line).type);

const rangesOf = (texts: readonly string[]) =>
  texts.map((text) => {
    const range = parseRange(Murmur3Partitioner, text);
    if (range._tag === 'Left') throw new Error(text);
    return range.right;
  });

test('given up after its first unit, then run again: the second run asks for the rest only', () =>
  withScene(3, async ({ options, parts, there, into }) => {
    const first = await pulled({ ...options, sessions: 1 }, parts, (event, cancel) => {
      if (event.type === 'UnitReceived') cancel();
    });
    assert.is(first.report.verdict, 'partial');
    assert.ok(first.report.missing.every(({ reason }) => /given up/.test(reason)));
    const before = contentsOf(into).map(([path]) => path);
    const second = await pulled(options, parts);
    assert.is(second.report.verdict, 'complete', explained(second.report));
    const resumed = second.events.find(({ type }) => type === 'Resumed');
    assert.ok(resumed?.type === 'Resumed' && resumed.acknowledged > 0);
    assert.is(second.report.known, 0, 'nothing came twice');
    assert.equal(await partitionsIn(into), await partitionsIn(there));
    const after = contentsOf(into).map(([path]) => path);
    assert.ok(
      before.every((path) => after.includes(path)),
      'what was there stays',
    );
    const asked = (report: typeof first.report) =>
      report.receipt.receptions.filter(({ startedAt }) => startedAt !== undefined);
    for (const table of ['users', 'readings']) {
      const ofTable = (report: typeof first.report) =>
        rangesOf(asked(report).flatMap((one) => (one.table === table ? [...one.ranges] : [])));
      assert.equal(
        intersectionOfSets(Murmur3Partitioner, ofTable(first.report), ofTable(second.report)),
        [],
      );
    }
    assert.is(
      second.report.receipt.receptions.length,
      dataFilesIn(into).length,
      'the receipt of the last run has all of it',
    );
  }));

test('killed between the commit and its record: the disk says that it is there', () =>
  withScene(1, async ({ options, parts, into }) => {
    await pulled(options, parts);
    const lines = linesOf(into);
    const last = typesOf(into).lastIndexOf('received');
    const path = join(into, '.scamander', 'ledger.jsonl');
    writeFileSync(path, `${lines.slice(0, last).join('\n')}\n`);
    const before = contentsOf(into);
    const again = await pulled(options, parts);
    assert.is(again.report.verdict, 'complete', explained(again.report));
    assert.is(again.report.plan.units.length, 0, 'nothing is left to ask for');
    assert.is(again.report.plan.done, 2);
    assert.equal(contentsOf(into), before);
    assert.is(typesOf(into).filter((type) => type === 'received').length, 2);
  }));

/** The ledger as if the process had died before its last unit was noted; what was intended for that unit. Units end in any order. */
const withoutLastReceived = (into: string): IntendedRecord => {
  const lines = linesOf(into);
  const last = typesOf(into).lastIndexOf('received');
  writeFileSync(join(into, '.scamander', 'ledger.jsonl'), `${lines.slice(0, last).join('\n')}\n`);
  const received = recordOf(lines[last] ?? '');
  const intended = lines
    .map(recordOf)
    .filter((record): record is IntendedRecord => record.type === 'intended')
    .find(({ planId }) => received.type === 'received' && planId === received.planId);
  if (intended === undefined) throw new Error('nothing was intended');
  return intended;
};

test('killed before the commit: what was about to come is asked for again', () =>
  withScene(1, async ({ options, parts, there, into }) => {
    const first = await pulled(options, parts);
    const intended = withoutLastReceived(into);
    // its files never became visible
    for (const { path: data } of intended.sstables) {
      const folder = join(into, data, '..');
      const prefix = data.slice(data.lastIndexOf('/') + 1).replace('Data.db', '');
      for (const name of readdirSync(folder))
        if (name.startsWith(prefix)) rmSync(join(folder, name));
    }
    const again = await pulled(options, parts);
    assert.is(again.report.verdict, 'complete', explained(again.report));
    assert.is(again.report.plan.units.length, 1);
    assert.equal(await partitionsIn(into), await partitionsIn(there));
    assert.is(again.report.receipt.receptions.length, first.report.receipt.receptions.length);
  }));

test('killed before the commit, and its names were given to other SSTables since: it is asked for again', () =>
  withScene(1, async ({ options, parts, there, into }) => {
    await pulled(options, parts);
    const intended = withoutLastReceived(into);
    const [one, other] = intended.sstables.map(({ path: data }) => data);
    if (one === undefined || other === undefined) throw new Error('two SSTables are needed');
    // the second takes the place of the first, and of itself: both names are there, and one content is not
    const folder = join(into, one, '..');
    const prefixOf = (data: string): string =>
      data.slice(data.lastIndexOf('/') + 1).replace('Data.db', '');
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(prefixOf(other))) continue;
      const taken = join(folder, name.replace(prefixOf(other), prefixOf(one)));
      rmSync(taken, { force: true });
      cpSync(join(folder, name), taken);
    }
    const again = await pulled(options, parts);
    assert.is(again.report.verdict, 'complete', explained(again.report));
    assert.is(again.report.plan.units.length, 1);
    const partitions = await partitionsIn(into);
    assert.ok((await partitionsIn(there)).every((partition) => partitions.includes(partition)));
  }));

test('what came under other names is not taken for it', () =>
  withScene(1, async ({ options, parts, into }) => {
    const names = [{ keyspace: 'demo', table: 'users' }];
    const slowly = { ...options, names, unitBytes: 8_000, sessions: 1 };
    const first = await pulled({ ...slowly, table: 'people' }, parts, (event, cancel) => {
      if (event.type === 'UnitReceived') cancel();
    });
    assert.is(first.report.verdict, 'partial');
    const second = await pulled(slowly, parts);
    assert.is(second.report.verdict, 'complete', explained(second.report));
    assert.is(second.report.plan.done, 0, 'all of it is asked for');
    assert.ok(dataFilesIn(into).some((path) => path.includes('/people-')));
    assert.ok(dataFilesIn(into).some((path) => path.includes('/users-')));
  }));

test('a run that came to its end is followed by a new one, which asks for everything', () =>
  withScene(1, async ({ options, parts, into }) => {
    await pulled(options, parts);
    const again = await pulled(options, parts);
    assert.is(again.report.plan.done, 0);
    assert.not.ok(again.events.some(({ type }) => type === 'Resumed'));
    assert.is(again.report.receipt.run, 2);
    const whole = rangesOf(again.report.plan.units.flatMap(({ ranges }) => [...ranges]));
    assert.equal(
      differenceOfSets(Murmur3Partitioner, rangesOf([':']), whole),
      [],
      'the whole ring',
    );
    assert.ok(dataFilesIn(into).length > 0);
  }));

test('a folder that no pull wrote, and a ledger in use, are refused and stay as they are', () =>
  withScene(1, async ({ options, parts, into }) => {
    mkdirSync(into);
    writeFileSync(join(into, 'precious'), 'data');
    const foreign = await pull(options, { parts }).result;
    assert.is(foreign._tag === 'Left' && foreign.left.code, 'SCM_PULL_INTO_NOT_EMPTY');
    assert.equal(
      contentsOf(into).map(([path]) => path),
      ['/precious'],
    );
    const other = join(into, '..', 'other');
    let second: Promise<unknown> | undefined;
    let code: string | undefined;
    await pulled({ ...options, into: other }, parts, (event) => {
      if (event.type !== 'Planned') return;
      second = pull({ ...options, into: other }, { parts }).result.then((result) => {
        code = result._tag === 'Left' ? result.left.code : 'it ran';
      });
    });
    await second;
    assert.is(code, 'SCM_LEDGER_LOCKED');
    const file = await pull({ ...options, into: join(into, 'precious') }, { parts }).result;
    assert.is(file._tag === 'Left' && file.left.code, 'SCM_PULL_INTO');
  }));

test.run();
