// Control plane. The tree of outbound limits of one process: which budgets a transfer draws on (spec: management §5.4, streaming-4.0-plus
// §7; StreamManager.StreamRateLimiter). Called by the session, which hands the limiters to the data path.
import { BehaviorSubject, type Observable } from 'rxjs';
import type { Clock } from './clock.ts';
import type { Limiter } from './limiter.ts';
import { TokenBucket } from './token-bucket.ts';

/** Limits in bytes per second, 0 = unlimited, named as in cassandra.yaml of 4.1 and later without `stream_throughput`. */
export interface ThrottleRates {
  /** All partial transfers (sections). */
  readonly outbound: number;
  /** Partial transfers to another datacenter, on top of `outbound`. */
  readonly interDc: number;
  /** All entire-SSTable transfers. */
  readonly entire: number;
  /** Entire-SSTable transfers to another datacenter, on top of `entire`. */
  readonly interDcEntire: number;
}

/** No limit anywhere. */
export const unlimitedRates: ThrottleRates = {
  outbound: 0,
  interDc: 0,
  entire: 0,
  interDcEntire: 0,
};

/** What decides on the budgets of a transfer. */
export interface TransferKind {
  /** The file goes as whole components. */
  readonly entire: boolean;
  /** The peer stands in another datacenter; false where that is not known, as in Cassandra. */
  readonly interDc: boolean;
}

/** Draws on two budgets, one after the other, with the same count; gives the first back when the second is not granted. */
class PairLimiter implements Limiter {
  readonly #first: TokenBucket;
  readonly #second: TokenBucket;

  constructor(first: TokenBucket, second: TokenBucket) {
    this.#first = first;
    this.#second = second;
  }

  acquire(bytes: number, signal?: AbortSignal): Promise<void> | undefined {
    const first = this.#first.acquire(bytes, signal);
    if (first !== undefined) return this.#waitForBoth(first, bytes, signal);
    const second = this.#second.acquire(bytes, signal);
    return second === undefined ? undefined : this.#waitForSecond(second, bytes);
  }

  async #waitForBoth(first: Promise<void>, bytes: number, signal?: AbortSignal): Promise<void> {
    await first;
    const second = this.#second.acquire(bytes, signal);
    if (second !== undefined) await this.#waitForSecond(second, bytes);
  }

  async #waitForSecond(second: Promise<void>, bytes: number): Promise<void> {
    try {
      await second;
    } catch (error) {
      this.#first.giveBack(bytes);
      throw error;
    }
  }
}

/** Four budgets, shared by every session and file of the process, and changed while running. */
export class OutboundThrottle {
  readonly #outbound: TokenBucket;
  readonly #interDc: TokenBucket;
  readonly #entire: TokenBucket;
  readonly #interDcEntire: TokenBucket;
  readonly #partialToOtherDc: Limiter;
  readonly #entireToOtherDc: Limiter;
  readonly #rates: BehaviorSubject<ThrottleRates>;

  /** The rates in force: now, and after each change; completes when the throttle is closed. */
  readonly rates$: Observable<ThrottleRates>;

  constructor(parts: { readonly clock: Clock }, rates: ThrottleRates = unlimitedRates) {
    this.#outbound = new TokenBucket(parts, { bytesPerSecond: rates.outbound });
    this.#interDc = new TokenBucket(parts, { bytesPerSecond: rates.interDc });
    this.#entire = new TokenBucket(parts, { bytesPerSecond: rates.entire });
    this.#interDcEntire = new TokenBucket(parts, { bytesPerSecond: rates.interDcEntire });
    this.#partialToOtherDc = new PairLimiter(this.#outbound, this.#interDc);
    this.#entireToOtherDc = new PairLimiter(this.#entire, this.#interDcEntire);
    this.#rates = new BehaviorSubject<ThrottleRates>({ ...rates });
    this.rates$ = this.#rates.asObservable();
  }

  /** The rates in force. */
  get rates(): ThrottleRates {
    return this.#rates.value;
  }

  /** True while some transfer waits for one of the budgets. */
  get isHolding(): boolean {
    return [this.#outbound, this.#interDc, this.#entire, this.#interDcEntire].some(
      ({ waiting }) => waiting > 0,
    );
  }

  /** The limiter for a transfer; it follows later changes of the rates. */
  limiterFor(kind: TransferKind): Limiter {
    if (kind.entire) return kind.interDc ? this.#entireToOtherDc : this.#entire;
    return kind.interDc ? this.#partialToOtherDc : this.#outbound;
  }

  /** Changes the given rates at once, also for transfers that wait. A negative or infinite rate throws a RangeError and changes none. */
  setRates(changes: Partial<ThrottleRates>): void {
    const rates: ThrottleRates = { ...this.rates, ...changes };
    for (const [name, rate] of Object.entries(rates))
      if (!(rate >= 0 && Number.isSafeInteger(rate)))
        throw new RangeError(`${name}: ${rate} is no rate in whole bytes per second`);
    this.#outbound.setRate(rates.outbound);
    this.#interDc.setRate(rates.interDc);
    this.#entire.setRate(rates.entire);
    this.#interDcEntire.setRate(rates.interDcEntire);
    this.#rates.next(rates);
  }

  /** Refuses everyone who waits and ends `rates$`; no timer is left. */
  close(): void {
    this.#outbound.close();
    this.#interDc.close();
    this.#entire.close();
    this.#interDcEntire.close();
    this.#rates.complete();
  }
}
