// Control plane. The plan of a pull in words and numbers, for --dry-run, --json and people. Types only.

/** One table's ranges from one node. */
export interface PlannedUnit {
  readonly keyspace: string;
  readonly table: string;
  readonly replica: string;
  /** `LO:HI`, normalized. */
  readonly ranges: readonly string[];
  /** What the node says it would send (a preview session); undefined where it was not asked. */
  readonly bytes: number | undefined;
  readonly files: number | undefined;
}

/** The whole plan. */
export interface PullPlanView {
  readonly units: readonly PlannedUnit[];
  /** Units that an earlier run is done with. */
  readonly done: number;
  /** Ranges that no replica alive holds, by `keyspace.table`. */
  readonly missing: readonly { readonly table: string; readonly ranges: readonly string[] }[];
  readonly bytes: number | undefined;
}
