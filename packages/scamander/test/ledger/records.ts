// Records as jobs append them. Called by the tests of ledgers only.
import type { Ledger, NewRecord } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import type { LedgerIdentity } from '../../src/ledger/records.ts';

export const IDENTITY: LedgerIdentity = { job: 'load', from: 'backup', to: 'Test Cluster' };

/** A clock that moves by a second a question. */
export const ticking = (start = Date.UTC(2026, 0, 1)): { unixMs: () => number } => {
  let now = start;
  return {
    unixMs: () => {
      now += 1_000;
      return now;
    },
  };
};

export type NewAcknowledged = Extract<NewRecord, { readonly type: 'acknowledged' }>;
export type NewReceived = Extract<NewRecord, { readonly type: 'received' }>;

export const acknowledged = (
  content: string,
  more: Partial<NewAcknowledged> = {},
): NewAcknowledged => ({
  type: 'acknowledged',
  keyspace: 'ks',
  table: 't',
  tableId: 'table-1',
  replica: '10.0.0.1:7000',
  hostId: undefined,
  content,
  sstable: `/backup/${content}-Data.db`,
  ranges: ['0:10', '20:30'],
  bytes: 1_000,
  planId: 'plan-1',
  ...more,
});

export const received = (
  ranges: readonly string[],
  more: Partial<NewReceived> = {},
): NewReceived => ({
  type: 'received',
  keyspace: 'ks',
  table: 't',
  tableId: 'table-1',
  replica: '10.0.0.1:7000',
  ranges,
  planId: 'plan-1',
  bytes: 10,
  sstables: [],
  ...more,
});

/** Opens, or fails the test. */
export const opened = async (
  path: string,
  identity: LedgerIdentity = IDENTITY,
  parts = ticking(),
): Promise<Ledger> => {
  const ledger = await openLedger(path, identity, parts);
  if (ledger._tag === 'Left') throw new Error(`${ledger.left.code}: ${ledger.left.message}`);
  return ledger.right;
};

/** The code of the error that opening comes to. */
export const refused = async (path: string, identity: LedgerIdentity = IDENTITY) => {
  const ledger = await openLedger(path, identity, ticking());
  if (ledger._tag === 'Left') return ledger.left;
  await ledger.right.close();
  throw new Error('the ledger was opened');
};
