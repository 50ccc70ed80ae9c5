export { type CancelTimer, type Clock, systemClock } from './clock.ts';
export { type Limiter, unlimited } from './limiter.ts';
