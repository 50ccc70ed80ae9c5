// Control plane, except for FileChunk, which comes with each piece and only adds up. How far a transfer is, how fast, and what bounds it. Called by
// TransferView, verify and demo, which make one at their start, hand it every event, tell it the total as soon as they know it, print their news through
// `above`, and stop it on every path.
import { BoundWatch, type TransferCounters, transferCounters } from '@scamander/scamander';
import { Meter } from './meter.ts';
import { peerText } from './peer-text.ts';
import type { ProgressEvent } from './progress-event.ts';
import { type ProgressView, progressView } from './progress-view.ts';
import type { Terminal } from './terminal.ts';

/** What it is shown by; tests hand in others. */
export interface ProgressParts {
  /** What the process waits for and computes. */
  readonly counters: () => TransferCounters;
  /** Calls back again and again, until what it returns is called. */
  readonly every: (ms: number, callback: () => void) => () => void;
  /** Counts only what goes this way: a copy moves everything in and out. @default both */
  readonly direction?: 'in' | 'out';
}

/** The machine's own. */
const systemParts: ProgressParts = {
  counters: transferCounters,
  every: (ms, callback) => {
    const timer = setInterval(callback, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
};

type SessionEvent = ProgressEvent & { readonly type: 'SessionPrepared' };
type SessionRef = SessionEvent['session'];

type PeerMoved = { readonly peer: string; readonly meter: Meter; totalBytes: number };
type SessionMoved = { readonly of: PeerMoved; movedBytes: number; announcedBytes: number };

const COUNTERS_EVERY_MS = 1_000;

/** Sums what was moved, and shows it now and then. A total may come late, and change; what a failed session moved will come again. */
export class TransferProgress {
  readonly #terminal: Terminal;
  readonly #nowMs: () => number;
  readonly #parts: ProgressParts;
  readonly #view: ProgressView;
  readonly #meter: Meter;
  readonly #watch = new BoundWatch();
  readonly #startedMs: number;
  readonly #stopTimer: () => void;
  readonly #peers = new Map<string, PeerMoved>();
  /** By the object, which is the same for all events of a session. */
  readonly #sessions = new Map<SessionRef, SessionMoved>();
  /** Undefined where the total is told. */
  #sessionsToCome: number | undefined;
  #announcedBytes = 0;
  #announcedSessions = 0;
  #bound: ReturnType<BoundWatch['see']> = { boundBy: undefined, peer: undefined };
  #countedMs: number;
  #showAtMs: number;

  /** `totalBytes` undefined: not known yet; see {@link expect}. */
  constructor(
    terminal: Terminal,
    totalBytes: number | undefined,
    nowMs: () => number,
    parts: Partial<ProgressParts> = {},
  ) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
    this.#parts = { ...systemParts, ...parts };
    this.#view = progressView(terminal, true);
    this.#startedMs = nowMs();
    this.#countedMs = this.#startedMs;
    this.#showAtMs = this.#startedMs + this.#view.firstAfterMs;
    this.#meter = new Meter(this.#startedMs, totalBytes);
    const { everyMs } = this.#view;
    if (everyMs > 0) this.#watch.see(this.#parts.counters());
    this.#stopTimer =
      everyMs > 0 ? this.#parts.every(everyMs, () => this.#tick()) : () => undefined;
  }

  /** The total is this now: of all that is to be moved from the beginning on. Undefined: it is not known any more. */
  expect(totalBytes: number | undefined): void {
    this.#meter.expect(totalBytes);
  }

  /** The total is not known, but comes in so many sessions: those that have told their sizes stand for the others. */
  expectSessions(count: number): void {
    this.#sessionsToCome = count;
    this.#estimate();
  }

  /** Takes every event. */
  see(event: ProgressEvent): void {
    switch (event.type) {
      case 'FileChunk':
        this.#moved(event.session, event.chunk.direction, event.chunk.lengthBytes);
        break;
      case 'SessionPrepared':
        this.#prepared(event);
        break;
      case 'SessionComplete':
        this.#completed(event.session);
        break;
      case 'SessionFailed':
        this.#failed(event.session, event.outcome === 'applied');
        break;
      default:
    }
  }

  /** A line of news or of an error, above the bars where there are any. Whether it is wanted is the caller's question. */
  above(text: string): void {
    this.#view.above(text);
  }

  /** All bytes that were moved, those that had to be moved again too. */
  get bytes(): number {
    return this.#meter.movedBytes;
  }

  get elapsedMs(): number {
    return this.#nowMs() - this.#startedMs;
  }

  /** Takes the bars away. Calling it again does nothing. */
  stop(): void {
    this.#stopTimer();
    this.#view.stop();
  }

  #session(ref: SessionRef): SessionMoved {
    const found = this.#sessions.get(ref);
    if (found !== undefined) return found;
    const peer = peerText(ref.peer);
    const nothing = { peer, meter: new Meter(this.#nowMs(), 0), totalBytes: 0 };
    const of = this.#peers.get(peer) ?? nothing;
    this.#peers.set(peer, of);
    const session: SessionMoved = { of, movedBytes: 0, announcedBytes: 0 };
    this.#sessions.set(ref, session);
    return session;
  }

  #moved(ref: SessionRef, direction: 'in' | 'out', bytes: number): void {
    if (this.#parts.direction !== undefined && this.#parts.direction !== direction) return;
    const session = this.#session(ref);
    session.movedBytes += bytes;
    session.of.meter.move(bytes);
    this.#meter.move(bytes);
    // where the loop is busy with pieces, its timers come late
    if (this.#view.everyMs > 0 && this.#nowMs() >= this.#showAtMs) this.#tick();
  }

  #prepared({ session: ref, sending, receiving }: SessionEvent): void {
    const { direction } = this.#parts;
    const session = this.#session(ref);
    const announced = [
      ...(direction === 'in' ? [] : sending),
      ...(direction === 'out' ? [] : receiving),
    ].reduce((sum, { totalSizeBytes }) => sum + Number(totalSizeBytes), 0);
    this.#announce(session, announced - session.announcedBytes);
  }

  #announce(session: SessionMoved, moreBytes: number): void {
    const before = session.announcedBytes;
    session.announcedBytes += moreBytes;
    this.#announcedBytes += moreBytes;
    this.#announcedSessions += Math.sign(session.announcedBytes) - Math.sign(before);
    this.#estimate();
    session.of.totalBytes += moreBytes;
    session.of.meter.expect(session.of.totalBytes);
  }

  #estimate(): void {
    if (this.#sessionsToCome === undefined || this.#announcedSessions === 0) return;
    const count = Math.max(this.#sessionsToCome, this.#announcedSessions);
    this.#meter.expect(Math.round((this.#announcedBytes * count) / this.#announcedSessions));
  }

  /** What was announced and did not come will not come: sessions that only ask for sizes move nothing. */
  #completed(ref: SessionRef): void {
    const session = this.#sessions.get(ref);
    this.#sessions.delete(ref);
    if (session !== undefined) this.#announce(session, session.movedBytes - session.announcedBytes);
  }

  #failed(ref: SessionRef, isApplied: boolean): void {
    const session = this.#sessions.get(ref);
    this.#sessions.delete(ref);
    if (session === undefined || isApplied) return;
    this.#meter.lose(session.movedBytes);
    session.of.meter.lose(session.movedBytes);
    this.#announce(session, -session.announcedBytes);
  }

  #tick(): void {
    const nowMs = this.#nowMs();
    this.#showAtMs = nowMs + this.#view.everyMs;
    this.#meter.tick(nowMs);
    for (const { meter } of this.#peers.values()) meter.tick(nowMs);
    if (nowMs - this.#countedMs >= COUNTERS_EVERY_MS) {
      this.#countedMs = nowMs;
      this.#bound = this.#watch.see(this.#parts.counters());
    }
    // before the first byte there is nothing to say, except to programs
    if (this.#meter.movedBytes === 0 && !this.#terminal.json) return;
    const peers = this.#terminal.verbose
      ? [...this.#peers.values()].map(({ peer, meter }) => ({ peer, ...meter.progress }))
      : [];
    this.#view.show({ ...this.#meter.progress, bound: this.#bound }, peers);
  }
}
