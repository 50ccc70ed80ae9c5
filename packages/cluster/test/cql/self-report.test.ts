// What a node tells of itself: every table by itself, with what is missing or forbidden left out.
import { left, right } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Row } from '../../src/cql/row.ts';
import { type AskRows, nodeTimeOf, selfReportOf } from '../../src/cql/self-report.ts';
import { ClusterError } from '../../src/errors.ts';
import { RELEASES, refusal, value, viewsOf } from '../harness.ts';

type Tables = Readonly<Record<string, readonly Row[]>>;

/** A node with these tables; what is not listed fails as a real node's query does. */
const asking = (known: readonly string[], tables: Tables): AskRows => {
  return async (query) => {
    if (query.includes('system_virtual_schema.tables'))
      return right(known.map((name) => ({ keyspace_name: 'system_views', table_name: name })));
    const rows = tables[/FROM system_views\.(\w+)/.exec(query)?.[1] ?? ''];
    if (rows !== undefined) return right(rows);
    const reason = 'User paris has no SELECT permission';
    return left(new ClusterError({ code: 'SCM_CLUSTER_QUERY', query, reason }));
  };
};

for (const release of RELEASES)
  test(`a ${release} node that does nothing`, async () => {
    const { virtualTables, settings, threadPools, diskUsage } = viewsOf(release);
    const hasNewer = release !== '4.0.19';
    const tables = {
      settings,
      thread_pools: threadPools,
      disk_usage: diskUsage,
      sstable_tasks: [],
      ...(hasNewer ? { streaming: [], pending_hints: [] } : {}),
    };
    const report = value(await selfReportOf(asking(virtualTables, tables)));
    assert.equal(report.unread, []);
    assert.is(report.settings?.streamsEntireSSTables, true);
    assert.equal(report.streams, hasNewer ? [] : undefined);
    assert.equal(report.hints, hasNewer ? [] : undefined);
    assert.equal(report.tasks, []);
    const compactions = report.pools?.find(({ name }) => name === 'CompactionExecutor');
    assert.equal([compactions?.active, compactions?.pending], [0, 0]);
    const mebibytes = diskUsage.reduce((sum, row) => sum + Number(row['mebibytes']), 0);
    assert.ok(mebibytes > 0);
    assert.is(report.usedBytes, mebibytes * 1024 ** 2);
  });

test('a node at work', async () => {
  const stream = (status: string) => ({
    id: '5ca3a000-0000-11ee-8000-000000000001',
    operation: 'Bootstrap',
    peers: ['/127.0.7.2:7000'],
    status,
    progress_percentage: 37,
  });
  const tables = {
    streaming: [stream('start'), stream('success'), stream('failure'), stream('init')],
    sstable_tasks: [
      {
        ...{ keyspace_name: 'ks', table_name: 't', task_id: 'x', kind: 'COMPACTION' },
        ...{ completion_ratio: 0.5, progress: '10', total: '20', unit: 'bytes' },
      },
    ],
    pending_hints: [{ host_id: 'h', address: '10.0.0.2', files: 3 }],
  };
  const report = value(await selfReportOf(asking(Object.keys(tables), tables)));
  assert.equal(
    report.streams?.map(({ operation, peers, progressPercent }) => [
      operation,
      peers,
      progressPercent,
    ]),
    [
      ['Bootstrap', ['/127.0.7.2:7000'], 37],
      ['Bootstrap', ['/127.0.7.2:7000'], 37],
    ],
  );
  assert.equal(report.tasks, [
    { kind: 'compaction', table: 'ks.t', progress: 10, total: 20, unit: 'bytes' },
  ]);
  assert.equal(report.hints, [{ hostId: 'h', address: '10.0.0.2', files: 3 }]);
  assert.is(report.settings, undefined);
});

test('a table that may not be read is undefined and named; the others are there', async () => {
  const report = value(
    await selfReportOf(asking(['settings', 'disk_usage'], { disk_usage: [{ mebibytes: 3 }] })),
  );
  assert.is(report.settings, undefined);
  assert.is(report.usedBytes, 3 * 1024 ** 2);
  assert.is(report.unread.length, 1);
  assert.match(report.unread[0] ?? '', /^settings: .*no SELECT permission/);
});

test('a row that is none is named as well', async () => {
  const report = value(
    await selfReportOf(
      asking(['thread_pools'], { thread_pools: [{ name: 'x', active_tasks: 'many' }] }),
    ),
  );
  assert.match(report.unread[0] ?? '', /thread_pools\.active_tasks holds "many"/);
});

test('the time', async () => {
  for (const release of RELEASES) {
    const { now } = viewsOf(release);
    const time = value(await nodeTimeOf(async () => right(now)));
    assert.is(new Date(time).toISOString(), now[0]?.['now']);
  }
  refusal(await nodeTimeOf(async () => right([])), 'SCM_CLUSTER_BAD_ROW');
});

test.run();
