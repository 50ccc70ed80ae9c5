// Data plane. What transfers wait for, summed up by peer: our own limit, our disk, the socket. Written by TransferRun at each change of what
// it waits for, without an allocation; read now and then by whoever tells people what bounds a transfer. Decides nothing.
import { PEERS_COUNTED_MAX } from '../limits.ts';

/** What a transfer waits for: the limiter, a disk (or whoever makes or takes the bytes in its place), the socket, the kernel's thread. */
export type WaitKind = 'own' | 'throttle' | 'disk' | 'socket' | 'kernel';

/**
 * Milliseconds of transfers, added up over all of them: two that wait beside each other for a second are two seconds. What is in none of the
 * waits is our own work.
 */
export interface WaitSums {
  /** From the begin of transfers to their end. */
  readonly transferMs: number;
  readonly throttleMs: number;
  /** Of the kernel path all that is no wait for the socket or the limiter: its thread can't tell the disk from the copying. */
  readonly diskMs: number;
  /** For a peer, or the network to it, to take or to give bytes. */
  readonly socketMs: number;
  readonly bytes: number;
}

/** The sums of one peer. */
export interface PeerWaitSums extends WaitSums {
  /** Endpoint text. */
  readonly peer: string;
}

/** The sums at one moment. */
export interface DataPathWaitsSnapshot extends WaitSums {
  /** Transfers under way. */
  readonly transfers: number;
  /** Peers that were last moved something to or from; those before are in the sums above only. */
  readonly peers: readonly PeerWaitSums[];
}

type Sums = { -readonly [Name in keyof WaitSums]: number };

const nothing = (): Sums => ({ transferMs: 0, throttleMs: 0, diskMs: 0, socketMs: 0, bytes: 0 });

const SUMMED = ['transferMs', 'throttleMs', 'diskMs', 'socketMs', 'bytes'] as const;

const add = (sums: Sums, more: WaitSums): void => {
  for (const name of SUMMED) sums[name] += more[name];
};

type Peer = { readonly sums: Sums; running: number };

/** The waits of one transfer. Every call is given the time of the transfer's clock. */
export class TransferWaits {
  readonly #sums: Sums;
  readonly #nowMs: () => number;
  readonly #onEnd: (waits: TransferWaits) => void;
  #kind: WaitKind = 'own';
  #sinceMs: number;
  #blockedMs = 0;
  #ended = false;
  /** How long the kernel's thread has waited for the socket, of the job under way. */
  blockedMs: (() => number) | undefined;

  constructor(sums: Sums, nowMs: () => number, onEnd: (waits: TransferWaits) => void) {
    this.#sums = sums;
    this.#nowMs = nowMs;
    this.#onEnd = onEnd;
    this.#sinceMs = nowMs();
  }

  /** The time until now belongs to what was waited for, what follows to `kind`. */
  change(kind: WaitKind, nowMs = this.#nowMs()): void {
    if (this.#ended) return;
    const ms = nowMs - this.#sinceMs;
    const sums = this.#sums;
    sums.transferMs += ms;
    if (this.#kind === 'socket') sums.socketMs += ms;
    else if (this.#kind === 'disk') sums.diskMs += ms;
    else if (this.#kind === 'throttle') sums.throttleMs += ms;
    else if (this.#kind === 'kernel') this.#split(ms);
    this.#sinceMs = nowMs;
    this.#kind = kind;
    if (kind === 'kernel') this.#blockedMs = this.blockedMs?.() ?? 0;
  }

  /** A piece moved: the peer is not waited for any more. */
  moved(bytes: number, nowMs: number): void {
    this.#sums.bytes += bytes;
    if (this.#kind === 'socket') this.change('own', nowMs);
  }

  /** Brings the sums up to now. */
  settle(): void {
    this.change(this.#kind);
  }

  /** The transfer is over. Calling it again does nothing. */
  end(): void {
    if (this.#ended) return;
    this.settle();
    this.#ended = true;
    this.#onEnd(this);
  }

  /** The thread counts by its own clock, and a little late. */
  #split(ms: number): void {
    const blockedMs = (this.blockedMs?.() ?? this.#blockedMs) - this.#blockedMs;
    const socketMs = Math.max(0, Math.min(ms, blockedMs));
    this.#sums.socketMs += socketMs;
    this.#sums.diskMs += ms - socketMs;
  }
}

/** The waits of all transfers that are given this object. */
export class DataPathWaits {
  readonly #peers = new Map<string, Peer>();
  readonly #running = new Set<TransferWaits>();
  /** Of peers that were forgotten. */
  readonly #gone: Sums = nothing();

  /** A transfer begins. */
  begin(peerText: string, nowMs: () => number): TransferWaits {
    const peer = this.#peers.get(peerText) ?? { sums: nothing(), running: 0 };
    // The one that moved last stands last.
    this.#peers.delete(peerText);
    this.#peers.set(peerText, peer);
    peer.running += 1;
    this.#forget();
    const waits = new TransferWaits(peer.sums, nowMs, (ended) => {
      peer.running -= 1;
      this.#running.delete(ended);
    });
    this.#running.add(waits);
    return waits;
  }

  /** The sums up to now. */
  snapshot(): DataPathWaitsSnapshot {
    for (const waits of this.#running) waits.settle();
    const total = nothing();
    add(total, this.#gone);
    const peers = [...this.#peers].map(([peer, { sums }]) => ({ peer, ...sums }));
    for (const sums of peers) add(total, sums);
    return { ...total, transfers: this.#running.size, peers };
  }

  #forget(): void {
    if (this.#peers.size <= PEERS_COUNTED_MAX) return;
    for (const [text, { sums, running }] of this.#peers) {
      if (running > 0) continue;
      add(this.#gone, sums);
      this.#peers.delete(text);
      return;
    }
  }
}

/** Of this process: transfers of all sessions share its disks, its limits and its threads. */
export const dataPathWaits = new DataPathWaits();
