// Control plane: what a caller can say about a node, with defaults. Called by node.ts and ring.ts.
import { heapMbDefault } from './limits.ts';
import type { NodeTls } from './node-tls.ts';

/** Options of {@link startNode}. Everything but the version has a default. */
export type NodeOptions = {
  /** Maven version, `5.0.6`. */
  readonly version: string;
  /** A loopback address; @default the first free one from 127.0.0.2. */
  readonly address?: string;
  /** @default a name of its own, the same for all nodes of a ring */
  readonly clusterName?: string;
  /** Addresses of seeds; @default the node itself. */
  readonly seeds?: readonly string[];
  /** @default 16 */
  readonly numTokens?: number;
  /** Comma separated tokens instead of random ones; their count must be numTokens. */
  readonly initialToken?: string;
  /** @default `dc1` */
  readonly dc?: string;
  /** @default `rack1` */
  readonly rack?: string;
  /** Class name of the partitioner; @default Murmur3Partitioner. */
  readonly partitioner?: string;
  /** Whether the node streams its ranges from others before it joins; @default false. */
  readonly autoBootstrap?: boolean;
  /** Encryption of the storage port and the native port; @default none. */
  readonly tls?: NodeTls;
  /** Settings of cassandra.yaml that replace or join the default ones. `null` removes one. */
  readonly yaml?: Readonly<Record<string, unknown>>;
  /** Heap in MB; @default 400. */
  readonly heapMb?: number;
  /** System properties that replace or join the default ones. */
  readonly jvmProperties?: Readonly<Record<string, string>>;
  /** Further JVM options, `-XX:…`. */
  readonly jvmOptions?: readonly string[];
  /**
   * What startNode waits for: CQL answers (`native`), the storage port accepts (`storage`, for a node that shall be seen
   * while it joins), or just the process (`process`). @default `native`
   */
  readonly waitFor?: 'native' | 'storage' | 'process';
};

/** All values of a node, known before it starts. */
export type NodeSettings = Required<Omit<NodeOptions, 'initialToken' | 'tls'>> & {
  readonly initialToken: string | undefined;
  readonly tls: NodeTls | undefined;
};

let clusters = 0;

/**
 * A name that no other cluster on the machine has. Addresses are used again while others still gossip with who had them before: nodes of
 * another name are turned away, those of the same would join.
 */
export const newClusterName = (): string => {
  clusters += 1;
  return `scamander ${process.pid} ${clusters}`;
};

export const settingsOf = (options: NodeOptions, address: string): NodeSettings => ({
  version: options.version,
  address,
  clusterName: options.clusterName ?? newClusterName(),
  seeds: options.seeds ?? [address],
  numTokens: options.numTokens ?? 16,
  initialToken: options.initialToken,
  dc: options.dc ?? 'dc1',
  rack: options.rack ?? 'rack1',
  partitioner: options.partitioner ?? 'org.apache.cassandra.dht.Murmur3Partitioner',
  autoBootstrap: options.autoBootstrap ?? false,
  tls: options.tls,
  yaml: options.yaml ?? {},
  heapMb: options.heapMb ?? heapMbDefault,
  jvmProperties: options.jvmProperties ?? {},
  jvmOptions: options.jvmOptions ?? [],
  waitFor: options.waitFor ?? 'native',
});
