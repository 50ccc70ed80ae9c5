// Control plane. The news of a pull: its own steps, what all jobs tell, and every event of its streams. Types only.
import type { StreamEvent } from '@scamander/session';
import type { ScamanderErrorType } from '../errors.ts';
import type { JobNews } from '../jobs/news.ts';
import type { Reception } from '../receipt/receipt.ts';
import type { ProbeNews } from '../target/probe.ts';
import type { TargetNews } from '../target/target.ts';
import type { PullPlanView } from './plan-view.ts';

/** One closed union; `type` tells the case. Events of the streams keep their own types. */
export type PullEvent =
  | TargetNews
  | ProbeNews
  | JobNews
  | { readonly type: 'Problem'; readonly error: ScamanderErrorType }
  /** Where we listen, and what nodes are told to dial. */
  | { readonly type: 'Listening'; readonly at: string; readonly announced: string }
  /** A request makes the node flush the tables first. */
  | { readonly type: 'Planned'; readonly plan: PullPlanView }
  | {
      readonly type: 'UnitReceived';
      readonly keyspace: string;
      readonly table: string;
      readonly replica: string;
      readonly receptions: readonly Reception[];
    }
  | StreamEvent;
