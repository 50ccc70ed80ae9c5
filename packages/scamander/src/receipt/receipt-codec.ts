// Control plane. What a receipt may hold, read back from JSON. Called by read-receipt, which loads it when it is needed; a receipt comes from outside,
// so every length is bounded and every field is looked at. What is not as it should be is named by its place in the JSON.
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { ScamanderErrorType } from '../errors.ts';
import { codecProblemText } from '../jobs/codec-problems.ts';
import { boundedList, boundedMap, count, known, optional, text, textLike } from '../jobs/codecs.ts';
import { RECEIPT_COMPONENTS_MAX, RECEIPT_ENTRIES_MAX, RECEIPT_RANGES_MAX } from '../limits.ts';
import type { ComponentRecord, Delivery, Receipt, Reception, SourceRecord } from './receipt.ts';
import { receiptFormatError } from './receipt-errors.ts';

const Texts = boundedList(text, RECEIPT_ENTRIES_MAX);
const Ranges = boundedList(textLike(/^[^:]*:[^:]*$/, 'a token range, LO:HI'), RECEIPT_RANGES_MAX);
const Mode = t.keyof({ entire: null, sections: null });

const Component: t.Type<ComponentRecord> = known(
  {
    bytes: count,
    crc32: optional(count),
    sha256: optional(textLike(/^[0-9a-f]{64}$/, '64 hex digits')),
  },
  'ComponentRecord',
);

const Components = boundedMap(Component, {
  // names become paths, so they may lead nowhere else
  key: textLike(/^[^/\\\0]+$/, 'the name of a component'),
  keysMax: RECEIPT_COMPONENTS_MAX,
});

const Source: t.Type<SourceRecord> = known(
  {
    sstable: text,
    version: text,
    format: text,
    bytes: count,
    content: optional(text),
    components: Components,
    verdict: t.keyof({ sound: null, refused: null }),
    reasons: Texts,
  },
  'SourceRecord',
);

const Delivered: t.Type<Delivery> = known(
  {
    sstable: text,
    keyspace: text,
    table: text,
    replica: text,
    mode: Mode,
    modeReason: optional(text),
    status: t.keyof({ acknowledged: null, unknown: null, failed: null, skipped: null }),
    ranges: Ranges,
    bytes: count,
    protocolVersion: optional(count),
    planId: optional(text),
    earlierRun: optional(count),
    startedAt: optional(text),
    finishedAt: optional(text),
    reason: optional(text),
  },
  'Delivery',
);

const Received: t.Type<Reception> = known(
  {
    sstable: text,
    keyspace: text,
    table: text,
    tableId: text,
    replica: text,
    mode: Mode,
    status: t.keyof({ kept: null, known: null }),
    ranges: Ranges,
    version: text,
    content: text,
    components: Components,
    bytes: count,
    protocolVersion: optional(count),
    planId: text,
    startedAt: optional(text),
    finishedAt: optional(text),
  },
  'Reception',
);

/** `t.Type` neither gives nor takes less than the type it is annotated with: each codec reads what receipt.ts describes, no field more or less. */
const Whole: t.Type<Receipt> = known(
  {
    format: t.literal('scamander-receipt-2'),
    job: t.keyof({ load: null, pull: null, copy: null }),
    from: text,
    to: text,
    run: optional(count),
    planIds: Texts,
    startedAt: text,
    finishedAt: text,
    sources: boundedList(Source, RECEIPT_ENTRIES_MAX),
    deliveries: boundedList(Delivered, RECEIPT_ENTRIES_MAX),
    receptions: boundedList(Received, RECEIPT_ENTRIES_MAX),
  },
  'Receipt',
);

const Format = known({ format: text }, 'Format');

const parsed = (json: string): Either<string, unknown> => {
  try {
    return right(JSON.parse(json));
  } catch (cause) {
    return left(cause instanceof Error ? cause.message : String(cause));
  }
};

/** A receipt from its JSON; `where` is its file, for the error. */
export const decodeReceipt = (json: string, where: string): Either<ScamanderErrorType, Receipt> => {
  const value = parsed(json);
  if (isLeft(value))
    return left(
      receiptFormatError(
        where,
        `the receipt is no JSON: ${value.left}`,
        'name the file that --receipt wrote',
      ),
    );
  const format = Format.decode(value.right);
  if (isLeft(format) || !format.right.format.startsWith('scamander-receipt-'))
    return left(
      receiptFormatError(
        where,
        'this is no receipt of scamander',
        'name the file that --receipt wrote',
      ),
    );
  if (format.right.format === 'scamander-receipt-1')
    return left(
      receiptFormatError(
        where,
        'the receipt has format 1, which names no digests that could be checked',
        'load again with --receipt: what is there already is not doubled',
      ),
    );
  const read = Whole.decode(value.right);
  return isLeft(read)
    ? left(
        receiptFormatError(
          where,
          `the receipt can’t be understood: ${codecProblemText(read.left)}`,
          'use the release that wrote it, or take the file from where it was first written',
        ),
      )
    : right(read.right);
};
