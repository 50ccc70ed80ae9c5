// Control plane. The news of a load: its own steps, and every event of its stream. Called by load (emits) and its subscribers. Types only.
import type { StreamEvent } from '@scamander/session';
import type { ScamanderErrorType } from '../errors.ts';
import type { JobNews } from '../jobs/news.ts';
import type { SourceRecord } from '../receipt/receipt.ts';
import type { ProbeNews } from '../target/probe.ts';
import type { TargetNews } from '../target/target.ts';
import type { LoadPlanView } from './plan-view.ts';

/** One closed union; `type` tells the case. Events of the stream keep their own types. */
export type LoadEvent =
  | {
      readonly type: 'Discovered';
      readonly tables: readonly {
        readonly keyspace: string;
        readonly table: string;
        readonly sstables: number;
        readonly bytes: number;
      }[];
    }
  | TargetNews
  | ProbeNews
  | JobNews
  | { readonly type: 'Problem'; readonly error: ScamanderErrorType }
  | {
      readonly type: 'Verifying';
      readonly sstable: string;
      readonly bytes: number;
      readonly totalBytes: number;
    }
  | { readonly type: 'Verified'; readonly source: SourceRecord }
  | { readonly type: 'Planned'; readonly plan: LoadPlanView }
  | StreamEvent;
