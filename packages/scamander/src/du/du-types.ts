// Control plane. What du() is asked and answers: sizes of tables by node and range, from preview sessions that move nothing (spec:
// streaming-4.0-plus §6.9). Types only.
import type { JobNews } from '../jobs/news.ts';
import type { SourceOptions } from '../pull/options.ts';
import type { ProbeNews } from '../target/probe.ts';
import type { TargetNews } from '../target/target.ts';

/** Options of du(). */
export interface DuOptions extends SourceOptions {
  /** One line for each range of each node, which costs one preview session each. */
  readonly byRange?: boolean;
}

/** What one node would send of one table. */
export interface DuEntry {
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string;
  readonly replica: string;
  /** `LO:HI`; all that were asked of this node, or one of them. */
  readonly ranges: readonly string[];
  /** As they would travel: compressed bytes with their checksums. */
  readonly bytes: number;
  /** Files: components of whole SSTables, and 1 for each SSTable that is sent in sections (spec §2.6). */
  readonly files: number;
  /** Partitions, as the node itself estimates them (system.size_estimates), for the whole of its primary ranges in these; undefined where it does not tell. */
  readonly keys: number | undefined;
}

/** The answer. */
export interface DuReport {
  readonly entries: readonly DuEntry[];
  /** Nodes that did not answer, and why. */
  readonly silent: readonly { readonly replica: string; readonly reason: string }[];
  /** Of all entries: with one replica a range this is what a pull would move. */
  readonly bytes: number;
  readonly files: number;
  readonly elapsedMs: number;
}

/** News of du(). */
export type DuEvent =
  | TargetNews
  | ProbeNews
  | JobNews
  | { readonly type: 'Sized'; readonly entry: DuEntry };
