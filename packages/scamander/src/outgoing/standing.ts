// Control plane. What a node knows of an SSTable beside its rows, and tells with it. Called by both kinds of outgoing file. Types only.

/** Where an SSTable stands at the sender; a bulk load tells nothing of it. */
export interface Standing {
  readonly sstableLevel: number;
  /** 0n = not repaired. */
  readonly repairedAtMs: bigint;
  readonly pendingRepair: string | undefined;
}
