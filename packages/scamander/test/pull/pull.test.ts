// Pulls between our own peers: whole SSTables and sections, from one node and from several, again, under other names.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@scamander/throttle';
import { tcpTransport } from '@scamander/transport';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pull } from '../../src/pull/pull.ts';
import type { PullReport } from '../../src/pull/report.ts';
import { copyTable, partsWith, startNode } from '../harness.ts';
import { SAMPLE } from './asking.ts';
import { contentsOf, dataFilesIn, partitionsIn, withScene } from './asking-many.ts';
import { explained, pulled } from './pulled.ts';

const USERS = 'users-5ca3a000000011ee8000000000000001';

const modesOf = ({ receipt }: PullReport): readonly string[] => [
  ...new Set(receipt.receptions.map(({ mode }) => mode)),
];

test('whole SSTables come over TCP, byte for byte, with a receipt', () =>
  withTempFolder(async (folder) =>
    withTempFolder(async (into) => {
      copyTable(SAMPLE, 'users', folder);
      const world = () => partsWith(tcpTransport({ clock: systemClock }));
      const node = await startNode(
        { dataDirectory: folder, listen: { host: '127.0.0.1', port: 0 } },
        world(),
      );
      const { report } = await pulled(
        {
          names: [{ keyspace: 'demo', table: 'users' }],
          source: { kind: 'direct', nodes: [node.endpoint] },
          into: join(into, 'new'),
          digests: 'sha256',
        },
        world(),
      );
      await node.close();
      assert.is(report.verdict, 'complete', explained(report));
      const bytesOf = (directory: string): readonly string[] =>
        readdirSync(directory)
          .filter((name) => name.endsWith('-Data.db'))
          .map((name) => readFileSync(join(directory, name)).toString('hex'))
          .sort();
      const here = join(into, 'new', 'demo', USERS);
      assert.equal(bytesOf(here), bytesOf(join(folder, 'demo', USERS)));
      for (const reception of report.receipt.receptions) {
        assert.equal(
          [reception.mode, reception.status, reception.keyspace, reception.table],
          ['entire', 'kept', 'demo', 'users'],
        );
        const digest = readFileSync(
          join(into, 'new', reception.sstable.replace('Data.db', 'Digest.crc32')),
          'latin1',
        );
        assert.is(reception.components['Data.db']?.crc32, Number(digest));
        assert.match(reception.components['Data.db']?.sha256 ?? '', /^[0-9a-f]{64}$/);
      }
    }),
  ));

test('one of three nodes is asked for each range: sections, every partition once', () =>
  withScene(3, async ({ options, parts, there, into }) => {
    const { report, events } = await pulled(options, parts);
    assert.is(report.verdict, 'complete', explained(report));
    assert.equal(modesOf(report), ['sections']);
    assert.equal(await partitionsIn(into), await partitionsIn(there));
    assert.is(new Set(report.plan.units.map(({ replica }) => replica)).size, 3);
    const planned = report.plan.bytes;
    assert.is(report.receivedBytes, planned, 'previews say what comes');
    assert.is(
      events.filter(({ type }) => type === 'UnitReceived').length,
      report.plan.units.length,
    );
  }));

test('every replica is asked for all it has: the same comes three times and is kept once', () =>
  withScene(3, async ({ options, parts, there, into }) => {
    const { report } = await pulled({ ...options, allReplicas: true, sessions: 1 }, parts);
    assert.is(report.verdict, 'complete', explained(report));
    assert.equal(modesOf(report), ['entire']);
    assert.is(report.known, 2 * dataFilesIn(there).length);
    assert.equal(await partitionsIn(into), await partitionsIn(there));
  }));

test('again: everything is asked for and nothing is kept twice, whole or in sections', () =>
  withScene(2, async ({ options, parts, into }) => {
    const first = await pulled(options, parts);
    assert.is(first.report.known, 0);
    const before = contentsOf(into);
    const second = await pulled(options, parts);
    assert.is(second.report.verdict, 'complete', explained(second.report));
    assert.is(second.report.known, second.report.receipt.receptions.length);
    assert.ok(second.report.known > 0);
    assert.is(second.report.receivedBytes, first.report.receivedBytes);
    assert.equal(contentsOf(into), before);
  }));

test('a unit that is too large is cut; what comes is the same', () =>
  withScene(1, async ({ options, parts, there, into }) => {
    const { report } = await pulled({ ...options, unitBytes: 1_000 }, parts);
    assert.is(report.verdict, 'complete', explained(report));
    assert.ok(report.plan.units.length > 4, `${report.plan.units.length} units`);
    assert.equal(await partitionsIn(into), await partitionsIn(there));
  }));

test('some ranges only', () =>
  withScene(1, async ({ options, parts, there, into }) => {
    const { report } = await pulled({ ...options, ranges: ['0:'] }, parts);
    assert.is(report.verdict, 'complete', explained(report));
    const all = await partitionsIn(there);
    const some = await partitionsIn(into);
    assert.ok(some.length > 0 && some.length < all.length, `${some.length} of ${all.length}`);
    assert.ok(some.every((line) => all.includes(line)));
  }));

test('under other names', () =>
  withScene(1, async ({ options, parts, into }) => {
    const names = [{ keyspace: 'demo', table: 'users' }];
    const { report } = await pulled(
      { ...options, names, keyspace: 'other', table: 'people' },
      parts,
    );
    assert.is(report.verdict, 'complete', explained(report));
    const folder = join('/other', USERS.replace('users', 'people'));
    assert.ok(dataFilesIn(into).length > 0);
    assert.ok(dataFilesIn(into).every((path) => path.startsWith(folder)));
  }));

test('a dry run says what would come, and makes nothing', () =>
  withScene(3, async ({ options, parts, into }) => {
    const { report } = await pulled({ ...options, dryRun: true }, parts);
    assert.equal([report.verdict, report.dryRun, report.receivedBytes], ['complete', true, 0]);
    assert.throws(() => readdirSync(into), /ENOENT/);
    const real = await pulled(options, parts);
    assert.is(report.plan.bytes, real.report.receivedBytes);
  }));

const refused = async (run: ReturnType<typeof pull>): Promise<readonly [string, string]> => {
  const result = await run.result;
  if (result._tag === 'Right') throw new Error('it must not begin');
  return [result.left.code, result.left.kind];
};

test('names that can’t be are refused before anything is made', () =>
  withScene(1, async ({ options, parts, into }) => {
    const cases = [
      [{ table: 'people' }, 'SCM_PULL_NAME', 'usage'],
      [{ keyspace: '../x' }, 'SCM_PULL_NAME', 'usage'],
      [{ names: [{ keyspace: 'demo', table: 'nobody' }] }, 'SCM_PULL_NO_TABLE_ID', 'refused'],
      [{ ranges: ['zero:one'] }, 'SCM_PULL_RANGE', 'usage'],
      [{ only: ['10.9.9.9'] }, 'SCM_PLAN_UNKNOWN_NAME', 'refused'],
    ] as const;
    for (const [change, code, kind] of cases)
      assert.equal(await refused(pull({ ...options, ...change, dryRun: true }, { parts })), [
        code,
        kind,
      ]);
    assert.throws(() => readdirSync(into), /ENOENT/);
  }));

test.run();
