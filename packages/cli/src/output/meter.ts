// Control plane, except move(), which is called for each piece: how much is moved, how fast, how long it will take. Called by progress. Pure:
// times are handed in.

/** How far back a rate looks: what is older than this weighs about a third. */
const RATE_OVER_MS = 5_000;

/** A rate in which the last seconds count most, and in which a constant rate is that rate from the first sample on. */
export class SmoothedRate {
  #atMs: number;
  #bytes = 0;
  #weighedBytes = 0;
  #weighedMs = 0;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** Takes the sum of all bytes up to now. Time that stands still or runs backwards changes nothing. */
  see(bytes: number, nowMs: number): void {
    const ms = nowMs - this.#atMs;
    if (ms <= 0) return;
    const keep = Math.exp(-ms / RATE_OVER_MS);
    // what came during `ms` came evenly: its weight is the mean of the weights of its moments
    const gain = (RATE_OVER_MS * (1 - keep)) / ms;
    this.#weighedBytes = this.#weighedBytes * keep + (bytes - this.#bytes) * gain;
    this.#weighedMs = this.#weighedMs * keep + ms * gain;
    this.#bytes = bytes;
    this.#atMs = nowMs;
  }

  /** Undefined before the first sample. */
  get bytesPerSecond(): number | undefined {
    return this.#weighedMs === 0 ? undefined : (this.#weighedBytes / this.#weighedMs) * 1000;
  }
}

/** How far something is. */
export interface Progress {
  /** Never less than a moment ago, and never more than `totalBytes`. */
  readonly bytes: number;
  /** Undefined where nobody knows. */
  readonly totalBytes: number | undefined;
  readonly bytesPerSecond: number | undefined;
  /** Undefined where the total is not known, or nothing moves. */
  readonly etaSeconds: number | undefined;
}

/** Moved bytes of which some may turn out to be in vain: those will be moved again, and count once. */
export class Meter {
  readonly #rate: SmoothedRate;
  #totalBytes: number | undefined;
  #movedBytes = 0;
  #lostBytes = 0;
  #shownBytes = 0;

  constructor(nowMs: number, totalBytes?: number) {
    this.#rate = new SmoothedRate(nowMs);
    this.#totalBytes = totalBytes;
  }

  /** The total is this now, of all that was and will be moved. */
  expect(totalBytes: number | undefined): void {
    this.#totalBytes = totalBytes;
  }

  /** Bytes moved. */
  move(bytes: number): void {
    this.#movedBytes += bytes;
  }

  /** Bytes that were moved in vain. */
  lose(bytes: number): void {
    this.#lostBytes += bytes;
  }

  /** Takes the sum of moved bytes as it stands, where somebody else counts. */
  reach(bytes: number): void {
    this.#movedBytes = bytes + this.#lostBytes;
  }

  /** All bytes that were moved, those in vain too. */
  get movedBytes(): number {
    return this.#movedBytes;
  }

  /** Brings the rate up to now. */
  tick(nowMs: number): void {
    this.#rate.see(this.#movedBytes, nowMs);
  }

  /** How far it is, as of the last tick. */
  get progress(): Progress {
    const goodBytes = this.#movedBytes - this.#lostBytes;
    this.#shownBytes = Math.max(this.#shownBytes, goodBytes);
    const expected = this.#totalBytes;
    const totalBytes = expected === undefined ? undefined : Math.max(expected, this.#shownBytes);
    const { bytesPerSecond } = this.#rate;
    const etaSeconds =
      totalBytes === undefined || bytesPerSecond === undefined || bytesPerSecond < 1
        ? undefined
        : (totalBytes - goodBytes) / bytesPerSecond;
    return { bytes: this.#shownBytes, totalBytes, bytesPerSecond, etaSeconds };
  }
}
