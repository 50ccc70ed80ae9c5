// Data plane. One direction of a faulty connection: decides, piece by piece, how many bytes pass, when, and changed how. Called by
// FaultyConnection. Pure but for its byte counter and the time it is told.
import type { DirectionFaults } from './fault-plan.ts';

/** What happens to the next bytes of a direction. */
export type LaneVerdict =
  | { readonly kind: 'pass'; readonly bytes: number; readonly waitMs: number }
  | { readonly kind: 'vanish' }
  | { readonly kind: 'cut'; readonly how: 'end' | 'reset' };

/** See the file's first lines. */
export class FaultLane {
  readonly #faults: DirectionFaults;
  readonly #random: () => number;
  /** Bytes that passed. */
  #passed = 0;
  #freeAtMs = 0;

  constructor(faults: DirectionFaults, random: () => number) {
    this.#faults = faults;
    this.#random = random;
  }

  /** True when the direction ends by itself before any more bytes. */
  get cutNow(): 'end' | 'reset' | undefined {
    const { cut } = this.#faults;
    return cut !== undefined && this.#passed >= cut.atByte ? cut.how : undefined;
  }

  /** True when nothing passes any more. */
  get vanished(): boolean {
    const { vanishAtByte } = this.#faults;
    return vanishAtByte !== undefined && this.#passed >= vanishAtByte;
  }

  /** What happens to the next `available` bytes (at least one). Counts what passes. */
  next(available: number, nowMs: number): LaneVerdict {
    const how = this.cutNow;
    if (how !== undefined) return { kind: 'cut', how };
    if (this.vanished) return { kind: 'vanish' };
    const { cut, vanishAtByte, pieceBytesMax } = this.#faults;
    const bytes = Math.min(
      available,
      pieceBytesMax ?? available,
      (cut?.atByte ?? Number.POSITIVE_INFINITY) - this.#passed,
      (vanishAtByte ?? Number.POSITIVE_INFINITY) - this.#passed,
    );
    return { kind: 'pass', bytes, waitMs: this.#waitMs(bytes, nowMs) };
  }

  /** Changes what the plan wants changed, in place, and counts the bytes. Bytes that need no change are not touched. */
  passing(bytes: Uint8Array): Uint8Array {
    const { corrupt } = this.#faults;
    const at = corrupt === undefined ? -1 : corrupt.atByte - this.#passed;
    this.#passed += bytes.length;
    if (at < 0 || at >= bytes.length) return bytes;
    const changed = Uint8Array.from(bytes);
    changed[at] = changed[at]! ^ (corrupt?.mask ?? 0xff);
    return changed;
  }

  #waitMs(bytes: number, nowMs: number): number {
    const { delayMs = 0, jitterMs = 0, bytesPerSecond } = this.#faults;
    let waitMs = delayMs + (jitterMs > 0 ? jitterMs * this.#random() : 0);
    if (bytesPerSecond !== undefined) {
      const startMs = Math.max(nowMs, this.#freeAtMs);
      this.#freeAtMs = startMs + (bytes * 1000) / bytesPerSecond;
      waitMs += this.#freeAtMs - nowMs;
    }
    return waitMs;
  }
}
