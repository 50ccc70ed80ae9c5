// Control plane. Asks the nodes of a cluster how many partitions they estimate. Called by du, beside its sessions. Every node is asked at its own
// CQL port, since the table of estimates is its own; one that does not answer leaves its ranges unknown and is no error.
import { type Cluster, connectCluster, type SizeEstimate } from '@scamander/cluster';
import type { Replication } from '@scamander/ring';
import { isLeft } from 'fp-ts/lib/Either.js';
import { atOnce } from '../../jobs/at-once.ts';
import { ESTIMATES_AT_ONCE_MAX } from '../../limits.ts';
import type { AccessOptions, LoadTarget } from '../../load/options.ts';
import { connectOptions, nativeDial } from '../../target/cql-access.ts';
import type { ResolvedTable } from '../../target/target.ts';
import type { RangeKeys } from './keys-in.ts';

/** What one node says. */
interface NodeEstimates {
  readonly dc: string;
  /** By table id. */
  readonly tables: ReadonlyMap<string, readonly SizeEstimate[]>;
}

/** What all nodes say. */
export class Estimates {
  readonly #nodes: readonly NodeEstimates[];

  constructor(nodes: readonly NodeEstimates[]) {
    this.#nodes = nodes;
  }

  /**
   * Estimates that cover the ring once, as far as nodes tell: of the replicas of one datacenter, where each has its own, else of all.
   */
  of(tableId: string, replication: Replication, dc: string): readonly RangeKeys[] {
    const within = replication.strategy === 'NetworkTopologyStrategy';
    const kind = within ? 'local_primary' : 'primary';
    return this.#nodes
      .filter((node) => !within || node.dc === dc)
      .flatMap(({ tables }) => tables.get(tableId) ?? [])
      .filter((estimate) => estimate.kind === kind);
  }
}

const askNode = async (
  cluster: Cluster,
  tables: readonly ResolvedTable[],
): Promise<NodeEstimates['tables']> => {
  const found = new Map<string, readonly SizeEstimate[]>();
  for (const { keyspace, table, tableId } of tables) {
    const estimates = await cluster.sizeEstimates(keyspace, table);
    if (isLeft(estimates)) continue;
    found.set(tableId, estimates.right);
  }
  return found;
};

/** Connects to every node that CQL names, asks, and closes. Embedded nodes have no CQL and tell nothing. */
export const askEstimates = async (
  target: LoadTarget,
  access: AccessOptions,
  tables: readonly ResolvedTable[],
  signal: AbortSignal,
): Promise<Estimates> => {
  if (target.kind === 'direct') return new Estimates([]);
  const contact = await connectCluster(connectOptions(target, target.contactPoints));
  if (isLeft(contact)) return new Estimates([]);
  const infos = await contact.right.nodes();
  await contact.right.close();
  if (isLeft(infos)) return new Estimates([]);
  const asked = await atOnce(infos.right, ESTIMATES_AT_ONCE_MAX, async ({ native, dc }) => {
    if (signal.aborted) return undefined;
    const cluster = await connectCluster(connectOptions(target, [nativeDial(native, access)]));
    if (isLeft(cluster)) return undefined;
    try {
      return { dc, tables: await askNode(cluster.right, tables) };
    } finally {
      await cluster.right.close();
    }
  });
  return new Estimates(asked.filter((node) => node !== undefined));
};
