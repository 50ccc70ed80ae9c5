// Control plane. What the records of a ledger say is done: pure views. Called by load, pull and copy when they plan.
// The records are indexed once, and what was appended since is added at the next question.
import type {
  AcknowledgedRecord,
  EndRecord,
  IntendedRecord,
  LedgerRecord,
  ReceivedRecord,
  ReceivedSSTable,
  UnitId,
} from './records.ts';

/** Which SSTable at which replica. */
export interface AcknowledgedQuestion {
  readonly content: string;
  /** At the target. */
  readonly tableId: string;
  /** Endpoint text. */
  readonly replica: string;
  /** Decides where both sides know it: an address may pass to another node, and a node may change its address. */
  readonly hostId?: string | undefined;
}

/** Which table, and from which replica where that matters. */
export interface ReceivedQuestion {
  readonly tableId: string;
  readonly replica?: string | undefined;
}

const pairKey = (one: string, other: string): string => `${one} ${other}`;

const unitKey = ({ tableId, replica, ranges }: UnitId, planId: string): string =>
  JSON.stringify([tableId, replica, planId, ranges]);

const pushTo = <T>(lists: Map<string, T[]>, key: string, item: T): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
};

class LedgerIndex {
  readonly acknowledged = new Map<string, AcknowledgedRecord[]>();
  /** Since the last run that ended. */
  readonly received = new Map<string, ReceivedRecord[]>();
  readonly intended = new Map<string, IntendedRecord>();
  /** By table, then by content. */
  readonly kept = new Map<string, Map<string, ReceivedSSTable>>();
  #upTo = 0;

  catchUp(records: readonly LedgerRecord[]): void {
    for (; this.#upTo < records.length; this.#upTo++) {
      const record = records[this.#upTo];
      if (record !== undefined) this.#add(record);
    }
  }

  #add(record: LedgerRecord): void {
    switch (record.type) {
      case 'begin':
        return;
      case 'acknowledged':
        pushTo(this.acknowledged, pairKey(record.tableId, record.content), record);
        return;
      case 'intended':
        this.intended.set(unitKey(record, record.planId), record);
        return;
      case 'received':
        this.#received(record);
        return;
      default:
        record satisfies EndRecord;
        this.received.clear();
        this.intended.clear();
    }
  }

  #received(record: ReceivedRecord): void {
    this.intended.delete(unitKey(record, record.planId));
    pushTo(this.received, record.tableId, record);
    const kept = this.kept.get(record.tableId) ?? new Map<string, ReceivedSSTable>();
    this.kept.set(record.tableId, kept);
    for (const sstable of record.sstables)
      if (sstable.status === 'kept') kept.set(sstable.content, sstable);
  }
}

const indexes = new WeakMap<readonly LedgerRecord[], LedgerIndex>();

const indexOf = (records: readonly LedgerRecord[]): LedgerIndex => {
  const index = indexes.get(records) ?? new LedgerIndex();
  indexes.set(records, index);
  index.catchUp(records);
  return index;
};

const isSameReplica = (record: AcknowledgedRecord, asked: AcknowledgedQuestion): boolean =>
  record.hostId === undefined || asked.hostId === undefined
    ? record.replica === asked.replica
    : record.hostId === asked.hostId;

const rangesOf = (
  records: readonly { readonly ranges: readonly string[] }[],
): readonly string[] => [...new Set(records.flatMap(({ ranges }) => ranges))];

/** What a replica acknowledged of an SSTable, in any run, oldest first. */
export const acknowledgements = (
  records: readonly LedgerRecord[],
  asked: AcknowledgedQuestion,
): readonly AcknowledgedRecord[] =>
  (indexOf(records).acknowledged.get(pairKey(asked.tableId, asked.content)) ?? []).filter(
    (record) => isSameReplica(record, asked),
  );

/** The ranges, `LO:HI`, that a replica acknowledged of an SSTable. They may overlap: they were asked for at different times. */
export const acknowledgedRanges = (
  records: readonly LedgerRecord[],
  asked: AcknowledgedQuestion,
): readonly string[] => rangesOf(acknowledgements(records, asked));

/** What came of a table since the last run that ended; empty in a run that resumes none. */
export const receivedUnits = (
  records: readonly LedgerRecord[],
  { tableId, replica }: ReceivedQuestion,
): readonly ReceivedRecord[] =>
  (indexOf(records).received.get(tableId) ?? []).filter(
    (record) => replica === undefined || record.replica === replica,
  );

/** The ranges, `LO:HI`, that came of a table since the last run that ended; empty in a run that resumes none. */
export const receivedRanges = (
  records: readonly LedgerRecord[],
  asked: ReceivedQuestion,
): readonly string[] => rangesOf(receivedUnits(records, asked));

/** Units that were about to become visible when the run stopped: the disk says whether they did. */
export const openIntents = (records: readonly LedgerRecord[]): readonly IntendedRecord[] => [
  ...indexOf(records).intended.values(),
];

/** SSTables of a table that were kept by any run, by content. */
export const keptContents = (
  records: readonly LedgerRecord[],
  tableId: string,
): ReadonlyMap<string, ReceivedSSTable> => indexOf(records).kept.get(tableId) ?? new Map();
