// Control plane. Where a load goes, as load sees it: a cluster that was asked over CQL and gossip, or embedded nodes. Implemented by the two
// files beside it. Types only.
import type { Partitioner, Replication, RingState } from '@scamander/ring';
import type { DiscoveredTable } from '@scamander/sstable-io';
import type { Endpoint } from '@scamander/wire-codec';
import type { Either } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { TargetTable } from '../load/schema-check.ts';

/** A node that may get data. */
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

/** The table that one group of SSTables goes into. */
export interface ResolvedTable {
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string;
  /** What the SSTables are compared with; undefined for embedded nodes, which have no schema. */
  readonly schema: TargetTable | undefined;
  readonly indexes: AttachedIndexes;
  readonly replication: Replication;
}

/** An open target. */
export interface Target {
  readonly name: string;
  readonly partitioner: Partitioner;
  readonly ring: RingState;
  readonly nodes: readonly TargetNode[];
  /** Datacenter that counts as ours: that of the first contact point. */
  readonly localDc: string;
  /** Finds the table that these SSTables go into, under the given names. */
  table(
    source: DiscoveredTable,
    keyspace: string,
    table: string,
  ): Promise<Either<ScamanderErrorType, ResolvedTable>>;
  close(): Promise<void>;
}
