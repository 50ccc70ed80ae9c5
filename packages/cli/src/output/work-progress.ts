// Control plane. How far offline work on SSTables is: a bar on a terminal, a plain line every few seconds elsewhere. Called by the commands
// that run jobs.
import { SingleBar } from 'cli-progress';
import { rateText, sizeText } from './sizes.ts';
import type { Terminal } from './terminal.ts';

const LINE_EVERY_MS = 3000;

/** Shows bytes done of bytes to do. Nothing with --quiet; with --json only plain lines that others don't see. */
export class WorkProgress {
  readonly #terminal: Terminal;
  readonly #nowMs: () => number;
  readonly #startedMs: number;
  #bar: SingleBar | undefined;
  #lastLineMs: number;

  constructor(terminal: Terminal, nowMs: () => number) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
    this.#startedMs = nowMs();
    this.#lastLineMs = this.#startedMs;
  }

  #texts(doneBytes: number, totalBytes: number): Record<'done' | 'all' | 'rate', string> {
    return {
      done: sizeText(Math.round(doneBytes)),
      all: sizeText(totalBytes),
      rate: rateText(doneBytes, this.#nowMs() - this.#startedMs),
    };
  }

  update(doneBytes: number, totalBytes: number): void {
    const { quiet, json, stderr } = this.#terminal;
    if (quiet || json || totalBytes === 0) return;
    const texts = this.#texts(doneBytes, totalBytes);
    if (stderr.isTTY === true) {
      if (this.#bar === undefined) {
        this.#bar = new SingleBar({
          stream: stderr as NodeJS.WriteStream,
          format: '{bar} {percentage}% {done} of {all} {rate}',
          hideCursor: true,
          clearOnComplete: true,
        });
        this.#bar.start(totalBytes, 0, texts);
      }
      this.#bar.update(Math.min(doneBytes, totalBytes), texts);
      return;
    }
    const nowMs = this.#nowMs();
    if (nowMs - this.#lastLineMs < LINE_EVERY_MS) return;
    this.#lastLineMs = nowMs;
    stderr.write(`${texts.done} of ${texts.all}, ${texts.rate}\n`);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
