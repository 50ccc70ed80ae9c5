// Control plane. Runs one session: feeds the machine what happened, one input at a time, and performs the effects it answers. Created by
// StreamPlan (initiator) and StreamManager (follower). Decides nothing about the protocol; that is machine/.
import type { CancelTimer, Clock } from '@scamander/throttle';
import type { FileChunk, TransferContext } from '@scamander/transport';
import {
  type Endpoint,
  endpointText,
  type StreamFile,
  type StreamingVersion,
  type StreamMessageHeader,
  type StreamRequest,
  type VersionRange,
  type WireContext,
} from '@scamander/wire-codec';
import type { SessionRef, StreamEvent } from '../events.ts';
import type { EventBody, SessionEffect } from '../machine/effects.ts';
import type { SessionInput } from '../machine/inputs.ts';
import {
  createSession,
  numberFiles,
  type Session,
  type SessionIdentity,
  type SessionSettings,
  summariesOf,
  type TimerName,
} from '../machine/model.ts';
import { outcomeOfCompletion } from '../machine/outcome.ts';
import { step } from '../machine/step.ts';
import type { StreamParts } from '../parts.ts';
import type { OutgoingFile } from '../ports.ts';
import type { RegisteredSession } from '../session-registry.ts';
import type { SessionSnapshot } from '../stream-state.ts';
import type { SessionTimeouts } from '../timeouts.ts';
import type { Attachment } from './attachment.ts';
import { reasonOf } from './causes.ts';
import { CONTROL, SessionConnections } from './connections.ts';
import { ControlWriter } from './control-writer.ts';
import { FileReceiver } from './file-receiver.ts';
import { FileSender, outgoingInfo } from './file-sender.ts';
import { FileTransfers } from './file-transfers.ts';
import { MessageSource } from './message-source.ts';
import { readMessages } from './reading-loop.ts';
import { selectFiles } from './selecting.ts';
import { SessionDialer } from './session-dialer.ts';
import type { SessionLink } from './session-link.ts';
import { SessionProgress } from './session-progress.ts';

type QuickEffect = Extract<
  SessionEffect,
  { type: 'Send' | 'ArmTimer' | 'CancelTimer' | 'Emit' | 'ReceiveFile' | 'CloseEverything' }
>;
type LongEffect = Exclude<SessionEffect, QuickEffect>;

/** Where a session tells what happens. */
export interface SessionNews {
  emit(event: StreamEvent): void;
  /** Chunks are only told when somebody listens. */
  readonly chunksWanted: boolean;
}

/** What a session runs with. */
export interface RuntimeOptions {
  readonly identity: SessionIdentity;
  readonly settings: SessionSettings;
  readonly versions: VersionRange;
  readonly addressMap: (peer: Endpoint) => Endpoint;
  readonly news: SessionNews;
  readonly requests?: readonly StreamRequest[];
  readonly files?: readonly OutgoingFile[];
  /** Why it can't even begin. */
  readonly refusal?: string | undefined;
}

/** One running session. */
export class SessionRuntime implements RegisteredSession, SessionLink {
  readonly identity: SessionIdentity;
  readonly peer: string;
  readonly clock: Clock;
  readonly timeouts: SessionTimeouts;
  readonly progress: SessionProgress;
  readonly transfers = new FileTransfers();
  /** Resolves when the session is over and nothing of it is open. */
  readonly ended: Promise<void>;
  /** Resolves when both sides know what will be sent; never when the session ends before. */
  readonly prepared: Promise<void>;
  readonly #parts: StreamParts;
  readonly #options: RuntimeOptions;
  readonly #ref: SessionRef;
  readonly #connections: SessionConnections;
  readonly #sender: FileSender;
  readonly #receiver: FileReceiver;
  readonly #timers = new Map<TimerName, CancelTimer>();
  readonly #dialer: SessionDialer;
  readonly #running = new Set<Promise<void>>();
  readonly #receiving = new Map<number, Promise<boolean>>();
  readonly #inputs: SessionInput[] = [];
  #feeding = false;
  #closing = false;
  #session: Session;
  #writer: ControlWriter | undefined;
  #resolveEnded: () => void = () => undefined;
  #resolvePrepared: () => void = () => undefined;

  constructor(parts: StreamParts, options: RuntimeOptions) {
    this.#parts = parts;
    this.#options = options;
    this.identity = options.identity;
    this.peer = endpointText(options.identity.peer);
    this.clock = parts.clock;
    this.timeouts = options.settings.timeouts;
    this.progress = new SessionProgress(parts.clock, (event) => this.#emit(event));
    this.#connections = new SessionConnections(parts.clock);
    this.#dialer = new SessionDialer(this, parts.transport, options.addressMap);
    this.#sender = new FileSender(this);
    this.#receiver = new FileReceiver(this, parts.incoming);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.prepared = new Promise((resolve) => {
      this.#resolvePrepared = resolve;
    });
    const { planId, peer, sessionIndex, role } = options.identity;
    this.#ref = { planId, peer, sessionIndex, role };
    const files = options.files ?? [];
    this.#sender.take(files);
    this.#session = createSession({
      identity: options.identity,
      settings: options.settings,
      requests: options.requests ?? [],
      files: numberFiles(files.map(outgoingInfo)),
    });
  }

  get closing(): boolean {
    return this.#closing;
  }

  /** Initiator: begins. */
  start(): void {
    const { refusal } = this.#options;
    this.feed(refusal === undefined ? { type: 'Start' } : { type: 'Refuse', reason: refusal });
  }

  cancel(reason: string): void {
    this.feed({ type: 'Cancel', reason });
  }

  attach({ source, first }: Attachment): boolean {
    if (this.#closing) return false;
    const id = this.#connections.addInbound(source.connection);
    if (id === undefined) return false;
    this.#track(readMessages(this, id, source, first.type === 'Stream' ? first : undefined));
    return true;
  }

  /** Follower: the connection that brought STREAM_INIT becomes the control connection. */
  begin(source: MessageSource, version: StreamingVersion): void {
    this.#takeControl(source, version);
  }

  feed(input: SessionInput): void {
    this.#inputs.push(input);
    if (this.#feeding) return;
    this.#feeding = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        const { state, effects } = step(this.#session, next);
        this.#session = state;
        for (const effect of effects) this.#perform(effect);
      }
    } finally {
      this.#feeding = false;
    }
  }

  chunk(chunk: FileChunk): void {
    if (this.#options.news.chunksWanted) this.#emit({ type: 'FileChunk', chunk });
  }

  async payloadOf(id: number): Promise<boolean> {
    const taken = await (this.#receiving.get(id) ?? false);
    this.#receiving.delete(id);
    return taken;
  }

  wireContext(): WireContext {
    const { version } = this.#session;
    if (version === undefined) throw new Error('no version before the handshake');
    return { version, partitioner: this.#parts.partitioner };
  }

  transferContext(entire: boolean): TransferContext {
    const interDc = this.#parts.interDc?.(this.identity.peer) ?? false;
    return {
      clock: this.clock,
      limiter: this.#parts.throttle.limiterFor({ entire, interDc }),
      stallTimeoutMs: this.timeouts.fileStallMs,
    };
  }

  snapshot(): SessionSnapshot {
    const session = this.#session;
    const { planId, peer, sessionIndex, role, operation } = this.identity;
    return {
      planId,
      peer,
      index: sessionIndex,
      role,
      operation,
      state: session.state,
      version: session.version,
      sending: summariesOf(session.sending.files),
      receiving: session.announced,
      files: this.progress.files(),
      filesSent: this.progress.done('out'),
      filesReceived: this.progress.done('in'),
      bytesSent: this.progress.bytes('out'),
      bytesReceived: this.progress.bytes('in'),
      error: session.failure?.error,
      outcome:
        session.failure?.outcome ??
        (session.state === 'COMPLETE' ? outcomeOfCompletion(session) : undefined),
    };
  }

  #emit(event: EventBody): void {
    if (event.type === 'SessionPrepared') this.#resolvePrepared();
    this.#options.news.emit({ session: this.#ref, atMs: this.clock.nowMs(), ...event });
  }

  /** Work that the end waits for. What it throws is a mistake of ours or of the caller: it ends this session, not the process. */
  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.feed({ type: 'Refuse', reason: reasonOf(error) }))
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  #perform(effect: SessionEffect): void {
    switch (effect.type) {
      case 'Send':
        this.#writer?.send(effect.message);
        break;
      case 'ArmTimer':
        this.#arm(effect.timer, effect.afterMs);
        break;
      case 'CancelTimer':
        this.#disarm(effect.timer);
        break;
      case 'Emit':
        this.#emit(effect.event);
        break;
      case 'ReceiveFile':
        this.#receive(effect.connection, effect.incoming, effect.file);
        break;
      case 'CloseEverything':
        void this.#closeEverything(effect.keep);
        break;
      default:
        this.#track(this.#work(effect));
    }
  }

  /** Effects that take time and answer with an input. */
  #work(effect: LongEffect): Promise<void> {
    switch (effect.type) {
      case 'DialControl':
        return this.#dialControl();
      case 'SelectFiles':
        return this.#select(effect.requests);
      case 'PrepareIncoming':
        return this.#receiver.prepare(effect.summaries);
      case 'OpenFileConnection':
        return this.#openFileConnection(effect.connection);
      case 'SendFile':
        return this.#sendFile(effect.connection, effect.file, effect.header);
      case 'CommitTable':
        return this.#receiver.commit(effect.tableId);
      case 'ReleaseFile':
        return this.#sender.release(effect.file);
      default: {
        const never: never = effect;
        return never;
      }
    }
  }

  #receive(id: number, incoming: number, file: StreamFile): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    this.#receiving.set(id, this.#receiver.receive(connection, incoming, file));
  }

  #arm(timer: TimerName, afterMs: number): void {
    this.#disarm(timer);
    const cancel = this.clock.setTimer(afterMs, () => {
      this.#timers.delete(timer);
      this.feed({ type: 'TimerFired', timer });
    });
    this.#timers.set(timer, cancel);
  }

  #disarm(timer: TimerName): void {
    this.#timers.get(timer)?.();
    this.#timers.delete(timer);
  }

  #takeControl(source: MessageSource, version: StreamingVersion): void {
    this.#connections.add(CONTROL, source.connection);
    const context: WireContext = { version, partitioner: this.#parts.partitioner };
    const parts = { clock: this.clock, context };
    this.#writer = new ControlWriter(source.connection, parts, this.timeouts.messageMs, (input) =>
      this.feed(input),
    );
    this.feed({ type: 'Connected', version });
    this.#track(readMessages(this, CONTROL, source, undefined));
  }

  async #dialControl(): Promise<void> {
    const dialled = await this.#dialer.dial(this.#options.versions);
    if ('code' in dialled) {
      this.feed({ type: 'DialFailed', error: dialled });
    } else if (this.#closing) {
      dialled.connection.destroy();
    } else {
      const { connection, version } = dialled;
      const context: WireContext = { version, partitioner: this.#parts.partitioner };
      const parts = { clock: this.clock, context };
      this.#takeControl(new MessageSource(connection, parts, this.timeouts.messageMs), version);
    }
  }

  async #openFileConnection(id: number): Promise<void> {
    const { version } = this.wireContext();
    const dialled = await this.#dialer.dial({ min: version, max: version });
    if ('code' in dialled) {
      this.feed({ type: 'FileConnectionFailed', connection: id, error: dialled });
    } else if (this.#closing) {
      dialled.connection.destroy();
    } else {
      this.#connections.add(id, dialled.connection);
      void dialled.connection.closed.then(({ error }) => {
        const reason = error?.message ?? 'the peer closed it';
        if (!this.#closing) this.feed({ type: 'ConnectionEnded', connection: id, reason });
      });
      this.feed({ type: 'FileConnectionOpened', connection: id });
    }
  }

  async #select(requests: readonly StreamRequest[]): Promise<void> {
    const answer = await selectFiles(this.#parts.outgoing, requests, this);
    this.#sender.take(answer.files);
    if (this.#closing) await this.#sender.releaseAll();
    else this.feed(answer.input);
  }

  async #sendFile(id: number, file: number, header: StreamMessageHeader): Promise<void> {
    const connection = this.#connections.get(id);
    if (connection !== undefined) await this.#sender.send(connection, file, header);
  }

  async #closeEverything(keep: boolean): Promise<void> {
    this.#closing = true;
    this.#dialer.stop();
    for (const timer of [...this.#timers.keys()]) this.#disarm(timer);
    this.transfers.stop();
    this.progress.close();
    const lastWords = this.#writer?.flush() ?? Promise.resolve();
    await Promise.all([
      this.#connections.close(lastWords, !keep, this.timeouts.lastWordsMs),
      this.#receiver.close(keep),
      this.#sender.releaseAll(),
    ]);
    while (this.#running.size > 0) await Promise.all(this.#running);
    await Promise.all(this.#receiving.values());
    await this.#sender.releaseAll();
    this.#resolveEnded();
  }
}
