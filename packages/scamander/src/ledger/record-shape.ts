// Control plane. What a line of a ledger may hold, read back from JSON. Called by ledger-lines; the types it gives are those of records.ts.
import { type Either, left } from 'fp-ts/lib/Either.js';
import { LEDGER_LINE_BYTES_MAX } from '../limits.ts';
import {
  count,
  listOf,
  objectOf,
  oneOf,
  optional,
  type Shape,
  type ShapeProblem,
  type TypeOfShape,
  text,
} from './json-shape.ts';
import type { LedgerRecord } from './records.ts';

/** A list of ranges that later records name by its number, so that a thousand SSTables at one replica do not repeat its ranges. */
export interface RangesLine {
  readonly type: 'ranges';
  readonly id: number;
  readonly ranges: readonly string[];
}

/** No list is longer than its line. */
const ranges = listOf(text, LEDGER_LINE_BYTES_MAX);

const stamp = { run: count, at: text };

const identity = objectOf({ job: oneOf('load', 'pull', 'copy'), from: text, to: text });

const acknowledged = objectOf({
  type: oneOf('acknowledged'),
  ...stamp,
  keyspace: text,
  table: text,
  tableId: text,
  replica: text,
  hostId: optional(text),
  content: text,
  sstable: text,
  rangesId: count,
  bytes: count,
  planId: text,
});

const unit = { keyspace: text, table: text, tableId: text, replica: text, rangesId: count };

const sstables = listOf(
  objectOf({
    path: text,
    content: text,
    bytes: count,
    status: oneOf('kept', 'known'),
    mode: optional(oneOf('entire', 'sections')),
  }),
  LEDGER_LINE_BYTES_MAX,
);

const lines = {
  begin: objectOf({
    type: oneOf('begin'),
    ...stamp,
    format: oneOf('scamander-ledger-1'),
    identity,
  }),
  ranges: objectOf({ type: oneOf('ranges'), id: count, ranges }),
  acknowledged,
  intended: objectOf({ type: oneOf('intended'), ...stamp, ...unit, planId: text, sstables }),
  received: objectOf({
    type: oneOf('received'),
    ...stamp,
    ...unit,
    planId: text,
    bytes: count,
    sstables,
  }),
  end: objectOf({ type: oneOf('end'), ...stamp, verdict: text }),
} as const;

/** One line as it is in the file. */
export type LedgerLine = {
  [K in keyof typeof lines]: TypeOfShape<(typeof lines)[K]>;
}[keyof typeof lines];

const kind = objectOf({
  type: oneOf('begin', 'ranges', 'acknowledged', 'intended', 'received', 'end'),
});

/** Reads one line. */
export const readLine = (value: unknown): Either<ShapeProblem, LedgerLine> => {
  const found = kind(value, '');
  if (found._tag === 'Left') return left(found.left);
  const shape: Shape<LedgerLine> = lines[found.right.type];
  return shape(value, '');
};

/** True for records that name ranges. */
export const hasRanges = (
  record: LedgerRecord,
): record is Extract<LedgerRecord, { readonly ranges: readonly string[] }> => 'ranges' in record;
