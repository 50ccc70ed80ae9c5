// Control plane. Why a cluster could not be asked over CQL. Called by connectCluster, its Cluster, and whoever reports.
import { type RingErrorType, ringErrorMessage } from '@scamander/ring';

/** Why one contact point did not serve. */
export interface ContactFailure {
  readonly host: string;
  readonly reason: string;
}

/** What went wrong. */
export type ClusterErrorType =
  | { readonly code: 'SCM_CLUSTER_UNREACHABLE'; readonly tried: readonly ContactFailure[] }
  | { readonly code: 'SCM_CLUSTER_LOGIN'; readonly host: string; readonly reason: string }
  | { readonly code: 'SCM_CLUSTER_TLS'; readonly host: string; readonly reason: string }
  | { readonly code: 'SCM_CLUSTER_RELEASE'; readonly release: string; readonly reason: string }
  | {
      readonly code: 'SCM_CLUSTER_UNKNOWN_KEYSPACE';
      readonly keyspace: string;
      readonly known: readonly string[];
    }
  | {
      readonly code: 'SCM_CLUSTER_UNKNOWN_TABLE';
      readonly keyspace: string;
      readonly table: string;
      readonly known: readonly string[];
    }
  | { readonly code: 'SCM_CLUSTER_QUERY'; readonly query: string; readonly reason: string }
  | {
      readonly code: 'SCM_CLUSTER_BAD_ROW';
      readonly table: string;
      readonly column: string;
      readonly found: string;
    }
  | { readonly code: 'SCM_CLUSTER_RING'; readonly cause: RingErrorType }
  | { readonly code: 'SCM_CLUSTER_CLOSED' };

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.join(', ');

/** One sentence for people. */
export const clusterErrorMessage = (error: ClusterErrorType): string => {
  switch (error.code) {
    case 'SCM_CLUSTER_UNREACHABLE':
      return `no contact point answers CQL: ${error.tried.map(({ host, reason }) => `${host}: ${reason}`).join('; ')}`;
    case 'SCM_CLUSTER_LOGIN':
      return `${error.host} refuses the login: ${error.reason}`;
    case 'SCM_CLUSTER_TLS':
      return `TLS with ${error.host} failed: ${error.reason}`;
    case 'SCM_CLUSTER_RELEASE':
      return `Cassandra ${error.release} is not supported: ${error.reason}`;
    case 'SCM_CLUSTER_UNKNOWN_KEYSPACE':
      return `the cluster has no keyspace ${error.keyspace}; it has ${listed(error.known)}`;
    case 'SCM_CLUSTER_UNKNOWN_TABLE':
      return `keyspace ${error.keyspace} has no table ${error.table}; it has ${listed(error.known)}`;
    case 'SCM_CLUSTER_QUERY':
      return `a query failed: ${error.reason} (${error.query})`;
    case 'SCM_CLUSTER_BAD_ROW':
      return `${error.table}.${error.column} holds ${error.found}`;
    case 'SCM_CLUSTER_RING':
      return `the cluster describes no ring: ${ringErrorMessage(error.cause)}`;
    case 'SCM_CLUSTER_CLOSED':
      return 'the connection to the cluster is closed';
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link ClusterErrorType}. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ClusterErrorType['code'];
  readonly detail: ClusterErrorType;

  constructor(detail: ClusterErrorType, options?: ErrorOptions) {
    super(clusterErrorMessage(detail), options);
    this.code = detail.code;
    this.detail = detail;
  }
}
