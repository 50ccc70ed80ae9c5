// Control plane. Why no plan can be made. Called by the planners of this package and by whoever reports.

/** What stands against a plan. */
export type PlanErrorType =
  | {
      readonly code: 'SCM_PLAN_TRANSIENT';
      readonly replication: string;
      /** Endpoint texts of nodes that would be transient replicas. */
      readonly nodes: readonly string[];
    }
  | { readonly code: 'SCM_PLAN_NOT_PLACED'; readonly replication: string }
  /** Every node keeps its own data, so it must be said whose are meant. */
  | {
      readonly code: 'SCM_PLAN_LOCAL';
      readonly replication: string;
      readonly nodes: readonly string[];
    }
  | {
      readonly code: 'SCM_PLAN_PARTITIONER';
      readonly source: string;
      readonly target: string;
    }
  | { readonly code: 'SCM_PLAN_NO_REPLICAS'; readonly replication: string }
  | {
      readonly code: 'SCM_PLAN_UNKNOWN_NAME';
      readonly filter: string;
      readonly name: string;
      readonly known: readonly string[];
    }
  | { readonly code: 'SCM_PLAN_BAD_SSTABLE'; readonly sstable: string; readonly reason: string }
  | {
      readonly code: 'SCM_PLAN_TOO_LARGE';
      readonly what: string;
      readonly count: number;
      readonly limit: number;
    };

/** One sentence for people. */
export const planErrorMessage = (error: PlanErrorType): string => {
  switch (error.code) {
    case 'SCM_PLAN_TRANSIENT':
      return `transient replicas are not supported for a load (${error.replication}; ${error.nodes.join(', ')})`;
    case 'SCM_PLAN_NOT_PLACED':
      return `${error.replication} is not replicated over the ring, so the ring does not say who keeps what`;
    case 'SCM_PLAN_LOCAL':
      return `under ${error.replication} every node keeps data of its own: name one node, or ask for all replicas (${error.nodes.join(', ')})`;
    case 'SCM_PLAN_PARTITIONER':
      return `tokens of ${error.source} mean nothing to ${error.target}`;
    case 'SCM_PLAN_NO_REPLICAS':
      return `no node of the cluster keeps this keyspace (${error.replication})`;
    case 'SCM_PLAN_UNKNOWN_NAME':
      return `${error.filter} ${JSON.stringify(error.name)} is not in the cluster; known: ${error.known.join(', ')}`;
    case 'SCM_PLAN_BAD_SSTABLE':
      return `${error.sstable}: ${error.reason}`;
    case 'SCM_PLAN_TOO_LARGE':
      return `${error.count} ${error.what}, the limit is ${error.limit}`;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link PlanErrorType}. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly code: PlanErrorType['code'];
  readonly detail: PlanErrorType;

  constructor(detail: PlanErrorType, options?: ErrorOptions) {
    super(planErrorMessage(detail), options);
    this.code = detail.code;
    this.detail = detail;
  }
}
