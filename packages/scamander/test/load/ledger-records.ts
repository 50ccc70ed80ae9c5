// What a ledger's file holds, read by the ledger's own reader and without its lock. Called by tests only.
import { open } from 'node:fs/promises';
import { scanLedger } from '../../src/ledger/ledger-scan.ts';
import type { AcknowledgedRecord, LedgerRecord } from '../../src/ledger/records.ts';

/** Every whole record. */
export const recordsIn = async (path: string): Promise<readonly LedgerRecord[]> => {
  const handle = await open(path, 'r');
  try {
    const scanned = await scanLedger(handle);
    if (scanned._tag === 'Left') throw new Error(scanned.left.reason);
    return scanned.right.records;
  } finally {
    await handle.close();
  }
};

/** What is acknowledged in it. */
export const acknowledgedIn = async (path: string): Promise<readonly AcknowledgedRecord[]> =>
  (await recordsIn(path)).flatMap((record) => (record.type === 'acknowledged' ? [record] : []));
