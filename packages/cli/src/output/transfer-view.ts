// Control plane, except for FileChunk, which comes with each piece and is only counted. Shows a job that moves bytes: its events as JSON lines, or its
// progress, problems and news. Called by load, pull and copy for every event; they stop it on every path.
import { errorText } from './errors.ts';
import { eventLine } from './json-lines.ts';
import { TransferProgress } from './progress.ts';
import type { ProgressEvent } from './progress-event.ts';
import type { Terminal } from './terminal.ts';

/** What differs between jobs. */
export interface TransferViewParts<Event extends ProgressEvent> {
  /** Tells the progress what is to be moved, as soon as an event says so. */
  readonly expect: (event: Event, progress: TransferProgress) => void;
  /** One line of news for people; undefined for what they need not see. */
  readonly newsLine: (event: Event, verbose: boolean) => string | undefined;
  /** Counts only what goes this way. @default both */
  readonly direction?: 'in' | 'out';
}

/** See the file's first lines. */
export class TransferView<Event extends ProgressEvent> {
  readonly #terminal: Terminal;
  readonly #parts: TransferViewParts<Event>;
  readonly #progress: TransferProgress;

  constructor(terminal: Terminal, nowMs: () => number, parts: TransferViewParts<Event>) {
    const { direction } = parts;
    this.#terminal = terminal;
    this.#parts = parts;
    this.#progress = new TransferProgress(
      terminal,
      undefined,
      nowMs,
      direction === undefined ? {} : { direction },
    );
  }

  see(event: Event): void {
    const { json, quiet, verbose, stdout } = this.#terminal;
    if (json) stdout.write(eventLine(event));
    this.#parts.expect(event, this.#progress);
    this.#progress.see(event);
    if (event.type === 'Problem') {
      this.#progress.above(errorText(event.error));
    } else if (!json && !quiet) {
      const line = this.#parts.newsLine(event, verbose);
      if (line !== undefined) this.#progress.above(line);
    }
  }

  stop(): void {
    this.#progress.stop();
  }
}
