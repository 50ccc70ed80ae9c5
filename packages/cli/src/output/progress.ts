// Control plane. How far a transfer is: a bar on a terminal, a plain line every few seconds elsewhere. Called by load, serve and demo.
import type { LoadEvent } from '@scamander/scamander';
import { SingleBar } from 'cli-progress';
import { rateText, sizeText } from './sizes.ts';
import type { Terminal } from './terminal.ts';

const LINE_EVERY_MS = 3000;

/** Sums what was moved per session and shows it. */
export class TransferProgress {
  readonly #terminal: Terminal;
  readonly #nowMs: () => number;
  readonly #bar: SingleBar | undefined;
  readonly #startedMs: number;
  #totalBytes: number;
  #bytes = 0;
  #lastLineMs: number;

  constructor(terminal: Terminal, totalBytes: number, nowMs: () => number) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
    this.#totalBytes = totalBytes;
    this.#startedMs = nowMs();
    this.#lastLineMs = this.#startedMs;
    if (terminal.stderr.isTTY === true && !terminal.quiet && !terminal.json) {
      this.#bar = new SingleBar({
        stream: terminal.stderr as NodeJS.WriteStream,
        format: '{bar} {percentage}% {moved} of {all} {rate}',
        hideCursor: true,
        clearOnComplete: true,
      });
      this.#bar.start(Math.max(1, totalBytes), 0, this.#payload());
    }
  }

  #payload(): Record<string, string> {
    return {
      moved: sizeText(this.#bytes),
      all: sizeText(this.#totalBytes),
      rate: rateText(this.#bytes, this.#nowMs() - this.#startedMs),
    };
  }

  /** Takes every event; only the moved pieces count. */
  see(event: LoadEvent): void {
    if (event.type !== 'FileChunk') return;
    this.#bytes += event.chunk.lengthBytes;
    if (this.#bar !== undefined) {
      this.#bar.update(Math.min(this.#bytes, this.#totalBytes), this.#payload());
      return;
    }
    const now = this.#nowMs();
    if (this.#terminal.quiet || this.#terminal.json || now - this.#lastLineMs < LINE_EVERY_MS)
      return;
    this.#lastLineMs = now;
    const { moved, all, rate } = this.#payload();
    this.#terminal.stderr.write(`${moved} of ${all}, ${rate}\n`);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get elapsedMs(): number {
    return this.#nowMs() - this.#startedMs;
  }

  stop(): void {
    this.#bar?.stop();
  }
}
