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
  /**
   * Partitions in these ranges, as their primary replicas estimate them (system.table_estimates: counted every five minutes, in steps of
   * 128 keys an SSTable, memtables apart); undefined where one of them does not tell.
   */
  readonly keys: number | undefined;
}

/** Ranges of a table whose size nobody told. */
export interface DuMissing {
  readonly table: string;
  readonly ranges: readonly string[];
  readonly reason: string;
}

/**
 * - `complete`: everybody who was to be asked told;
 * - `partial`: every range was told by somebody, of all replicas that were asked some did not tell;
 * - `incomplete`: of some ranges nobody told.
 */
export type DuVerdict = 'complete' | 'partial' | 'incomplete';

/** The answer. */
export interface DuReport {
  readonly verdict: DuVerdict;
  readonly entries: readonly DuEntry[];
  /** Nodes that did not answer, and why; another replica was asked for what they hold, unless all replicas are asked. */
  readonly silent: readonly { readonly replica: string; readonly reason: string }[];
  readonly missing: readonly DuMissing[];
  /** Of all entries: with one replica a range this is what a pull would move. */
  readonly bytes: number;
  readonly files: number;
  /** Undefined where it is of one entry. */
  readonly keys: number | undefined;
  readonly elapsedMs: number;
}

/** News of du(). */
export type DuEvent =
  | TargetNews
  | ProbeNews
  | JobNews
  | { readonly type: 'Sized'; readonly entry: DuEntry };
