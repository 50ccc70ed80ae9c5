// Control plane. What bounds a transfer, from counters of the last seconds. Called by whoever shows progress. Pure: counters in, a word out.
//
// The rule, for the time between two samples:
// 1. Nothing was under way: nothing bounds it.
// 2. Our own limit: transfers waited for it longer than for anything else, and for a quarter of their time at least.
// 3. The processor: the main thread was busy for 85 % of the time, or the process used 85 % of all cores, or the kernel's thread did nothing but
//    copy (of its turns, 85 % were time of a processor, not of a disk). Waits are no proof then: what is waited for came long ago.
// 4. Disk or socket, whichever was waited for longer, for a quarter of the time at least.
// 5. A socket means the network, or the peer behind it; a program is not told which. Where several peers moved, one of them was waited for more
//    than half of its time and no other was, it is that peer.
import type { TransferCounters } from './transfer-counters.ts';

/** What a transfer is bounded by. */
export type Bound = 'throttle' | 'disk' | 'network' | 'cpu' | 'peer';

/** The answer; both are undefined where nothing stands out. */
export interface BoundVerdict {
  readonly boundBy: Bound | undefined;
  /** Endpoint text, where it is one peer among several. */
  readonly peer: string | undefined;
}

/** Part of their time that transfers wait for something before it is said to bound them. */
const WAIT_SHARE_MIN = 0.25;

/** Part of the time for which a processor is busy before it is said to be the bound. */
const BUSY_SHARE_MIN = 0.85;

/** Part of its time that a peer is waited for before it is the one that all wait for. */
const PEER_SHARE_MIN = 0.5;

/** How much of the past a verdict looks at. */
const WINDOW_MS = 5_000;

const NOTHING: BoundVerdict = { boundBy: undefined, peer: undefined };

const by = (boundBy: Bound, peer?: string): BoundVerdict => ({ boundBy, peer });

const isBusy = (older: TransferCounters, newer: TransferCounters): boolean => {
  const overMs = newer.atMs - older.atMs;
  if (overMs <= 0) return false;
  const mainMs = newer.mainThreadMs - older.mainThreadMs;
  const allMs = newer.cpuMs - older.cpuMs;
  const turnsMs = newer.kernelTurnsMs - older.kernelTurnsMs;
  const isCopying =
    turnsMs >= BUSY_SHARE_MIN * overMs && allMs - mainMs >= BUSY_SHARE_MIN * turnsMs;
  return (
    mainMs >= BUSY_SHARE_MIN * overMs || allMs >= BUSY_SHARE_MIN * overMs * newer.cores || isCopying
  );
};

/** The one peer that is waited for while others move; undefined where it is none, or several. */
const slowPeer = (older: TransferCounters, newer: TransferCounters): string | undefined => {
  const before = new Map(older.peers.map((sums) => [sums.peer, sums]));
  const slow: string[] = [];
  let moving = 0;
  for (const { peer, transferMs, socketMs, bytes } of newer.peers) {
    const then = before.get(peer);
    const lastedMs = transferMs - (then?.transferMs ?? 0);
    if (lastedMs <= 0) continue;
    if (socketMs - (then?.socketMs ?? 0) > PEER_SHARE_MIN * lastedMs) slow.push(peer);
    else if (bytes > (then?.bytes ?? 0)) moving += 1;
  }
  return slow.length === 1 && moving > 0 ? slow[0] : undefined;
};

/** What bounded the transfers between two samples; see the file's first lines. */
export const boundOf = (older: TransferCounters, newer: TransferCounters): BoundVerdict => {
  const transferMs = newer.transferMs - older.transferMs;
  if (transferMs <= 0) return NOTHING;
  const throttleMs = newer.throttleMs - older.throttleMs;
  const diskMs = newer.diskMs - older.diskMs;
  const socketMs = newer.socketMs - older.socketMs;
  const leastMs = WAIT_SHARE_MIN * transferMs;
  if (throttleMs >= leastMs && throttleMs >= diskMs && throttleMs >= socketMs)
    return by('throttle');
  if (isBusy(older, newer)) return by('cpu');
  if (diskMs >= leastMs && diskMs > socketMs) return by('disk');
  if (socketMs < leastMs) return NOTHING;
  const peer = slowPeer(older, newer);
  return peer === undefined ? by('network') : by('peer', peer);
};

/** Keeps the samples of the last seconds and says what bounds the transfers now. */
export class BoundWatch {
  readonly #samples: TransferCounters[] = [];

  /** Takes the next sample; the verdict is on the time since the oldest one that is kept. */
  see(counters: TransferCounters): BoundVerdict {
    this.#samples.push(counters);
    while (this.#samples.length > 2 && counters.atMs - (this.#samples[1]?.atMs ?? 0) >= WINDOW_MS)
      this.#samples.shift();
    const oldest = this.#samples[0] ?? counters;
    return boundOf(oldest, counters);
  }
}
