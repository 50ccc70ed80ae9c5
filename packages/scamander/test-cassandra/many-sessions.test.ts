// Fifty jobs at once at one real node: half of them pull what it has, half of them load something else. All come to their end, with every row.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, oneRelease, withNode } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pull } from '../src/index.ts';
import { sstablesBelow } from '../test/harness.ts';
import { rowsOf } from '../test/stories/rows-of.ts';
import { BULKY, type Bulky, bulkyRows, writeBulky } from './support/bulky.ts';
import { loadInto } from './support/loading.ts';
import { assertSameRows } from './support/rows.ts';

const JOBS = 50;

const digestOf = (rows: readonly string[]): string =>
  `${rows.length} ${createHash('sha256').update(rows.join('\n')).digest('hex')}`;

const pullOne = async (node: Node, into: string, expected: string): Promise<void> => {
  const result = await pull({
    names: [{ keyspace: BULKY, table: 'packed' }],
    source: { kind: 'cluster', contactPoints: [{ host: node.address, port: node.nativePort }] },
    into,
  }).result;
  if (result._tag === 'Left') throw new Error(`${result.left.code}: ${result.left.message}`);
  assert.is(result.right.verdict, 'complete', JSON.stringify(result.right.problems));
  assert.is(digestOf(await rowsOf(await sstablesBelow(into))), expected);
};

const loadOne = async (node: Node, path: string): Promise<void> => {
  const { report } = await loadInto(node, { paths: [path] });
  const reasons = report.receipt.deliveries.map(({ status, reason }) => `${status}: ${reason}`);
  assert.is(report.verdict, 'complete', reasons.join('\n'));
};

const together = async (node: Node, { source, rows }: Bulky, folder: string): Promise<void> => {
  const below = join(source, BULKY);
  const pathOf = (table: string): string =>
    join(below, readdirSync(below).find((name) => name.startsWith(table)) ?? '');
  const packed = digestOf(await rowsOf(await sstablesBelow(pathOf('packed'))));
  const cql = await node.cql();
  await cql.execute(`TRUNCATE ${BULKY}.plain`);
  const ends = await Promise.allSettled(
    Array.from({ length: JOBS }, (_, job) =>
      job % 2 === 0
        ? pullOne(node, join(folder, `pulled-${job}`), packed)
        : loadOne(node, pathOf('plain')),
    ),
  );
  assert.ok(node.isRunning(), node.logTail());
  assert.equal(
    ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : [])),
    [],
  );
  assertSameRows(await bulkyRows(cql, 'plain'), rows.get('plain') ?? [], 'plain');
  assert.match(await node.nodetool('netstats'), /Not sending any streams/);
  await cql.execute(`DROP KEYSPACE ${BULKY}`);
};

for (const release of oneRelease('4.1.10')) {
  test(`${release.name}: 25 pulls and 25 loads at once`, () =>
    withNode(
      release,
      (node) =>
        withTempFolder(async (folder) =>
          together(node, await writeBulky(node, join(folder, 'source')), folder),
        ),
      // the usual 400 MB run out when fifty sessions come at once, and a node without memory ends
      { heapMb: 1_000 },
    ));
}

test.run();
