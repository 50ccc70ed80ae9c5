// Control plane. What can be wrong with a rate's text, and how a wait ends without permission. Called by this package and its users.

/** What is wrong with a rate, with the text as given. */
export type RateErrorType =
  | { readonly code: 'SCM_RATE_SYNTAX'; readonly text: string; readonly expected: string }
  | { readonly code: 'SCM_RATE_TOO_SMALL'; readonly text: string }
  | { readonly code: 'SCM_RATE_TOO_LARGE'; readonly text: string; readonly limit: number };

/** One sentence for people. */
export const rateErrorMessage = (error: RateErrorType): string => {
  switch (error.code) {
    case 'SCM_RATE_SYNTAX':
      return `"${error.text}" is no data rate: expected ${error.expected}`;
    case 'SCM_RATE_TOO_SMALL':
      return `"${error.text}" is less than one byte per second; 0 means unlimited`;
    case 'SCM_RATE_TOO_LARGE':
      return `"${error.text}" is above the limit of ${error.limit} bytes per second`;
    default: {
      const never: never = error;
      return never;
    }
  }
};

/** Carries one case of {@link RateErrorType}. */
export class RateError extends Error {
  override readonly name = 'RateError';
  readonly code: RateErrorType['code'];
  readonly detail: RateErrorType;

  constructor(detail: RateErrorType, options?: ErrorOptions) {
    super(rateErrorMessage(detail), options);
    this.code = detail.code;
    this.detail = detail;
  }
}

/** The caller's signal fired before the bytes were allowed; `cause` is the signal's reason. */
export class AbortError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'SCM_THROTTLE_ABORTED';

  constructor(reason: unknown) {
    super('gave up waiting for permission to move bytes', { cause: reason });
  }
}

/** The limiter was closed while bytes waited for it, or before they asked. */
export class ThrottleClosedError extends Error {
  override readonly name = 'ThrottleClosedError';
  readonly code = 'SCM_THROTTLE_CLOSED';

  constructor() {
    super('the throttle is closed');
  }
}
