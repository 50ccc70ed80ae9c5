// Control plane. The tables of merge-tables.ts at a node: made, filled, flushed. Called by merge.test.ts.
import type { Node } from '@scamander-tools/real-cassandra';
import { type MergeTable, mergeTables } from './merge-tables.ts';
import { type Cql, executeAll, quietTable } from './nodes.ts';

const named = (statement: string, keyspace: string, { name }: MergeTable): string =>
  statement.replace(/\bKS\b/, keyspace).replace(/\bT\b/, `${keyspace}.${name}`);

const createTable = async (
  cql: Cql,
  keyspace: string,
  gcGraceSeconds: number,
  table: MergeTable,
): Promise<void> => {
  const { name, types = [], columns, options, view } = table;
  const quiet = quietTable(gcGraceSeconds);
  const rest = options === undefined ? quiet : `${options} AND ${quiet}`;
  for (const type of types) await cql.execute(named(type, keyspace, table));
  await cql.execute(`CREATE TABLE ${keyspace}.${name} (${columns}) WITH ${rest}`);
  if (view === undefined) return;
  await cql.execute(
    `CREATE MATERIALIZED VIEW ${keyspace}.${view.name} ${named(view.as, keyspace, table)} WITH ${quiet}`,
  );
};

const alterTable = async (
  cql: Cql,
  keyspace: string,
  table: MergeTable,
  phase: number,
): Promise<void> => {
  const statement = table.alters?.[phase];
  if (statement !== undefined) await cql.execute(named(statement, keyspace, table));
};

/** Makes tables and fills them, with a flush behind each phase. */
export const flushTables = async (
  node: Node,
  keyspace: string,
  gcGraceSeconds: number,
  tables: readonly MergeTable[] = mergeTables,
): Promise<void> => {
  const cql = await node.cql();
  const phases = Math.max(...tables.map((table) => table.phases.length));
  for (const table of tables) await createTable(cql, keyspace, gcGraceSeconds, table);
  for (let phase = 0; phase < phases; phase++) {
    for (const table of tables) {
      await alterTable(cql, keyspace, table, phase);
      const statements = table.phases[phase] ?? [];
      await executeAll(
        cql,
        statements.map((statement) => named(statement, keyspace, table)),
      );
    }
    await node.nodetool('flush', keyspace);
  }
};

/** Makes tables as they are at the end, empty. */
export const makeTables = async (
  cql: Cql,
  keyspace: string,
  gcGraceSeconds: number,
  tables: readonly MergeTable[] = mergeTables,
): Promise<void> => {
  for (const table of tables) {
    await createTable(cql, keyspace, gcGraceSeconds, table);
    for (const phase of table.phases.keys()) await alterTable(cql, keyspace, table, phase);
  }
};
