export { type CancelTimer, type Clock, systemClock } from './clock.ts';
export {
  AbortError,
  RateError,
  type RateErrorType,
  rateErrorMessage,
  ThrottleClosedError,
} from './errors.ts';
export { type Limiter, unlimited } from './limiter.ts';
export { RATE_BYTES_PER_SECOND_MAX, RATE_TEXT_LENGTH_MAX } from './limits.ts';
export {
  OutboundThrottle,
  type ThrottleRates,
  type TransferKind,
  unlimitedRates,
} from './outbound-throttle.ts';
export { formatRate, parseRate } from './rate.ts';
export { TokenBucket, type TokenBucketOptions } from './token-bucket.ts';
