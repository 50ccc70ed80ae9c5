// Control plane. Reads a receipt back from its file. Called by the command line and by programs before verifyReceipt; a receipt comes from outside, so
// its length is bounded and every field is looked at. What is not as it should be is named by its place in the JSON.
import { open } from 'node:fs/promises';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import {
  count,
  listOf,
  mapOf,
  objectOf,
  oneOf,
  optional,
  type Shape,
  shapeProblemText,
  text,
  textLike,
} from '../ledger/json-shape.ts';
import {
  RECEIPT_BYTES_MAX,
  RECEIPT_COMPONENTS_MAX,
  RECEIPT_ENTRIES_MAX,
  RECEIPT_RANGES_MAX,
} from '../limits.ts';
import type { Receipt } from './receipt.ts';

const texts = listOf(text, RECEIPT_ENTRIES_MAX);
const ranges = listOf(textLike(/^[^:]*:[^:]*$/, 'a token range, LO:HI'), RECEIPT_RANGES_MAX);

/** Names become paths, so they may lead nowhere else. */
const componentName = /^[^/\\\0]+$/;

const component = objectOf({
  bytes: count,
  crc32: optional(count),
  sha256: optional(textLike(/^[0-9a-f]{64}$/, '64 hex digits')),
});

const components: Shape<
  Readonly<Record<string, typeof component extends Shape<infer T> ? T : never>>
> = (value, path) => {
  const read = mapOf(component, RECEIPT_COMPONENTS_MAX)(value, path);
  if (isLeft(read)) return read;
  const bad = Object.keys(read.right).find((name) => !componentName.test(name));
  return bad === undefined
    ? read
    : left({ path: `${path}.${JSON.stringify(bad)}`, expected: 'the name of a component' });
};

const source = objectOf({
  sstable: text,
  version: text,
  format: text,
  bytes: count,
  content: optional(text),
  components,
  verdict: oneOf('sound', 'refused'),
  reasons: texts,
});

const delivery = objectOf({
  sstable: text,
  keyspace: text,
  table: text,
  replica: text,
  mode: oneOf('entire', 'sections'),
  modeReason: optional(text),
  status: oneOf('acknowledged', 'unknown', 'failed', 'skipped'),
  ranges,
  bytes: count,
  protocolVersion: optional(count),
  planId: optional(text),
  earlierRun: optional(count),
  startedAt: optional(text),
  finishedAt: optional(text),
  reason: optional(text),
});

const reception = objectOf({
  sstable: text,
  keyspace: text,
  table: text,
  tableId: text,
  replica: text,
  mode: oneOf('entire', 'sections'),
  status: oneOf('kept', 'known'),
  ranges,
  version: text,
  content: text,
  components,
  bytes: count,
  protocolVersion: optional(count),
  planId: text,
  startedAt: optional(text),
  finishedAt: optional(text),
});

const receipt: Shape<Receipt> = objectOf({
  format: oneOf('scamander-receipt-2'),
  job: oneOf('load', 'pull', 'copy'),
  from: text,
  to: text,
  run: optional(count),
  planIds: texts,
  startedAt: text,
  finishedAt: text,
  sources: listOf(source, RECEIPT_ENTRIES_MAX),
  deliveries: listOf(delivery, RECEIPT_ENTRIES_MAX),
  receptions: listOf(reception, RECEIPT_ENTRIES_MAX),
});

const formatOf = objectOf({ format: text });

const problem = (where: string, message: string, advice: string): ScamanderErrorType => ({
  code: 'SCM_RECEIPT_FORMAT',
  kind: 'usage',
  message,
  where,
  lost: 'nothing; nothing was checked',
  advice,
  retryable: false,
});

const parsed = (json: string): Either<string, unknown> => {
  try {
    return right(JSON.parse(json));
  } catch (cause) {
    return left(cause instanceof Error ? cause.message : String(cause));
  }
};

/** A receipt from its JSON; `where` is its file, for the error. */
export const parseReceipt = (json: string, where: string): Either<ScamanderErrorType, Receipt> => {
  const value = parsed(json);
  if (isLeft(value))
    return left(
      problem(where, `the receipt is no JSON: ${value.left}`, 'name the file that --receipt wrote'),
    );
  const format = formatOf(value.right, '');
  if (isLeft(format) || !format.right.format.startsWith('scamander-receipt-'))
    return left(
      problem(where, 'this is no receipt of scamander', 'name the file that --receipt wrote'),
    );
  if (format.right.format === 'scamander-receipt-1')
    return left(
      problem(
        where,
        'the receipt has format 1, which names no digests that could be checked',
        'load again with --receipt: what is there already is not doubled',
      ),
    );
  const read = receipt(value.right, '');
  return isLeft(read)
    ? left(
        problem(
          where,
          `the receipt can’t be understood: ${shapeProblemText(read.left)}`,
          'use the release that wrote it, or take the file from where it was first written',
        ),
      )
    : right(read.right);
};

const unreadable = (where: string, cause: unknown): ScamanderErrorType => ({
  code: 'SCM_RECEIPT_IO',
  kind: 'usage',
  message: `the receipt can’t be read: ${cause instanceof Error ? cause.message : String(cause)}`,
  where,
  lost: 'nothing; nothing was checked',
  advice: 'name the file that --receipt wrote',
  retryable: false,
});

/** Reads the file of a receipt. Errors: SCM_RECEIPT_IO, SCM_RECEIPT_FORMAT. */
export const readReceipt = async (path: string): Promise<Either<ScamanderErrorType, Receipt>> => {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > RECEIPT_BYTES_MAX)
        return left(
          problem(
            path,
            `the receipt has ${size} bytes, no more than ${RECEIPT_BYTES_MAX} are read`,
            'name the file that --receipt wrote',
          ),
        );
      return parseReceipt(await handle.readFile('utf8'), path);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    return left(unreadable(path, cause));
  }
};
