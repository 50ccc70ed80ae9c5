// Control plane. The nodes of this lane: one per release with the same settings in every file, so that they are shared. Called by the tests.
import {
  type Node,
  type Release,
  releases,
  type SharedNodeOptions,
  withNode,
} from '@scamander-tools/real-cassandra';

/** A CQL session with one node. */
export type Cql = Awaited<ReturnType<Node['cql']>>;

/**
 * Without `flush_compression: table` a flush writes LZ4 where the table says Deflate or Zstd (Config.flush_compression), and the
 * SSTable would not be what its test claims.
 */
const settings: SharedNodeOptions = {
  yaml: {
    flush_compression: 'table',
    enable_materialized_views: true,
    enable_sasi_indexes: true,
  },
};

/** Runs the body with the shared node of the release. */
export const withLoadNode = <T>(release: Release, body: (node: Node) => Promise<T>): Promise<T> =>
  withNode(release, body, settings);

/** The same with further settings: another node. */
export const withOtherNode = <T>(
  release: Release,
  yaml: Readonly<Record<string, unknown>>,
  body: (node: Node) => Promise<T>,
): Promise<T> => withNode(release, body, { yaml: { ...settings.yaml, ...yaml } });

/** The chosen releases that fit, or none: their tests are then not there, and the lane says which releases it runs. */
export const releasesWhere = (fits: (release: Release) => boolean): readonly Release[] =>
  releases().filter(fits);

/** Makes the keyspace anew. */
export const freshKeyspace = async (cql: Cql, name: string, factor = 1): Promise<void> => {
  await cql.execute(`DROP KEYSPACE IF EXISTS ${name}`);
  await cql.execute(
    `CREATE KEYSPACE ${name} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': ${factor}}`,
  );
};

const STATEMENTS_AT_ONCE = 32;

/** Executes all statements, some at once; they must not depend on each other. */
export const executeAll = async (cql: Cql, statements: readonly string[]): Promise<void> => {
  const queue = [...statements];
  const worker = async (): Promise<void> => {
    for (let statement = queue.pop(); statement !== undefined; statement = queue.pop())
      await cql.execute(statement);
  };
  await Promise.all(Array.from({ length: STATEMENTS_AT_ONCE }, worker));
};
