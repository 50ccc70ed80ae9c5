// Control plane. The sessions of this process by what a STREAM header or STREAM_INIT says of them (spec: streaming-4.0-plus §2.7,
// StreamManager#findSession). Called by StreamPlan and StreamManager. Does not touch connections.
import {
  type Endpoint,
  endpointText,
  type StreamMessageHeader,
  type UuidText,
} from '@scamander/wire-codec';
import { type Observable, Subject } from 'rxjs';
import type { StreamEvent } from './events.ts';
import type { SessionIdentity } from './machine/model.ts';
import type { Attachment } from './runtime/attachment.ts';
import type { SessionSnapshot } from './stream-state.ts';

/** A running session as the registry sees it. */
export interface RegisteredSession {
  readonly identity: SessionIdentity;
  /** Takes over a connection whose first message was read. False: it can't, and the caller closes the connection. */
  attach(attachment: Attachment): boolean;
  snapshot(): SessionSnapshot;
  cancel(reason: string): void;
  /** Resolves when nothing of the session is open any more. */
  readonly ended: Promise<void>;
}

const keyOf = (role: string, planId: UuidText, peer: Endpoint, sessionIndex: number): string =>
  `${role}/${planId}/${endpointText(peer)}/${sessionIndex}`;

/** Sessions that may get connections from outside, initiated and followed. */
export class SessionRegistry {
  readonly #sessions = new Map<string, RegisteredSession>();
  readonly #events = new Subject<StreamEvent>();
  #followed = 0;

  /** Hot: the events of every session in the registry. */
  readonly events$: Observable<StreamEvent> = this.#events.asObservable();

  /** Sessions that peers began. */
  get followed(): number {
    return this.#followed;
  }

  /** True while somebody wants FileChunk events. */
  get observed(): boolean {
    return this.#events.observed;
  }

  /** Tells the subscribers of all sessions. */
  emit(event: StreamEvent): void {
    this.#events.next(event);
  }

  /** Adds a session; it leaves by itself when it has ended. False when its name is taken. */
  add(session: RegisteredSession): boolean {
    const { role, planId, peer, sessionIndex } = session.identity;
    const key = keyOf(role, planId, peer, sessionIndex);
    if (this.#sessions.has(key)) return false;
    const followed = role === 'follower' ? 1 : 0;
    this.#sessions.set(key, session);
    this.#followed += followed;
    void session.ended.then(() => {
      this.#sessions.delete(key);
      this.#followed -= followed;
    });
    return true;
  }

  /**
   * The session a STREAM header belongs to: sent by a follower, it is one that we initiated. A follower that calls itself otherwise than
   * we call it (it listens on every address, or stands behind a mapped one) is known by its plan where only one session can be meant.
   */
  find(header: StreamMessageHeader): RegisteredSession | undefined {
    const { planId, sender, sessionIndex, sendByFollower } = header;
    const role = sendByFollower ? 'initiator' : 'follower';
    const exact = this.#sessions.get(keyOf(role, planId, sender, sessionIndex));
    if (exact !== undefined || !sendByFollower) return exact;
    const ofPlan = this.all().filter(
      ({ identity }) =>
        identity.role === role &&
        identity.planId === planId &&
        identity.sessionIndex === sessionIndex,
    );
    return ofPlan.length === 1 ? ofPlan[0] : undefined;
  }

  /** The session a STREAM_INIT began earlier. */
  findFollowed(
    planId: UuidText,
    from: Endpoint,
    sessionIndex: number,
  ): RegisteredSession | undefined {
    return this.#sessions.get(keyOf('follower', planId, from, sessionIndex));
  }

  /** Every session that is not over. */
  all(): readonly RegisteredSession[] {
    return [...this.#sessions.values()];
  }
}
