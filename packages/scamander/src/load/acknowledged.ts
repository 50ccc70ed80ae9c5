// Control plane. What replicas have acknowledged of a load's SSTables, in this run and, by the ledger, in earlier ones. Made by load, filled
// by lanes, asked when a table is planned. Knows contents, not files: an SSTable that was moved or copied is the same.
import {
  differenceOfSets,
  intersectionOfSets,
  normalize,
  type Partitioner,
  parseRange,
  type TokenRange,
} from '@scamander/ring';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { AcknowledgedRecord, LedgerRecord } from '../ledger/records.ts';

/** What was sent: an SSTable by its content, for one table. */
export interface SentItem {
  readonly tableId: string;
  /** Content id; the path where no ledger is kept. */
  readonly content: string;
}

/** A node, by the id that stays where its address changes, else by the address. */
export interface ReplicaId {
  readonly replica: string;
  readonly hostId: string | undefined;
}

/** Part of an SSTable that a run of the ledger delivered. */
export interface EarlierPart {
  readonly run: number;
  readonly planId: string;
  readonly at: string;
  readonly ranges: readonly TokenRange[];
}

type Entry = ReplicaId & EarlierPart;

const itemKey = ({ tableId, content }: SentItem): string => `${tableId} ${content}`;

const pathKey = (tableId: string, path: string): string => `${tableId} ${path}`;

const isSame = (a: ReplicaId, b: ReplicaId): boolean =>
  a.hostId !== undefined && b.hostId !== undefined
    ? a.hostId === b.hostId
    : a.replica === b.replica;

/** See the head of this file. */
export class Acknowledged {
  readonly #partitioner: Partitioner;
  readonly #items = new Map<string, Entry[]>();
  readonly #contents = new Map<string, string>();
  readonly #tables = new Set<string>();

  constructor(partitioner: Partitioner, records: readonly LedgerRecord[]) {
    this.#partitioner = partitioner;
    for (const record of records) if (record.type === 'acknowledged') this.#remember(record);
  }

  #remember(record: AcknowledgedRecord): void {
    const ranges = record.ranges.flatMap((text) => {
      const range = parseRange(this.#partitioner, text);
      return isLeft(range) ? [] : [range.right];
    });
    this.#contents.set(pathKey(record.tableId, record.sstable), record.content);
    this.add(record, record, { ...record, ranges });
  }

  /** Counts from now on. Where a ledger is kept, call it when the record is durable. */
  add(item: SentItem, to: ReplicaId, part: EarlierPart): void {
    const key = itemKey(item);
    const entries = this.#items.get(key) ?? [];
    this.#items.set(key, entries);
    const { replica, hostId } = to;
    const { run, planId, at, ranges } = part;
    entries.push({ replica, hostId, run, planId, at, ranges });
    this.#tables.add(item.tableId);
  }

  /** True when some of the table arrived somewhere. */
  knowsTable(tableId: string): boolean {
    return this.#tables.has(tableId);
  }

  /** True when some of it arrived somewhere. */
  knows(item: SentItem): boolean {
    return this.#items.has(itemKey(item));
  }

  /** What lay at a path when it was sent last. */
  contentAt(tableId: string, path: string): string | undefined {
    return this.#contents.get(pathKey(tableId, path));
  }

  /** Of these ranges the ones that the node has not acknowledged, normalized. */
  missing(item: SentItem, at: ReplicaId, ranges: readonly TokenRange[]): readonly TokenRange[] {
    const had = this.#entries(item, at).flatMap((entry) => entry.ranges);
    return had.length === 0
      ? normalize(this.#partitioner, ranges)
      : differenceOfSets(this.#partitioner, ranges, had);
  }

  /** Of these ranges the ones that runs before this one delivered, by run. */
  earlier(
    item: SentItem,
    at: ReplicaId,
    ranges: readonly TokenRange[],
    thisRun: number,
  ): readonly EarlierPart[] {
    return this.#entries(item, at)
      .filter(({ run }) => run < thisRun)
      .map((entry) => ({
        ...entry,
        ranges: intersectionOfSets(this.#partitioner, entry.ranges, ranges),
      }))
      .filter((part) => part.ranges.length > 0);
  }

  #entries(item: SentItem, at: ReplicaId): readonly Entry[] {
    return (this.#items.get(itemKey(item)) ?? []).filter((entry) => isSame(entry, at));
  }
}
