// Control plane. What a node is asked for. Called by sessions that ask, with and without files. Types only.
import type { TokenRange } from '@scamander/ring';

/** Ranges of some tables of one keyspace. */
export interface Asked {
  readonly keyspace: string;
  readonly tables: readonly string[];
  /** All of them the node's own: 4.0.19 and 4.1.10 refuse others. */
  readonly ranges: readonly TokenRange[];
}
