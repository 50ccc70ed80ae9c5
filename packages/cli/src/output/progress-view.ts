// Control plane. Where progress is shown: bars on a terminal, a plain line every few seconds elsewhere, an object a second with --json, nothing with
// --quiet. Called by TransferProgress and WorkProgress.
import { MultiBar, type SingleBar } from 'cli-progress';
import { jsonLine } from './json-lines.ts';
import type { Progress } from './meter.ts';
import {
  barText,
  boundText,
  progressObject,
  progressText,
  type ShownProgress,
} from './progress-text.ts';
import type { Terminal } from './terminal.ts';

const BAR_EVERY_MS = 250;
const LINE_EVERY_MS = 3_000;
const OBJECT_EVERY_MS = 1_000;

/** Peers with a line of their own; more would push the rest off the screen. */
const PEER_LINES_MAX = 8;

/** One peer's part. */
export interface PeerProgress extends Progress {
  readonly peer: string;
}

/** See the file's first lines. */
export interface ProgressView {
  /** How often it wants to show something; 0 where never. */
  readonly everyMs: number;
  /** When for the first time: a bar at once. */
  readonly firstAfterMs: number;
  show(shown: ShownProgress, peers: readonly PeerProgress[]): void;
  /** A line of news, above the bars where there are any. */
  above(text: string): void;
  stop(): void;
}

/** A line for each of the first peers, and one for the others. */
export const peerLines = (peers: readonly PeerProgress[]): readonly string[] => {
  if (peers.length < 2) return [];
  const shown = peers.length > PEER_LINES_MAX ? peers.slice(0, PEER_LINES_MAX - 1) : peers;
  const lines = shown.map((one) => `  ${barText(one)}${one.peer}: ${progressText(one)}`);
  const others = peers.slice(shown.length);
  if (others.length === 0) return lines;
  const done = others.filter(({ bytes, totalBytes }) => bytes === totalBytes).length;
  return [...lines, `  and ${others.length} more peers, ${done} of them have everything`];
};

class Bars implements ProgressView {
  readonly everyMs = BAR_EVERY_MS;
  readonly firstAfterMs = 0;
  readonly #terminal: Terminal;
  readonly #bars: MultiBar;
  readonly #lines: SingleBar[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#bars = new MultiBar({
      stream: terminal.stderr as NodeJS.WriteStream,
      format: (_options, _params, payload: { readonly line?: string }) => payload.line ?? '',
      hideCursor: true,
      clearOnComplete: true,
      // what stands above the bars pushes them down, changed or not
      forceRedraw: true,
      fps: 1000 / BAR_EVERY_MS,
    });
  }

  show(shown: ShownProgress, peers: readonly PeerProgress[]): void {
    const lines = [`${barText(shown)}${boundText(shown)}`, ...peerLines(peers)];
    for (const [at, line] of lines.entries()) {
      const bar = this.#lines[at];
      if (bar === undefined) this.#lines.push(this.#bars.create(1, 0, { line }));
      else bar.update(0, { line });
    }
    // peers that went leave an empty line, until the bars are gone
    for (const bar of this.#lines.slice(lines.length)) bar.update(0, { line: '' });
    this.#bars.update();
  }

  above(text: string): void {
    if (!this.#bars.isActive) {
      this.#terminal.stderr.write(`${text}\n`);
      return;
    }
    this.#bars.log(`${text}\n`);
    this.#bars.update();
  }

  stop(): void {
    if (!this.#bars.isActive) return;
    // news may still wait to be written
    this.#bars.update();
    this.#bars.stop();
  }
}

class Lines implements ProgressView {
  readonly everyMs = LINE_EVERY_MS;
  readonly firstAfterMs = LINE_EVERY_MS;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(shown: ShownProgress, peers: readonly PeerProgress[]): void {
    for (const line of [boundText(shown), ...peerLines(peers)]) this.above(line);
  }

  above(text: string): void {
    this.#terminal.stderr.write(`${text}\n`);
  }

  stop(): void {}
}

class Objects implements ProgressView {
  readonly everyMs = OBJECT_EVERY_MS;
  readonly firstAfterMs = OBJECT_EVERY_MS;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(shown: ShownProgress): void {
    this.#terminal.stdout.write(jsonLine(progressObject(shown)));
  }

  above(text: string): void {
    this.#terminal.stderr.write(`${text}\n`);
  }

  stop(): void {}
}

class Nothing implements ProgressView {
  readonly everyMs = 0;
  readonly firstAfterMs = 0;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(): void {}

  above(text: string): void {
    this.#terminal.stderr.write(`${text}\n`);
  }

  stop(): void {}
}

/** The view for a place. `objects` false: its JSON is something else than events. */
export const progressView = (terminal: Terminal, objects: boolean): ProgressView => {
  if (terminal.json) return objects ? new Objects(terminal) : new Nothing(terminal);
  if (terminal.quiet) return new Nothing(terminal);
  return terminal.stderr.isTTY === true ? new Bars(terminal) : new Lines(terminal);
};
