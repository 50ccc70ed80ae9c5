// Control plane. How the files and requests of one peer are spread over its sessions (spec: planning §16, StreamCoordinator). Called by
// StreamPlan. Pure.

/** Cuts a list as StreamCoordinator.bucketStreams does; there may be more buckets than sessions. */
export const buckets = <T>(
  items: readonly T[],
  sessionsPerPeer: number,
): readonly (readonly T[])[] => {
  if (items.length === 0) return [];
  if (sessionsPerPeer <= 1) return [items];
  const slices = Math.min(items.length, sessionsPerPeer);
  const step = Math.round(items.length / slices);
  const cut: T[][] = [];
  for (let at = 0; at < items.length; at += step) cut.push(items.slice(at, at + step));
  return cut;
};

/**
 * Which session of a peer comes next: new ones until the limit, then 0, 1, … of the old ones. As in Cassandra the last is never
 * chosen again, unless it is the only one.
 */
export class SessionRotation {
  readonly #sessionsMax: number;
  #created = 0;
  #next = 0;

  constructor(sessionsMax: number) {
    this.#sessionsMax = sessionsMax;
  }

  /** The index of the next session. */
  next(): number {
    if (this.#created < this.#sessionsMax) {
      this.#created += 1;
      return this.#created - 1;
    }
    if (this.#next >= this.#sessionsMax - 1) this.#next = 0;
    this.#next += 1;
    return this.#next - 1;
  }
}
