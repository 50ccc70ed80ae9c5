// Control plane. A table of the source and the one it is copied into: do they fit? Called before anything is asked for; what can't be seen here is
// seen by the header of each file.
import { typeString } from '@scamander/cql-types';
import type { SerializationHeader } from '@scamander/sstable-io';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { refusal, type ScamanderErrorType } from '../errors.ts';
import { mismatchText, schemaMismatches, type TargetTable } from '../load/schema-check.ts';
import type { ResolvedTable, Target } from '../target/target.ts';
import type { CopyOptions } from './copy-types.ts';

/** See the head of this file. */
export interface TablePair {
  readonly source: ResolvedTable;
  readonly target: ResolvedTable;
}

/** `keyspace.table` */
export const nameOf = ({ keyspace, table }: ResolvedTable): string => `${keyspace}.${table}`;

const UNKNOWN = new Set(['SCM_CLUSTER_UNKNOWN_TABLE', 'SCM_CLUSTER_UNKNOWN_KEYSPACE']);

/** As CQL writes a name. */
const quoted = (name: string): string =>
  /^[a-z][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

const cqlNameOf = (keyspace: string, table: string): string =>
  `${quoted(keyspace)}.${quoted(table)}`;

/** The statements of a table and its indexes under the names that they are to have, without the id that is another cluster's. */
export const renamedStatement = (
  statement: string,
  from: { readonly keyspace: string; readonly table: string },
  keyspace: string,
  table: string,
): string => {
  const [old, fresh] = [cqlNameOf(from.keyspace, from.table), cqlNameOf(keyspace, table)];
  return statement
    .replaceAll(`CREATE TABLE ${old}`, `CREATE TABLE ${fresh}`)
    .replaceAll(` ON ${old} `, ` ON ${fresh} `)
    .replace(/(\s)ID = [0-9a-f-]+\s+AND /, '$1');
};

const missingTable = async (
  error: ScamanderErrorType,
  source: Target,
  pair: { readonly from: ResolvedTable; readonly keyspace: string; readonly table: string },
): Promise<ScamanderErrorType> => {
  if (!UNKNOWN.has(error.code)) return error;
  const { from, keyspace, table } = pair;
  const text = await source.schemaText(from.keyspace, from.table);
  const statement = isLeft(text) ? undefined : text.right;
  if (statement === undefined) return error;
  const keyspaceFirst =
    error.code === 'SCM_CLUSTER_UNKNOWN_KEYSPACE'
      ? `create the keyspace ${keyspace} with the replication it is to have there, then `
      : '';
  return {
    ...error,
    advice: `${keyspaceFirst}create the table, and the user types it names:\n${renamedStatement(statement, from, keyspace, table).trim()}`,
  };
};

/** A table as its files would describe it. */
const headerOf = (schema: TargetTable): SerializationHeader => {
  const columns = (wantStatic: boolean) =>
    [...schema.columns]
      .filter(([, { isStatic }]) => isStatic === wantStatic)
      .map(([name, { type }]) => ({ name: Buffer.from(name), type: typeString(type) }));
  return {
    minTimestamp: 0n,
    minLocalDeletionTime: 0n,
    minTtl: 0n,
    keyType: typeString(schema.keyType),
    clusteringTypes: schema.clusteringTypes.map(typeString),
    staticColumns: columns(true),
    regularColumns: columns(false),
  };
};

const misfits = (source: ResolvedTable, target: ResolvedTable): string | undefined => {
  if (source.schema === undefined || target.schema === undefined) return undefined;
  const found = schemaMismatches(
    headerOf(source.schema),
    source.schema.partitionerClass,
    target.schema,
  );
  return found.length === 0 ? undefined : found.map(mismatchText).join('; ');
};

const isSameTable = (pair: TablePair, source: Target, target: Target): boolean =>
  pair.source.tableId === pair.target.tableId &&
  source.nodes.some(({ endpoint }) =>
    target.nodes.some((node) => endpointText(node.endpoint) === endpointText(endpoint)),
  );

/** Finds the table at the target and compares the two. */
export const pairTables = async (
  from: ResolvedTable,
  source: Target,
  target: Target,
  options: CopyOptions,
): Promise<Either<ScamanderErrorType, TablePair>> => {
  const keyspace = options.keyspace ?? from.keyspace;
  const table = options.table ?? from.table;
  const there = { tableId: from.tableId, directories: [nameOf(from)] };
  const found = await target.table(keyspace, table, there);
  if (isLeft(found)) return left(await missingTable(found.left, source, { from, keyspace, table }));
  const pair: TablePair = { source: from, target: found.right };
  const where = `${nameOf(from)} to ${keyspace}.${table}`;
  if (isSameTable(pair, source, target))
    return left(
      refusal(
        'SCM_COPY_SAME_TABLE',
        'source and target are the same table of the same cluster',
        where,
        'name another table or keyspace with --table or --keyspace, or another cluster with --to',
      ),
    );
  const reason = misfits(pair.source, pair.target);
  if (reason !== undefined)
    return left(
      refusal(
        'SCM_COPY_SCHEMA',
        `the tables do not fit: ${reason.replaceAll('SSTable', 'source')}`,
        where,
        'make the target’s table like the source’s (ALTER TABLE), or copy into another one',
      ),
    );
  return right(pair);
};

/** Partitioners decide where rows lie: data of another one belong nowhere. */
export const samePartitioner = (source: Target, target: Target): ScamanderErrorType | undefined =>
  source.partitioner.className === target.partitioner.className
    ? undefined
    : refusal(
        'SCM_COPY_PARTITIONER',
        `the source uses ${source.partitioner.name}, the target ${target.partitioner.name}`,
        `${source.name} to ${target.name}`,
        'rows can only be written again over CQL: dump them with `sstable dump`, or read and insert them',
      );
