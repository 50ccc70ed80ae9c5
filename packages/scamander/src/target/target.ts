// Control plane. A cluster that data go to or come from: one that was asked over CQL and gossip, or embedded nodes. Implemented by the two
// files beside it. Types only.
import type { Partitioner, Replication, RingState } from '@scamander/ring';
import type { Endpoint } from '@scamander/wire-codec';
import type { Either } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { TargetTable } from '../load/schema-check.ts';

/** A node that may get or give data. */
export interface TargetNode {
  /** Broadcast address and storage port: the node's identity, and `host` of the ring. */
  readonly endpoint: Endpoint;
  /** Where it is reached: the same, unless the address map says otherwise. */
  readonly dial: Endpoint;
  readonly dc: string;
  readonly rack: string;
  /** Of the ring: `normal`, `joining`, `leaving`, … */
  readonly status: string;
  /** Undefined for an embedded node. */
  readonly releaseVersion: string | undefined;
}

/** Indexes that live inside the SSTables. */
export interface AttachedIndexes {
  /** Names of storage-attached indexes (SAI). */
  readonly sai: readonly string[];
  /** Names of other indexes attached to SSTables (SASI and custom classes). */
  readonly other: readonly string[];
}

/** A table of the cluster. */
export interface ResolvedTable {
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string;
  /** What the SSTables are compared with; undefined for embedded nodes, which have no schema. */
  readonly schema: TargetTable | undefined;
  readonly indexes: AttachedIndexes;
  readonly replication: Replication;
  /** How long deletions are kept at least; undefined where nothing is ever left out. */
  readonly gcGraceSeconds?: number | undefined;
}

/** Where a table lies on our disk; embedded nodes know tables by the id in the folder's name only. */
export interface SourceFolder {
  readonly tableId: string | undefined;
  readonly directories: readonly string[];
}

/** News of opening a target and of asking it. */
export type TargetNews =
  | { readonly type: 'Warning'; readonly message: string }
  | {
      readonly type: 'ClusterSeen';
      readonly name: string;
      readonly nodes: number;
      readonly releases: readonly string[];
    };

/** An open target. */
export interface Target {
  readonly name: string;
  readonly partitioner: Partitioner;
  /** As of the last look. */
  readonly ring: RingState;
  /** As of the last look. */
  readonly nodes: readonly TargetNode[];
  /** Datacenter that counts as ours: that of the first contact point. */
  readonly localDc: string;
  /** Asks for the ring anew. True: nodes, tokens or states are not what they were, and `ring` and `nodes` are new. */
  look(): Promise<Either<ScamanderErrorType, boolean>>;
  /** Finds a table by its names. `source` is what an embedded node needs instead of a schema. */
  table(
    keyspace: string,
    table: string,
    source?: SourceFolder,
  ): Promise<Either<ScamanderErrorType, ResolvedTable>>;
  /** Names of a keyspace's tables, without views. Left for embedded nodes: they can't tell. */
  tablesOf(keyspace: string): Promise<Either<ScamanderErrorType, readonly string[]>>;
  /**
   * CREATE statements of the keyspace, or of one table with its id, types, indexes and dropped columns, as the cluster words them
   * (DESCRIBE … WITH INTERNALS of 4.0 and later). Undefined for embedded nodes.
   */
  schemaText(
    keyspace: string,
    table?: string,
  ): Promise<Either<ScamanderErrorType, string | undefined>>;
  close(): Promise<void>;
}
