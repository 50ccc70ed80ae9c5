// Control plane: several nodes that form one cluster. Called by tests, benchmarks and main.ts.
import { type Node, startNode } from './node.ts';
import { type NodeOptions, newClusterName } from './node-options.ts';
import { waitUntil } from './readiness.ts';
import { allUpAndNormal, parseStatus } from './ring-status.ts';

/** Options of {@link startRing}; those of a node hold for every member. */
export type RingOptions = Omit<NodeOptions, 'address' | 'seeds' | 'initialToken' | 'waitFor'> & {
  /** How many; the first is the seed of all. */
  readonly nodes: number;
  /** What single members have on top, by index: `{ 2: { dc: 'dc2' } }`. */
  readonly members?: Readonly<Record<number, Partial<NodeOptions>>>;
};

/** A running cluster. Always `await ring.stop()`. */
export class Ring {
  readonly nodes: Node[];
  readonly #options: RingOptions;

  constructor(nodes: Node[], options: RingOptions) {
    this.nodes = nodes;
    this.#options = options;
  }

  /** The seed. */
  get first(): Node {
    return this.nodes[0] as Node;
  }

  /**
   * Adds one more node to the ring. By default it streams its ranges from the others and is ready when it has joined; with
   * `waitFor: 'storage'` and a long `cassandra.ring_delay_ms` it stays in the state of joining.
   */
  async add(options: Partial<NodeOptions> = {}): Promise<Node> {
    const { nodes: _nodes, members: _members, ...shared } = this.#options;
    const seeds = [this.first.address];
    const node = await startNode({ ...shared, autoBootstrap: true, seeds, ...options });
    this.nodes.push(node);
    return node;
  }

  /** Looks until every running member sees all running members up and normal. */
  async waitUntilSettled(): Promise<void> {
    const running = this.nodes.filter((node) => node.isRunning());
    const addresses = running.map((node) => node.address);
    for (const node of running) {
      await waitUntil(node, `all of ${addresses.join(', ')} being up and normal`, async () => {
        const { stdout } = await node.toolResult('nodetool', 'status');
        const members = parseStatus(stdout).filter((member) => addresses.includes(member.address));
        return allUpAndNormal(members, addresses);
      });
    }
  }

  /** Stops every member and removes what they left. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }
}

/** Starts a ring and waits until all members see each other up and normal. On failure nothing is left behind. */
export const startRing = async (options: RingOptions): Promise<Ring> => {
  const { nodes: count, members = {}, ...rest } = options;
  const shared = { clusterName: newClusterName(), ...rest };
  const first = await startNode({ ...shared, ...members[0] });
  const ring = new Ring([first], { ...options, clusterName: shared.clusterName });
  try {
    const seeds = [first.address];
    // Empty nodes have nothing to stream, so they need not join one after the other; two at a time keep a small machine usable.
    for (let index = 1; index < count; index += 2) {
      const indexes = [index, index + 1].filter((member) => member < count);
      const started = await Promise.allSettled(
        indexes.map((member) => startNode({ ...shared, seeds, ...members[member] })),
      );
      for (const outcome of started) {
        if (outcome.status === 'fulfilled') ring.nodes.push(outcome.value);
      }
      const failed = started.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
    await ring.waitUntilSettled();
    return ring;
  } catch (error) {
    await ring.stop();
    throw error;
  }
};
