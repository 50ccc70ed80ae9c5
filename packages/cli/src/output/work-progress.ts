// Control plane. How far work that moves nothing is: reading, checking, rewriting. Called by the commands that run jobs, which make one at their
// start, tell it how far they are, and stop it on every path.
import { Meter } from './meter.ts';
import { type ProgressView, progressView } from './progress-view.ts';
import type { Terminal } from './terminal.ts';

const NOTHING = { boundBy: undefined, peer: undefined } as const;

/** Shows bytes done of bytes to do. Nothing with --quiet, and nothing with --json, unless its lines are events. */
export class WorkProgress {
  readonly #nowMs: () => number;
  readonly #view: ProgressView;
  readonly #meter: Meter;
  #showAtMs: number;

  /** `isEvents`: with --json, stdout carries events, among which those of progress may stand. */
  constructor(terminal: Terminal, nowMs: () => number, isEvents = false) {
    this.#nowMs = nowMs;
    this.#view = progressView(terminal, isEvents);
    this.#meter = new Meter(nowMs());
    this.#showAtMs = nowMs() + this.#view.firstAfterMs;
  }

  update(doneBytes: number, totalBytes: number): void {
    const { everyMs } = this.#view;
    if (everyMs === 0 || totalBytes === 0) return;
    this.#meter.expect(totalBytes);
    this.#meter.reach(Math.round(doneBytes));
    const nowMs = this.#nowMs();
    if (nowMs < this.#showAtMs) return;
    this.#showAtMs = nowMs + everyMs;
    this.#meter.tick(nowMs);
    this.#view.show({ ...this.#meter.progress, bound: NOTHING }, []);
  }

  stop(): void {
    this.#view.stop();
  }
}
