// Control plane. What all tables of one load share. Made by open-load.ts, read by everything below. Types only.
import type { TokenRange } from '@scamander/ring';
import type { OutboundThrottle } from '@scamander/throttle';
import type { Transport } from '@scamander/transport';
import type { Endpoint, StreamingVersion } from '@scamander/wire-codec';
import type { ScamanderErrorType } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { FrontDoorParts } from '../parts.ts';
import type { RetryPolicy } from '../retry/policy.ts';
import type { Tries } from '../retry/tries.ts';
import type { Probes } from '../target/probes.ts';
import type { RingWatch } from '../target/ring-watch.ts';
import type { Target } from '../target/target.ts';
import type { Acknowledged } from './acknowledged.ts';
import type { LoadEvent } from './events.ts';
import type { LoadOptions } from './options.ts';
import type { PlannedTable } from './plan-view.ts';

/** See the head of this file. */
export interface LoadContext {
  readonly options: LoadOptions;
  readonly target: Target;
  /** Undefined: the whole ring. */
  readonly ranges: readonly TokenRange[] | undefined;
  readonly probes: Probes;
  readonly watch: RingWatch;
  readonly retry: RetryPolicy;
  readonly tries: Tries;
  readonly acknowledged: Acknowledged;
  /** Undefined where none is kept. */
  readonly ledger: Ledger | undefined;
  readonly parts: FrontDoorParts;
  /** The user's, or our own when something ends the whole load. */
  readonly signal: AbortSignal;
  /** Ends the whole load with an error; the first one counts. */
  readonly halt: (error: ScamanderErrorType) => void;
  readonly emit: (event: LoadEvent) => void;
  /** Called with each table's plan before its first byte moves, and again when it is another one. */
  readonly planned: (table: PlannedTable) => void;
  readonly transferParts: {
    readonly transport: Transport;
    readonly announce: Endpoint;
    readonly throttle: OutboundThrottle;
    readonly connections: number;
    readonly silenceTimeoutMs: number;
    readonly versions: { readonly min: StreamingVersion; readonly max: StreamingVersion };
  };
}
