// Control plane. Everything that can be wrong with rings, tokens and replication settings. Called by this package and by whoever reports.

/** Why a ring, a token, a range or a replication setting is not one. */
export type RingErrorType =
  | { readonly code: 'SCM_RING_UNKNOWN_PARTITIONER'; readonly partitioner: string }
  | {
      readonly code: 'SCM_RING_BAD_TOKEN';
      readonly token: string;
      readonly partitioner: string;
      readonly reason: string;
    }
  | { readonly code: 'SCM_RING_BAD_RANGE'; readonly range: string; readonly reason: string }
  | { readonly code: 'SCM_RING_UNKNOWN_STRATEGY'; readonly strategy: string }
  | {
      readonly code: 'SCM_RING_BAD_REPLICATION';
      readonly strategy: string;
      readonly option: string;
      readonly value: string;
      readonly reason: string;
    }
  | {
      readonly code: 'SCM_RING_TOKEN_COLLISION';
      readonly token: string;
      readonly first: string;
      readonly second: string;
    }
  | { readonly code: 'SCM_RING_DUPLICATE_NODE'; readonly endpoint: string }
  | { readonly code: 'SCM_RING_NODE'; readonly endpoint: string; readonly reason: string }
  | {
      readonly code: 'SCM_RING_TOO_LARGE';
      readonly what: string;
      readonly count: number;
      readonly limit: number;
    };

/** One sentence for people. */
export const ringErrorMessage = (error: RingErrorType): string => {
  switch (error.code) {
    case 'SCM_RING_UNKNOWN_PARTITIONER':
      return `unknown partitioner ${error.partitioner}`;
    case 'SCM_RING_BAD_TOKEN':
      return `${JSON.stringify(error.token)} is not a token of ${error.partitioner}: ${error.reason}`;
    case 'SCM_RING_BAD_RANGE':
      return `${JSON.stringify(error.range)} is not a token range: ${error.reason}`;
    case 'SCM_RING_UNKNOWN_STRATEGY':
      return `unknown replication strategy ${error.strategy}`;
    case 'SCM_RING_BAD_REPLICATION':
      return `${error.strategy}, option ${error.option} = ${JSON.stringify(error.value)}: ${error.reason}`;
    case 'SCM_RING_TOKEN_COLLISION':
      return `Bootstrap Token collision between ${error.first} and ${error.second} (token ${error.token})`;
    case 'SCM_RING_DUPLICATE_NODE':
      return `${error.endpoint} is in the ring twice`;
    case 'SCM_RING_NODE':
      return `${error.endpoint}: ${error.reason}`;
    case 'SCM_RING_TOO_LARGE':
      return `${error.count} ${error.what}, the limit is ${error.limit}`;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link RingErrorType}. */
export class RingError extends Error {
  override readonly name = 'RingError';
  readonly code: RingErrorType['code'];
  readonly detail: RingErrorType;

  constructor(detail: RingErrorType, options?: ErrorOptions) {
    super(ringErrorMessage(detail), options);
    this.code = detail.code;
    this.detail = detail;
  }
}
