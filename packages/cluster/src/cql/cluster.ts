// Control plane. What a live cluster says of itself over CQL. Called by the front door. Asks anew each time: nothing is cached.
import { type Partitioner, partitionerNamed } from '@scamander/ring';
import { type Either, isLeft, left, map, right } from 'fp-ts/lib/Either.js';
import { ClusterError } from '../errors.ts';
import type { GossipState } from '../gossip/gossip-state.ts';
import type { ConnectClusterOptions } from './client-options.ts';
import { gossipInfoOf } from './gossip-info.ts';
import { type KeyspaceInfo, keyspaceOf } from './keyspace-info.ts';
import { type NodeInfo, nodesOf, type SchemaAgreement, schemaAgreementOf } from './node-info.ts';
import { optionalText, type Row, reading, text } from './row.ts';
import { type RowPage, type RowQuestion, rowStatement } from './row-pages.ts';
import { nodeTimeOf, type SelfReport, selfReportOf } from './self-report.ts';
import { CqlSession } from './session.ts';
import { type SizeEstimate, sizeEstimatesOf } from './size-estimates.ts';
import { type SchemaRows, type TableSchema, tableOf } from './table-schema.ts';

/** An open connection to one node of a cluster. Close it, or the process stays alive. */
export interface Cluster {
  readonly name: string;
  readonly partitioner: Partitioner;
  /** Of the asked node. */
  readonly releaseVersion: string;
  /** All members, the asked node first. Left: `SCM_CLUSTER_QUERY`, `SCM_CLUSTER_BAD_ROW`, `SCM_CLUSTER_RING`. */
  nodes(): Promise<Either<ClusterError, readonly NodeInfo[]>>;
  /** Whether all nodes hold the same schema. Left: as {@link nodes}. */
  schemaAgreement(): Promise<Either<ClusterError, SchemaAgreement>>;
  /** Left: `SCM_CLUSTER_UNKNOWN_KEYSPACE` with the known ones, and as {@link nodes}. */
  keyspace(name: string): Promise<Either<ClusterError, KeyspaceInfo>>;
  /** Also finds views. Left: `SCM_CLUSTER_UNKNOWN_KEYSPACE`, `SCM_CLUSTER_UNKNOWN_TABLE`, and as {@link nodes}. */
  table(keyspace: string, name: string): Promise<Either<ClusterError, TableSchema>>;
  /**
   * The CREATE statements of a keyspace, or of one table, with ids and dropped columns, in the node's own words
   * (DESCRIBE … WITH INTERNALS, 4.0 and later). Left: `SCM_CLUSTER_QUERY` also for a name that is unknown.
   */
  describe(keyspace: string, table?: string): Promise<Either<ClusterError, string>>;
  /**
   * What the asked node tells of itself in its virtual tables: settings, streams, compactions, hints. Left: `SCM_CLUSTER_QUERY` where
   * it has none that can be read.
   */
  selfReport(): Promise<Either<ClusterError, SelfReport>>;
  /**
   * What the asked node knows of all by gossip, without tokens; undefined before 4.1, which has no table of it. Left: as {@link nodes}.
   */
  gossipInfo(): Promise<Either<ClusterError, readonly GossipState[] | undefined>>;
  /** What the asked node's clock shows, milliseconds since the epoch, at some moment of the call. Left: as {@link nodes}. */
  time(): Promise<Either<ClusterError, number>>;
  /** How many partitions of a table the asked node thinks it has in its primary ranges; empty before it counted. Left: as {@link nodes}. */
  sizeEstimates(
    keyspace: string,
    table: string,
  ): Promise<Either<ClusterError, readonly SizeEstimate[]>>;
  /**
   * One page of a table's rows within a range of tokens; the next one from where this one says. Left: `SCM_CLUSTER_QUERY`, also for
   * values that the driver does not read.
   */
  rowPage(question: RowQuestion, page?: string): Promise<Either<ClusterError, RowPage>>;
  close(): Promise<void>;
}

/** A name as CQL quotes it. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const schema = (table: string) => `SELECT * FROM system_schema.${table} WHERE keyspace_name = ?`;

/** Tables of system_schema that describe a table, by field of {@link SchemaRows}. */
const SCHEMA_TABLES = {
  tables: 'tables',
  views: 'views',
  columns: 'columns',
  droppedColumns: 'dropped_columns',
  indexes: 'indexes',
  types: 'types',
} as const satisfies Record<keyof SchemaRows, string>;

const oldestRelease = 4;

interface Identity {
  readonly name: string;
  readonly partitioner: Partitioner;
  readonly releaseVersion: string;
}

const identityOf = (local: Row | undefined): Either<ClusterError, Identity> => {
  const read = reading('system.local', () => ({
    name: text(local ?? {}, 'cluster_name'),
    partitioner: text(local ?? {}, 'partitioner'),
    releaseVersion: text(local ?? {}, 'release_version'),
  }));
  if (isLeft(read)) return read;
  const { releaseVersion: release } = read.right;
  if (Number.parseInt(release, 10) < oldestRelease) {
    const reason = 'streaming as of 4.0 is needed';
    return left(new ClusterError({ code: 'SCM_CLUSTER_RELEASE', release, reason }));
  }
  const partitioner = partitionerNamed(read.right.partitioner);
  return isLeft(partitioner)
    ? left(new ClusterError({ code: 'SCM_CLUSTER_RING', cause: partitioner.left }))
    : right({ ...read.right, partitioner: partitioner.right });
};

class CqlCluster implements Cluster {
  readonly name: string;
  readonly partitioner: Partitioner;
  readonly releaseVersion: string;
  readonly #session: CqlSession;

  constructor(session: CqlSession, identity: Identity) {
    this.#session = session;
    this.name = identity.name;
    this.partitioner = identity.partitioner;
    this.releaseVersion = identity.releaseVersion;
  }

  async nodes(): Promise<Either<ClusterError, readonly NodeInfo[]>> {
    const local = await this.#session.rows('SELECT * FROM system.local');
    if (isLeft(local)) return local;
    const peers = await this.#session.rows('SELECT * FROM system.peers_v2');
    if (isLeft(peers)) return peers;
    return nodesOf(local.right[0] ?? {}, peers.right, this.partitioner);
  }

  async schemaAgreement(): Promise<Either<ClusterError, SchemaAgreement>> {
    return map(schemaAgreementOf)(await this.nodes());
  }

  async keyspace(name: string): Promise<Either<ClusterError, KeyspaceInfo>> {
    const keyspaces = await this.#session.rows('SELECT * FROM system_schema.keyspaces');
    if (isLeft(keyspaces)) return keyspaces;
    const row = keyspaces.right.find((one) => optionalText(one, 'keyspace_name') === name);
    if (row === undefined) {
      const known = keyspaces.right
        .map((one) => optionalText(one, 'keyspace_name') ?? '')
        .filter((one) => !one.startsWith('system'))
        .sort();
      const code = 'SCM_CLUSTER_UNKNOWN_KEYSPACE';
      return left(new ClusterError({ code, keyspace: name, known }));
    }
    const tables = await this.#session.rows(schema('tables'), [name]);
    if (isLeft(tables)) return tables;
    const views = await this.#session.rows(schema('views'), [name]);
    return isLeft(views) ? views : keyspaceOf(row, tables.right, views.right);
  }

  async table(keyspace: string, name: string): Promise<Either<ClusterError, TableSchema>> {
    const holder = await this.keyspace(keyspace);
    if (isLeft(holder)) return holder;
    const rows: Partial<Record<keyof SchemaRows, readonly Row[]>> = {};
    for (const [field, table] of Object.entries(SCHEMA_TABLES)) {
      const found = await this.#session.rows(schema(table), [keyspace]);
      if (isLeft(found)) return found;
      rows[field as keyof SchemaRows] = found.right;
    }
    const found = tableOf(name, rows as SchemaRows);
    if (isLeft(found)) return found;
    if (found.right !== undefined) return right(found.right);
    const known = [...holder.right.tables].sort();
    const code = 'SCM_CLUSTER_UNKNOWN_TABLE';
    return left(new ClusterError({ code, keyspace, table: name, known }));
  }

  async describe(keyspace: string, table?: string): Promise<Either<ClusterError, string>> {
    const what =
      table === undefined
        ? `KEYSPACE ${quoted(keyspace)}`
        : `TABLE ${quoted(keyspace)}.${quoted(table)}`;
    const rows = await this.#session.rows(`DESCRIBE ${what} WITH INTERNALS`);
    if (isLeft(rows)) return rows;
    return reading('DESCRIBE', () =>
      rows.right.map((row) => `${text(row, 'create_statement').trimEnd()}\n`).join('\n'),
    );
  }

  selfReport(): Promise<Either<ClusterError, SelfReport>> {
    return selfReportOf((query) => this.#session.rows(query));
  }

  async gossipInfo(): Promise<Either<ClusterError, readonly GossipState[] | undefined>> {
    const known = await this.#session.rows(
      `SELECT table_name FROM system_virtual_schema.tables WHERE keyspace_name = 'system_views' AND table_name = 'gossip_info'`,
    );
    if (isLeft(known)) return known;
    if (known.right.length === 0) return right(undefined);
    const rows = await this.#session.rows('SELECT * FROM system_views.gossip_info');
    return isLeft(rows) ? rows : gossipInfoOf(rows.right);
  }

  time(): Promise<Either<ClusterError, number>> {
    return nodeTimeOf((query) => this.#session.rows(query));
  }

  async sizeEstimates(
    keyspace: string,
    table: string,
  ): Promise<Either<ClusterError, readonly SizeEstimate[]>> {
    const query = 'SELECT * FROM system.table_estimates WHERE keyspace_name = ? AND table_name = ?';
    const rows = await this.#session.rows(query, [keyspace, table]);
    return isLeft(rows) ? rows : sizeEstimatesOf(rows.right, this.partitioner);
  }

  rowPage(question: RowQuestion, page?: string): Promise<Either<ClusterError, RowPage>> {
    return this.#session.page(rowStatement(question, this.partitioner), question, page);
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

/**
 * Connects over CQL to the first contact point that works, and stays with that node. Works with 4.0 and later.
 * Left: `SCM_CLUSTER_UNREACHABLE`, `SCM_CLUSTER_LOGIN`, `SCM_CLUSTER_TLS`, `SCM_CLUSTER_RELEASE`, `SCM_CLUSTER_RING` (a partitioner
 * nobody knows), `SCM_CLUSTER_QUERY`, `SCM_CLUSTER_BAD_ROW`; nothing stays open then.
 */
export const connectCluster = async (
  options: ConnectClusterOptions,
): Promise<Either<ClusterError, Cluster>> => {
  const session = await CqlSession.open(options);
  if (isLeft(session)) return session;
  const local = await session.right.rows('SELECT * FROM system.local');
  const identity = isLeft(local) ? local : identityOf(local.right[0]);
  if (isLeft(identity)) {
    await session.right.close();
    return identity;
  }
  return right(new CqlCluster(session.right, identity.right));
};
