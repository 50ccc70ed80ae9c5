// Control plane. What the records of a ledger say of units, one table's ranges from one node: which came, and which were about to. Called by pull.
// What replicas acknowledged is the Acknowledged of load. The records are indexed once, and what was appended since is added at the next question.
import type { EndRecord, IntendedRecord, LedgerRecord, ReceivedRecord, UnitId } from './records.ts';

/** Which table, and from which replica where that matters. */
export interface ReceivedQuestion {
  readonly tableId: string;
  readonly replica?: string | undefined;
}

const unitKey = ({ tableId, replica, ranges }: UnitId, planId: string): string =>
  JSON.stringify([tableId, replica, planId, ranges]);

/** Since the last run that ended. */
class LedgerIndex {
  /** By table. */
  readonly received = new Map<string, ReceivedRecord[]>();
  readonly intended = new Map<string, IntendedRecord>();
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
      case 'acknowledged':
        return;
      case 'intended':
        this.intended.set(unitKey(record, record.planId), record);
        return;
      case 'received':
        this.intended.delete(unitKey(record, record.planId));
        this.#ofTable(record.tableId).push(record);
        return;
      default:
        record satisfies EndRecord;
        this.received.clear();
        this.intended.clear();
    }
  }

  #ofTable(tableId: string): ReceivedRecord[] {
    const found = this.received.get(tableId) ?? [];
    this.received.set(tableId, found);
    return found;
  }
}

const indexes = new WeakMap<readonly LedgerRecord[], LedgerIndex>();

const indexOf = (records: readonly LedgerRecord[]): LedgerIndex => {
  const index = indexes.get(records) ?? new LedgerIndex();
  indexes.set(records, index);
  index.catchUp(records);
  return index;
};

/** What came of a table since the last run that ended; empty in a run that resumes none. */
export const receivedUnits = (
  records: readonly LedgerRecord[],
  { tableId, replica }: ReceivedQuestion,
): readonly ReceivedRecord[] =>
  (indexOf(records).received.get(tableId) ?? []).filter(
    (record) => replica === undefined || record.replica === replica,
  );

/** Units that were about to become visible when the run stopped: the disk says whether they did. */
export const openIntents = (records: readonly LedgerRecord[]): readonly IntendedRecord[] => [
  ...indexOf(records).intended.values(),
];
