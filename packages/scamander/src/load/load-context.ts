// Control plane. What all tables of one load share. Made by load, read by load-table. Types only.
import type { TokenRange } from '@scamander/ring';
import type { OutboundThrottle } from '@scamander/throttle';
import type { Transport } from '@scamander/transport';
import type { Endpoint, StreamingVersion } from '@scamander/wire-codec';
import type { FrontDoorParts } from '../parts.ts';
import type { Probe } from '../target/probe.ts';
import type { Target } from '../target/target.ts';
import type { LoadEvent } from './events.ts';
import type { LoadOptions } from './options.ts';
import type { PlannedTable } from './plan-view.ts';

/** See the head of this file. */
export interface LoadContext {
  readonly options: LoadOptions;
  readonly target: Target;
  /** Undefined: the whole ring. */
  readonly ranges: readonly TokenRange[] | undefined;
  /** By endpoint text. */
  readonly probes: ReadonlyMap<string, Probe>;
  readonly parts: FrontDoorParts;
  readonly signal: AbortSignal;
  readonly emit: (event: LoadEvent) => void;
  /** Called with each table's plan before its first byte moves, and again where an SSTable turned out bad on its way. */
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
