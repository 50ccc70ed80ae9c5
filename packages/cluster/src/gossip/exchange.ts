// Control plane. One gossip exchange with its deadline, its listener and its connections. Made by askGossip, used once.
import {
  acceptInternode,
  type Connection,
  type Listener,
  TransportError,
} from '@scamander/transport';
import {
  CONNECTION_CATEGORIES,
  decodeAccept,
  encodeInitiate,
  encodeMessageFrames,
  endpointText,
  type Framing,
  VERBS,
} from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Subscription } from 'rxjs';
import { GOSSIP_DIAL_BACKS_MAX, GOSSIP_EXPIRES_MS } from '../limits.ts';
import { readDecoded } from './connection-bytes.ts';
import { GossipError, type GossipErrorType, type GossipWaitingFor } from './errors.ts';
import type { GossipState } from './gossip-state.ts';
import type { GossipParts, GossipQuestion } from './question.ts';
import { readAnswer } from './read-answer.ts';
import { OFFERED_VERSIONS, synPayload } from './syn.ts';

type Result = Either<GossipError, readonly GossipState[]>;

/** The framing of our own direction; it does not influence the node's (spec: repair §6.3). */
const FRAMING: Framing = 'crc';

const HINTS: Record<GossipWaitingFor, string> = {
  connection: 'is this its storage port?',
  handshake: 'is this its storage port, and does it demand TLS?',
  'dialling back':
    'it can not reach our address, or ignores us: another cluster name or partitioner, gossip disabled, clocks too far apart',
  GOSSIP_DIGEST_ACK: 'it dialled back but sent no states',
};

/** See askGossip. */
export class GossipExchange {
  readonly #parts: GossipParts;
  readonly #question: GossipQuestion;
  readonly #timeoutMs: number;
  readonly #node: string;
  readonly #result: Promise<Result>;
  #resolve: (result: Result) => void = () => undefined;
  #waitingFor: GossipWaitingFor = 'connection';
  #settled = false;
  #listener: Listener | undefined;
  #subscription: Subscription | undefined;
  readonly #connections = new Set<Connection>();

  constructor(parts: GossipParts, question: GossipQuestion, timeoutMs: number) {
    this.#parts = parts;
    this.#question = question;
    this.#timeoutMs = timeoutMs;
    this.#node = endpointText(question.node);
    this.#result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  async run(): Promise<Result> {
    const cancelTimer = this.#parts.clock.setTimer(this.#timeoutMs, () => {
      const waitingFor = this.#waitingFor;
      this.#fail({
        code: 'SCM_GOSSIP_TIMEOUT',
        node: this.#node,
        waitingFor,
        afterMs: this.#timeoutMs,
        hint: HINTS[waitingFor],
      });
    });
    this.#ask().catch((fault: unknown) => this.#failWith(fault));
    const result = await this.#result;
    cancelTimer();
    await this.#close();
    return result;
  }

  async #ask(): Promise<void> {
    const { transport } = this.#parts;
    const { node, listenHost, listenPort = 0 } = this.#question;
    const dialled = await transport.connect(node, { timeoutMs: this.#timeoutMs });
    if (isLeft(dialled)) return this.#failWith(dialled.left);
    const connection = dialled.right;
    if (!this.#keep(connection)) return;
    const from = { host: listenHost ?? connection.local.host, port: listenPort };
    const listening = await transport.listen(from);
    if (isLeft(listening)) {
      const reason = listening.left.message;
      return this.#fail({ code: 'SCM_GOSSIP_LISTEN', node: this.#node, reason }, listening.left);
    }
    this.#listener = listening.right;
    if (this.#settled) return void (await this.#listener.close());
    this.#subscription = this.#listener.connections$.subscribe((dialBack) => {
      this.#takeDialBack(dialBack).catch((fault: unknown) => this.#failWith(fault));
    });
    this.#waitingFor = 'handshake';
    if (!(await this.#shakeHands(connection))) return;
    this.#waitingFor = 'dialling back';
    await connection.write(this.#synFrame());
    // The node says nothing more on this connection; if it ends, no answer will come.
    while ((await connection.read()) !== null);
    this.#fail({ code: 'SCM_GOSSIP_CLOSED', node: this.#node, during: this.#waitingFor });
  }

  async #shakeHands(connection: Connection): Promise<boolean> {
    const { announce, listenHost } = this.#question;
    const listening = { host: '', port: 0, ...this.#listener?.endpoint };
    await connection.write(
      encodeInitiate({
        from: announce ?? { ...listening, host: listenHost ?? listening.host },
        requestedVersion: OFFERED_VERSIONS.min,
        minVersion: OFFERED_VERSIONS.min,
        maxVersion: OFFERED_VERSIONS.max,
        streaming: false,
        framing: FRAMING,
        category: CONNECTION_CATEGORIES.URGENT,
      }),
    );
    const accept = await readDecoded(connection, decodeAccept);
    if (isLeft(accept)) return this.#protocol(accept.left.message, accept.left);
    if (accept.right === undefined) {
      this.#fail({ code: 'SCM_GOSSIP_CLOSED', node: this.#node, during: 'handshake' });
      return false;
    }
    const { useVersion, maxVersion } = accept.right;
    if (useVersion < OFFERED_VERSIONS.min || useVersion > OFFERED_VERSIONS.max) {
      const reason = `it uses ${useVersion} (at most ${maxVersion}), we speak ${OFFERED_VERSIONS.min} to ${OFFERED_VERSIONS.max}`;
      this.#fail({ code: 'SCM_GOSSIP_VERSION', node: this.#node, reason });
      return false;
    }
    return true;
  }

  #synFrame(): Uint8Array {
    const { clusterName, partitioner } = this.#question;
    const frames = encodeMessageFrames(
      {
        id: 1 + Math.floor(this.#parts.random() * 0x7fff_fffe),
        createdAtLow32Ms: this.#parts.unixMs() % 2 ** 32,
        expiresInMs: GOSSIP_EXPIRES_MS,
        verb: VERBS.GOSSIP_DIGEST_SYN,
        flags: 0,
        params: [],
        payload: synPayload(clusterName, partitioner.className),
      },
      FRAMING,
    );
    return frames[0] as Uint8Array;
  }

  /** A stranger, or a connection that is not for gossip, is dropped and the wait goes on. */
  async #takeDialBack(connection: Connection): Promise<void> {
    if (this.#connections.size > GOSSIP_DIAL_BACKS_MAX) return connection.destroy();
    if (!this.#keep(connection)) return;
    const accepted = await acceptInternode({ clock: this.#parts.clock }, connection, {
      versions: OFFERED_VERSIONS,
      timeoutMs: this.#timeoutMs,
    });
    if (isLeft(accepted)) {
      const { code, message: reason } = accepted.left;
      if (code !== 'SCM_NET_VERSION') return this.#drop(connection);
      return this.#fail({ code: 'SCM_GOSSIP_VERSION', node: this.#node, reason }, accepted.left);
    }
    const { streaming, category, framing } = accepted.right;
    if (streaming) return this.#drop(connection);
    if (category === CONNECTION_CATEGORIES.URGENT) this.#waitingFor = 'GOSSIP_DIGEST_ACK';
    const { partitioner } = this.#question;
    const answer = await readAnswer(connection, framing, partitioner);
    if (answer === undefined) return this.#drop(connection);
    if (isLeft(answer)) return void this.#protocol(answer.left.message, answer.left);
    if (answer.right.length === 0)
      return this.#fail({ code: 'SCM_GOSSIP_STARTING', node: this.#node });
    this.#settle(right(answer.right));
  }

  /** Remembers a connection so that it gets closed; false when all is over already. */
  #keep(connection: Connection): boolean {
    if (this.#settled) {
      connection.destroy();
      return false;
    }
    this.#connections.add(connection);
    return true;
  }

  #drop(connection: Connection): void {
    this.#connections.delete(connection);
    connection.destroy();
  }

  #protocol(reason: string, cause: unknown): false {
    this.#fail({ code: 'SCM_GOSSIP_PROTOCOL', node: this.#node, reason }, cause);
    return false;
  }

  #failWith(fault: unknown): void {
    const cause = fault instanceof TransportError ? fault : undefined;
    if (cause !== undefined) {
      const { message: reason, detail } = cause;
      this.#fail(
        { code: 'SCM_GOSSIP_UNREACHABLE', node: this.#node, cause: detail, reason },
        cause,
      );
    } else this.#protocol(fault instanceof Error ? fault.message : String(fault), fault);
  }

  #fail(detail: GossipErrorType, cause?: unknown): void {
    this.#settle(left(new GossipError(detail, cause === undefined ? {} : { cause })));
  }

  #settle(result: Result): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#resolve(result);
  }

  async #close(): Promise<void> {
    this.#subscription?.unsubscribe();
    for (const connection of this.#connections) connection.destroy();
    await this.#listener?.close();
    await Promise.all([...this.#connections].map((connection) => connection.closed));
  }
}
