// Control plane. What a line of a ledger may hold, read back from JSON. Called by ledger-lines; the types it gives are those of records.ts.
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { boundedList, count, known, optional, text } from '../jobs/codecs.ts';
import { LEDGER_LINE_BYTES_MAX } from '../limits.ts';
import type { LedgerRecord } from './records.ts';

/** A list of ranges that later records name by its number, so that a thousand SSTables at one replica do not repeat its ranges. */
export interface RangesLine {
  readonly type: 'ranges';
  readonly id: number;
  readonly ranges: readonly string[];
}

/** No list is longer than its line. */
const Ranges = boundedList(text, LEDGER_LINE_BYTES_MAX);

const stamp = { run: count, at: text };

const unit = { keyspace: text, table: text, tableId: text, replica: text, rangesId: count };

const Identity = known(
  { job: t.keyof({ load: null, pull: null, copy: null }), from: text, to: text },
  'LedgerIdentity',
);

const SSTables = boundedList(
  known(
    {
      path: text,
      content: text,
      bytes: count,
      status: t.keyof({ kept: null, known: null }),
      mode: optional(t.keyof({ entire: null, sections: null })),
    },
    'ReceivedSSTable',
  ),
  LEDGER_LINE_BYTES_MAX,
);

const Begin = known(
  {
    type: t.literal('begin'),
    ...stamp,
    format: t.literal('scamander-ledger-1'),
    identity: Identity,
  },
  'BeginLine',
);

const RangesOfId: t.Type<RangesLine> = known(
  { type: t.literal('ranges'), id: count, ranges: Ranges },
  'RangesLine',
);

const Acknowledged = known(
  {
    type: t.literal('acknowledged'),
    ...stamp,
    ...unit,
    hostId: optional(text),
    content: text,
    sstable: text,
    bytes: count,
    planId: text,
  },
  'AcknowledgedLine',
);

const Intended = known(
  { type: t.literal('intended'), ...stamp, ...unit, planId: text, sstables: SSTables },
  'IntendedLine',
);

const Received = known(
  {
    type: t.literal('received'),
    ...stamp,
    ...unit,
    planId: text,
    bytes: count,
    sstables: SSTables,
  },
  'ReceivedLine',
);

const End = known({ type: t.literal('end'), ...stamp, verdict: text }, 'EndLine');

const LINES = {
  begin: Begin,
  ranges: RangesOfId,
  acknowledged: Acknowledged,
  intended: Intended,
  received: Received,
  end: End,
} as const;

/** One line as it is in the file. */
export type LedgerLine = t.TypeOf<(typeof LINES)[keyof typeof LINES]>;

const Kind = known(
  {
    type: t.keyof({
      begin: null,
      ranges: null,
      acknowledged: null,
      intended: null,
      received: null,
      end: null,
    }),
  },
  'LedgerLine',
);

/** Reads one line. */
export const readLine = (value: unknown): t.Validation<LedgerLine> => {
  const kind = Kind.decode(value);
  return isLeft(kind) ? kind : LINES[kind.right.type].decode(value);
};

/** True for records that name ranges. */
export const hasRanges = (
  record: LedgerRecord,
): record is Extract<LedgerRecord, { readonly ranges: readonly string[] }> => 'ranges' in record;
