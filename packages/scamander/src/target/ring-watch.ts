// Control plane. Notices that a ring is not what it was: nodes that join, leave, move, and nodes that are up again. Made by load and copy; asked before
// each plan of a table, and looks by itself while data move. Time comes from the clock it is handed.
import type { Clock } from '@scamander/throttle';
import { type Endpoint, endpointText } from '@scamander/wire-codec';
import type { JobNews } from '../jobs/news.ts';
import { RING_LOOK_MS, RING_LOOKS_APART_MS } from '../limits.ts';
import type { Probes } from './probes.ts';
import { RingLook } from './ring-look.ts';
import type { Target, TargetNews } from './target.ts';

/** What it needs. */
export interface RingWatchParts {
  readonly target: Pick<Target, 'ring' | 'nodes' | 'look'>;
  readonly probes: Probes;
  /** Where nodes are dialled; new ones are added. */
  readonly dial: Map<string, Endpoint>;
  readonly clock: Clock;
  readonly emit: (event: JobNews | TargetNews) => void;
}

const BLIND = [
  'the cluster does not say whether its ring is still the same',
  'the load goes on with what is known',
] as const;

/** See the head of this file. */
export class RingWatch {
  readonly #parts: RingWatchParts;
  readonly #ring: RingLook;
  #version = 0;
  #lookedMs: number | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: RingWatchParts) {
    this.#parts = parts;
    this.#ring = new RingLook(parts.target, parts.emit, BLIND);
  }

  /** Another number when a plan made before may be out of date. */
  get version(): number {
    return this.#version;
  }

  /** Looks, after a look that is under way; does nothing where one has only just ended. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      const { clock } = this.#parts;
      const since = clock.nowMs() - (this.#lookedMs ?? Number.NEGATIVE_INFINITY);
      if (since < RING_LOOKS_APART_MS) return;
      await this.#look();
      this.#lookedMs = clock.nowMs();
    });
    return this.#looking;
  }

  /** Looks every half minute until the returned function is called, which waits for a look that is under way. */
  start(onChange: () => void): () => Promise<void> {
    let cancel = (): void => undefined;
    let isOver = false;
    const arm = (): void => {
      cancel = this.#parts.clock.setTimer(RING_LOOK_MS, () => void tick());
    };
    const tick = async (): Promise<void> => {
      const before = this.#version;
      await this.look();
      if (isOver) return;
      if (this.#version !== before) onChange();
      arm();
    };
    arm();
    return async () => {
      isOver = true;
      cancel();
      await this.#looking;
    };
  }

  async #look(): Promise<void> {
    const { target, probes, dial } = this.#parts;
    if (await this.#ring.hasChanged()) {
      for (const { endpoint, dial: to } of target.nodes) dial.set(endpointText(endpoint), to);
      this.#version += 1;
    }
    const due = probes.due(target.nodes, RING_LOOK_MS);
    if (due.length === 0) return;
    await probes.ask(due);
    if (due.some((node) => probes.of(node)?.version !== undefined)) this.#version += 1;
  }
}
