// Control plane. Takes connections of peers into sessions: those they begin, and the file connections of those we began (Cassandra:
// StreamManager, StreamDeserializingTask). Called by programs that listen. Everything is bounded by limits.ts.
import { acceptInternode, type Connection, type Listener } from '@scamander/transport';
import {
  type Endpoint,
  STREAMING_VERSIONS,
  type StreamInit,
  type StreamingVersion,
  type VersionRange,
  type WireContext,
} from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { Observable } from 'rxjs';
import type { StreamEvent } from './events.ts';
import {
  CONNECTIONS_WITHOUT_SESSION_MAX,
  FILE_CONNECTIONS_MAX,
  SESSIONS_FOLLOWED_MAX,
} from './limits.ts';
import type { StreamParts } from './parts.ts';
import { firstMessage } from './runtime/first-message.ts';
import { MessageSource } from './runtime/message-source.ts';
import { refuseSession } from './runtime/refusal.ts';
import { SessionRuntime } from './runtime/session-runtime.ts';
import { SessionRegistry } from './session-registry.ts';
import type { SessionSnapshot } from './stream-state.ts';
import { SESSION_TIMEOUTS, type SessionTimeouts } from './timeouts.ts';

/** Options of a manager. */
export interface StreamManagerOptions {
  /** Overrides of {@link SESSION_TIMEOUTS}. */
  readonly timeouts?: Partial<SessionTimeouts>;
  /** Versions to accept. @default 12 to 14 */
  readonly versions?: VersionRange;
  /** File connections a followed session opens to answer requests. @default 2 */
  readonly fileConnectionsPerSession?: number;
  /** Sessions of peers at once; one more is answered by SESSION_FAILED. @default SESSIONS_FOLLOWED_MAX */
  readonly sessionsMax?: number;
  /** Connections in handshake or before their first message; one more is closed. @default CONNECTIONS_WITHOUT_SESSION_MAX */
  readonly connectionsWithoutSessionMax?: number;
  /** Where to dial a peer that requested files. @default STREAM_INIT.from */
  readonly addressMap?: (peer: Endpoint) => Endpoint;
  /**
   * What the initiator of a session calls us, given where its control connection arrived (spec: streaming-4.0-plus §8.3): it drops
   * files whose sender it does not know. @default `localEndpoint` of the parts
   */
  readonly followerEndpoint?: (control: Connection) => Endpoint;
  /** Told of every streaming connection that came in and greeted, before it says what it is for: who does, has reached us. */
  readonly onGreeted?: (from: Endpoint) => void;
}

/** A connection whose handshake is done. */
export interface AcceptedConnection {
  readonly connection: Connection;
  readonly version: StreamingVersion;
}

/** The receiving end of a process. */
export class StreamManager {
  /** Give it to the plans whose peers send to this process. */
  readonly sessions: SessionRegistry;
  /** Hot: events of all sessions in the registry. */
  readonly events$: Observable<StreamEvent>;
  readonly #parts: StreamParts;
  readonly #options: StreamManagerOptions;
  readonly #timeouts: SessionTimeouts;
  readonly #waiting = new Set<Connection>();
  readonly #work = new Set<Promise<void>>();

  constructor(parts: StreamParts, options: StreamManagerOptions = {}) {
    this.#parts = parts;
    this.#options = options;
    this.#timeouts = { ...SESSION_TIMEOUTS, ...options.timeouts };
    this.sessions = parts.sessions ?? new SessionRegistry();
    this.events$ = this.sessions.events$;
  }

  /** Sessions that are not over, begun here and by peers. */
  get plans(): {
    readonly initiated: readonly SessionSnapshot[];
    readonly followed: readonly SessionSnapshot[];
  } {
    const all = this.sessions.all().map((session) => session.snapshot());
    return {
      initiated: all.filter(({ role }) => role === 'initiator'),
      followed: all.filter(({ role }) => role === 'follower'),
    };
  }

  /** Connections that belong to no session yet. */
  get connectionsWithoutSession(): number {
    return this.#waiting.size;
  }

  /** Accepts what the listener brings, handshake included. close() ends the listener, waiting connections and followed sessions. */
  serve(listener: Listener): { close(): Promise<void> } {
    const subscription = listener.connections$.subscribe((connection) => {
      this.#keep(connection, async () => {
        const answer = await acceptInternode({ clock: this.#parts.clock }, connection, {
          versions: this.#options.versions ?? STREAMING_VERSIONS,
          timeoutMs: this.#timeouts.handshakeMs,
        });
        if (isLeft(answer) || !answer.right.streaming) {
          connection.destroy();
          return;
        }
        this.#options.onGreeted?.(answer.right.from);
        await this.#route({ connection, version: answer.right.version });
      });
    });
    return {
      close: async () => {
        await listener.close();
        subscription.unsubscribe();
        await this.close();
      },
    };
  }

  /** Takes a connection whose handshake was done elsewhere. */
  accept(accepted: AcceptedConnection): void {
    this.#keep(accepted.connection, () => this.#route(accepted));
  }

  /** Gives up waiting connections and every session that peers began; resolves when nothing of them is open. */
  async close(): Promise<void> {
    for (const connection of this.#waiting) connection.destroy();
    const followed = this.sessions.all().filter(({ identity }) => identity.role === 'follower');
    for (const session of followed) session.cancel('the manager was closed');
    await Promise.all(followed.map((session) => session.ended));
    await Promise.all(this.#work);
  }

  /** Counts a connection until a session owns it, or it is gone. */
  #keep(connection: Connection, work: () => Promise<void>): void {
    const max = this.#options.connectionsWithoutSessionMax ?? CONNECTIONS_WITHOUT_SESSION_MAX;
    if (this.#waiting.size >= max) {
      connection.destroy();
      return;
    }
    this.#waiting.add(connection);
    const tracked = work()
      // an option of the caller threw: this connection pays for it, the others live on
      .catch(() => connection.destroy())
      .finally(() => {
        this.#waiting.delete(connection);
        this.#work.delete(tracked);
      });
    this.#work.add(tracked);
  }

  async #route({ connection, version }: AcceptedConnection): Promise<void> {
    const context: WireContext = { version, partitioner: this.#parts.partitioner };
    const { clock } = this.#parts;
    const source = new MessageSource(connection, { clock, context }, this.#timeouts.messageMs);
    const first = await firstMessage(source, clock, this.#timeouts.prepareSynMs);
    // spec §2.7: a STREAM of no known session costs its connection and nothing else
    const taken =
      first?.type === 'Stream'
        ? this.sessions.find(first.message)?.attach({ source, first })
        : first?.type === 'StreamInit'
          ? await this.#follow(source, version, first)
          : false;
    if (taken !== true) connection.destroy();
  }

  async #follow(
    source: MessageSource,
    version: StreamingVersion,
    init: StreamInit,
  ): Promise<boolean> {
    const known = this.sessions.findFollowed(init.planId, init.from, init.sessionIndex);
    if (known !== undefined) return known.attach({ source, first: init });
    if (this.sessions.followed >= (this.#options.sessionsMax ?? SESSIONS_FOLLOWED_MAX)) {
      await refuseSession(source.connection, this.#parts, version, this.#timeouts.lastWordsMs);
      return false;
    }
    const session = this.#session(source.connection, init);
    this.sessions.add(session);
    session.begin(source, version);
    return true;
  }

  #session(control: Connection, init: StreamInit): SessionRuntime {
    const { sessions } = this;
    return new SessionRuntime(this.#parts, {
      identity: {
        role: 'follower',
        planId: init.planId,
        sessionIndex: init.sessionIndex,
        peer: init.from,
        local: this.#options.followerEndpoint?.(control) ?? this.#parts.localEndpoint,
        operation: init.operation,
        pendingRepair: init.pendingRepair,
        previewKind: init.previewKind,
      },
      settings: {
        timeouts: this.#timeouts,
        keepAlivePeriodMs: 0,
        fileConnectionsMax: Math.min(
          this.#options.fileConnectionsPerSession ?? 2,
          FILE_CONNECTIONS_MAX,
        ),
        canReceive: this.#parts.incoming !== undefined,
      },
      versions: this.#options.versions ?? STREAMING_VERSIONS,
      addressMap: this.#options.addressMap ?? ((endpoint) => endpoint),
      news: {
        emit: (event) => sessions.emit(event),
        get chunksWanted() {
          return sessions.observed;
        },
      },
    });
  }
}
