// Control plane. SSTables that earlier pulls left in a data directory, by the ledger there. Called by verifyReceipt: the receipt of a later pull does not
// name them, and they are no surplus. Takes no lock: a ledger only grows.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import { ledgerPathOf } from '../../pull/destination/destination.ts';

const NONE: ReadonlySet<string> = new Set();

/** Paths of Data.db; none where the ledger is not there, or can't be read: then all that is not named is surplus. */
export const keptByPulls = async (dataDirectory: string): Promise<ReadonlySet<string>> => {
  // what reads ledgers is loaded when it is needed, see openLedger
  const { scanLedger } = await import('../../ledger/ledger-scan.ts');
  try {
    const handle = await open(ledgerPathOf({ into: dataDirectory }), 'r');
    try {
      const scanned = await scanLedger(handle);
      if (isLeft(scanned)) return NONE;
      return new Set(
        scanned.right.records
          .flatMap((record) => (record.type === 'received' ? [...record.sstables] : []))
          .map(({ path }) => join(dataDirectory, path)),
      );
    } finally {
      await handle.close();
    }
  } catch {
    return NONE;
  }
};
