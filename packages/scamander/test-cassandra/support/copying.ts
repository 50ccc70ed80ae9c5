// Control plane. copy() between real nodes, and its outcome. Called by the tests.
import type { Node } from '@scamander-tools/real-cassandra';
import * as assert from 'uvu/assert';
import { type CopyEvent, type CopyOptions, type CopyReport, copy } from '../../src/index.ts';
import type { Cql } from './nodes.ts';
import { assertSameRows, readRows } from './rows.ts';
import { sampleTables } from './sample-tables.ts';
import { createTable } from './written.ts';

/** How a copy ended. */
export interface CopiedTables {
  readonly report: CopyReport;
  readonly events: readonly CopyEvent[];
}

const cluster = (node: Node): CopyOptions['source'] => ({
  kind: 'cluster',
  contactPoints: [{ host: node.address, port: node.nativePort }],
});

/** Copies; a copy that could not even begin is an error. */
export const copyBetween = async (
  from: Node,
  to: Node,
  asked: Omit<CopyOptions, 'source' | 'target'>,
): Promise<CopiedTables> => {
  const run = copy({ source: cluster(from), target: cluster(to), ...asked });
  const events: CopyEvent[] = [];
  run.events$.subscribe((event) => {
    if (event.type !== 'FileChunk') events.push(event);
  });
  const result = await run.result;
  if (result._tag === 'Left') {
    const { code, message, where, advice } = result.left;
    throw new Error(`${code}: ${message} (${where}) ${advice}`);
  }
  return { report: result.right, events };
};

/** Everything is there, and every replica said so. */
export const assertCopied = ({ report }: CopiedTables): void => {
  const why = [
    ...report.problems.map(({ code, message, where }) => `${code}: ${message} (${where})`),
    ...report.receipt.deliveries
      .filter(({ status }) => status !== 'acknowledged')
      .map(({ sstable, replica, reason }) => `${sstable} at ${replica}: ${reason}`),
    ...(report.comparison?.differences ?? []).map(
      ({ table, range, sourceRows, targetRows }) =>
        `${table} ${range}: ${sourceRows} rows and ${targetRows}`,
    ),
  ];
  assert.is(report.verdict, 'complete', why.join('\n'));
  assert.ok(report.receipt.deliveries.length > 0, 'deliveries');
};

/** Empty sample tables in a keyspace of their own. */
export const makeSampleTables = async (
  cql: Cql,
  keyspace: string,
  replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}",
): Promise<void> => {
  await cql.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
  await cql.execute(`CREATE KEYSPACE ${keyspace} WITH replication = ${replication}`);
  for (const table of sampleTables) await createTable(cql, keyspace, table);
};

/** By CQL, with write times and times to live. */
export const assertSameTables = async (
  from: Cql,
  keyspace: string,
  to: Cql,
  target: string,
): Promise<void> => {
  for (const { name, timed, rows } of sampleTables) {
    const expected = await readRows(from, `${keyspace}.${name}`, timed);
    assert.is(expected.length, rows, `rows of ${name}`);
    assertSameRows(await readRows(to, `${target}.${name}`, timed), expected, name);
  }
};
