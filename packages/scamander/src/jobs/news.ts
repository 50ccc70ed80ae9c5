// Control plane. News that every job that streams tells in the same words: tries, other ways, a changed ring, peers that stand still. Emitted by
// load, pull and copy; read by their subscribers. Types only.

/** Who stopped, since when, and what is done about it. */
export interface StallVerdict {
  readonly peer: string;
  /** Who is waited for: the peer, our own disk, or our own limit. */
  readonly who: 'peer' | 'disk' | 'throttle';
  /** What is waited for, in words, such as `RECEIVED for nb-3-big-Data.db`. */
  readonly waitingFor: string;
  readonly sinceMs: number;
  /** ISO time of the last acknowledgement of this peer; undefined where there was none. */
  readonly lastAcknowledgement: string | undefined;
  /** What is done, in words, such as `given up after 60 s of silence, then tried again`. */
  readonly action: string;
}

/** One closed union; `type` tells the case. */
export type JobNews =
  | {
      /** An earlier run's ledger was found. */
      readonly type: 'Resumed';
      readonly run: number;
      readonly acknowledged: number;
      readonly bytes: number;
    }
  | {
      readonly type: 'Retrying';
      readonly peer: string;
      /** `keyspace.table` */
      readonly table: string;
      /** Number of the try that comes, from 2. */
      readonly attempt: number;
      readonly attempts: number;
      readonly afterMs: number;
      readonly reason: string;
    }
  | {
      readonly type: 'Rerouted';
      readonly table: string;
      /** `(LO, HI]` */
      readonly ranges: readonly string[];
      readonly from: string;
      readonly to: string;
      readonly reason: string;
    }
  | { readonly type: 'RingChanged'; readonly message: string }
  | { readonly type: 'Stalled'; readonly verdict: StallVerdict };
