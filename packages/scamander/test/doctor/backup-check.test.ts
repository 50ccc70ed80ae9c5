// What is said of a backup, on reports of loads that are made up.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkBackup } from '../../src/doctor/checks/backup.ts';
import { backupBytesTo, checkDisk } from '../../src/doctor/checks/disk.ts';
import type { BackupTable, DoctorFacts } from '../../src/doctor/facts.ts';
import type { ScamanderErrorType } from '../../src/errors.ts';
import type { PlannedReplica } from '../../src/load/plan-view.ts';
import { facts, node } from './fake-facts.ts';

const MIB = 1024 ** 2;

const table: BackupTable = {
  name: 'ks.t',
  directories: ['/b/ks/t-1'],
  sstables: 2,
  bytes: 3 * MIB,
  create: undefined,
};

const problem = (change: Partial<ScamanderErrorType>): ScamanderErrorType => ({
  code: 'SCM_LOAD_SCHEMA',
  kind: 'refused',
  message: 'it does not fit',
  where: '/b/ks/t-1/nb-1-big-Data.db',
  lost: 'nothing',
  advice: 'make it fit',
  retryable: false,
  ...change,
});

const replica = (host: string, bytes: number, skipped?: string): PlannedReplica => ({
  replica: `${host}:7000`,
  ...{ dc: 'dc1', rack: 'r1', status: 'normal', release: '4.1.10', streamingVersion: 12 },
  ...{ skipped, transfers: [], bytes },
});

const planned = (
  replicas: readonly PlannedReplica[] | undefined,
  problems: readonly ScamanderErrorType[] = [],
  refused: readonly string[] = [],
  tables: readonly BackupTable[] = [table],
): DoctorFacts => {
  const plan = {
    tables: replicas === undefined ? [] : [{ keyspace: 'ks', table: 't', tableId: 'id', replicas }],
    bytes: 0,
  };
  return facts({ backup: { tables, outcome: { kind: 'planned', plan, problems, refused } } });
};

const said = (given: DoctorFacts): readonly string[] =>
  checkBackup(given).map(({ severity, finding }) => `${severity}: ${finding}`);

const [one, two] = [replica('10.0.0.1', MIB), replica('10.0.0.2', 2 * MIB)];

test('all of it', () => {
  const given = planned([one, two]);
  assert.equal(said(given), ['ok: ks.t would load (2 SSTables, 3 MiB)']);
  assert.is(checkBackup(given)[0]?.evidence, '10.0.0.1:7000 gets 1 MiB, 10.0.0.2:7000 gets 2 MiB');
  assert.equal(checkBackup(facts()), []);
});

test('not at every replica, at none', () => {
  const down = replica('10.0.0.2', 0, 'refuses connections');
  const some = checkBackup(planned([one, down]));
  assert.is(some[0]?.severity, 'warning');
  assert.match(some[0]?.evidence ?? '', '10.0.0.2:7000: refuses connections');
  assert.equal(said(planned([down])), ['critical: no replica would get ks.t']);
});

test('a table that is not there: with the statement that makes it, where there is one', () => {
  const unknown = problem({ code: 'SCM_CLUSTER_UNKNOWN_TABLE', message: 'no t', where: 'ks.t' });
  const [without] = checkBackup(planned(undefined, [unknown]));
  assert.is(without?.severity, 'critical');
  assert.match(without?.finding ?? '', /ks\.t is not in the cluster/);
  const create = 'CREATE TABLE ks.t (id int PRIMARY KEY)';
  const [withIt] = checkBackup(planned(undefined, [unknown], [], [{ ...table, create }]));
  assert.match(withIt?.remedy ?? '', create);
});

test('what is alike is said once, however many SSTables and components it is', () => {
  const damaged = (component: string, n: number): ScamanderErrorType =>
    problem({
      ...{ code: 'SCM_SSTABLE_CORRUPT', kind: 'bad-data', message: `bad ${component}` },
      where: `/b/ks/t-1/nb-${n}-big-${component}, byte 7`,
    });
  const all = [damaged('Data.db', 1), damaged('Index.db', 1)];
  assert.equal(said(planned([one], all, ['/b/ks/t-1/nb-1-big-Data.db'])), [
    'critical: an SSTable is damaged and would not load: bad Data.db',
    'info: of ks.t all but 1 of 2 SSTables, 3 MiB would load',
  ]);
  const [several] = checkBackup(planned(undefined, [...all, damaged('Data.db', 2)]));
  assert.match(several?.finding ?? '', /^2 SSTables are damaged/);
  const many = Array.from({ length: 9 }, (_, n) =>
    problem({ where: `/b/ks/t-1/nb-${n}-big-Data.db` }),
  );
  const [schema] = checkBackup(planned(undefined, many));
  assert.is(schema?.finding, 'it does not fit; 8 more like it');
  assert.match(schema?.evidence ?? '', /; and 4 more$/);
});

test('what is of no table, and a load that did not begin', () => {
  const elsewhere = problem({ code: 'SCM_SSTABLE_IO', kind: 'failed', where: '/b/other/file' });
  assert.equal(said(planned([one], [elsewhere])).slice(-1), ['critical: it does not fit']);
  const error = problem({ code: 'SCM_NET_REFUSED', message: 'no node can be streamed to' });
  const refused = facts({ backup: { tables: [table], outcome: { kind: 'refused', error } } });
  assert.equal(said(refused), ['critical: no node can be streamed to']);
});

test('what the backup brings to a node is what its disks need', () => {
  const given = planned([one, two]);
  assert.is(backupBytesTo(given, '10.0.0.2:7000'), 2 * MIB);
  const [disk] = checkDisk(given, node(2));
  assert.match(disk?.finding ?? '', /the backup brings it 2 MiB/);
  assert.match(disk?.remedy ?? '', /at least 2 MiB free/);
});

test.run();
