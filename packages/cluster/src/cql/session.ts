// Control plane. One driver client, pinned to one node, asked for rows. Called by connectCluster and Cluster; the only file that runs queries.
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import { Client } from 'cassandra-driver';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { ClusterError, type ContactFailure } from '../errors.ts';
import { CQL_CONNECT_TIMEOUT_MS, CQL_ROWS_MAX } from '../limits.ts';
import { type ConnectClusterOptions, clientOptionsOf } from './client-options.ts';
import { connectErrorOf, queryErrorOf } from './driver-errors.ts';
import { OneNodePolicy } from './one-node-policy.ts';
import { probeCql } from './probe.ts';
import type { Row } from './row.ts';
import { driverLevel, type ReadConsistency, type RowPage } from './row-pages.ts';

const FETCH_SIZE = 1000;

/** Tries the contact points in their order. A TLS failure is told as such, and before other reasons: it is the user's to mend. */
const firstThatSpeaks = async (
  options: ConnectClusterOptions,
): Promise<Either<ClusterError, Endpoint>> => {
  const timeoutMs = options.connectTimeoutMs ?? CQL_CONNECT_TIMEOUT_MS;
  const tried: ContactFailure[] = [];
  let tlsFailure: ContactFailure | undefined;
  for (const endpoint of options.contactPoints) {
    const probe = await probeCql(endpoint, options.tls, timeoutMs);
    if (probe.kind === 'cql') return right(endpoint);
    const failure = { host: endpointText(endpoint), reason: probe.reason };
    tried.push(failure);
    if (probe.kind === 'tls') tlsFailure ??= failure;
  }
  return left(
    new ClusterError(
      tlsFailure === undefined
        ? { code: 'SCM_CLUSTER_UNREACHABLE', tried }
        : { code: 'SCM_CLUSTER_TLS', ...tlsFailure },
    ),
  );
};

/** A connection that answers with plain rows. */
export class CqlSession {
  readonly #client: Client;
  readonly #policy: OneNodePolicy;
  #closed = false;

  private constructor(client: Client, policy: OneNodePolicy) {
    this.#client = client;
    this.#policy = policy;
  }

  /** Left: `SCM_CLUSTER_UNREACHABLE`, `SCM_CLUSTER_LOGIN`, `SCM_CLUSTER_TLS`; nothing stays open then. */
  static async open(options: ConnectClusterOptions): Promise<Either<ClusterError, CqlSession>> {
    const contact = await firstThatSpeaks(options);
    if (isLeft(contact)) return contact;
    const policy = new OneNodePolicy();
    const client = new Client(clientOptionsOf(options, contact.right, policy));
    try {
      await client.connect();
      return right(new CqlSession(client, policy));
    } catch (fault) {
      await client.shutdown().catch(() => undefined);
      return left(connectErrorOf(fault, endpointText(contact.right)));
    }
  }

  /** All rows of a query. Left: `SCM_CLUSTER_QUERY`, `SCM_CLUSTER_CLOSED`. The first query pins the node. */
  async rows(
    query: string,
    parameters: readonly string[] = [],
  ): Promise<Either<ClusterError, readonly Row[]>> {
    if (this.#closed) return left(new ClusterError({ code: 'SCM_CLUSTER_CLOSED' }));
    try {
      const result = await this.#client.execute(query, [...parameters], { fetchSize: FETCH_SIZE });
      this.#policy.pin(result.info.queriedHost);
      const rows: Row[] = [];
      for await (const row of result) {
        if (rows.length >= CQL_ROWS_MAX) throw new Error(`more than ${CQL_ROWS_MAX} rows`);
        rows.push(Object.fromEntries(row.keys().map((name) => [name, row.get(name) as unknown])));
      }
      return right(rows);
    } catch (fault) {
      return left(queryErrorOf(fault, query));
    }
  }

  /** One page of a query; `page` is where the page before said that the next one begins. Left: as {@link rows}. */
  async page(
    query: string,
    options: { readonly consistency: ReadConsistency; readonly pageRows: number },
    page: string | undefined,
  ): Promise<Either<ClusterError, RowPage>> {
    if (this.#closed) return left(new ClusterError({ code: 'SCM_CLUSTER_CLOSED' }));
    try {
      const result = await this.#client.execute(query, [], {
        consistency: driverLevel(options.consistency),
        fetchSize: options.pageRows,
        ...(page === undefined ? {} : { pageState: page }),
      });
      this.#policy.pin(result.info.queriedHost);
      // By name: a column may be called like a method of the driver's rows.
      const names = result.columns.map(({ name }) => name);
      const rows = result.rows.map((row) => names.map((name): unknown => row[name]));
      return right({ rows, next: result.pageState ?? undefined });
    } catch (fault) {
      return left(queryErrorOf(fault, query));
    }
  }

  /** Ends all connections; safe to call twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#client.shutdown();
  }
}
