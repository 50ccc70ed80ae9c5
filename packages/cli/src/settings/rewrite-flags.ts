// Control plane. The flags of `sstable split`, `compact` and `upgrade` to the input of their job. Called by commands/sstable-rewrite.ts; reads the
// schema file.
import type { ScamanderErrorType } from '@scamander/scamander';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { RewriteAction, RewriteJobInput } from '../jobs/rewrite.ts';
import { knownPartitioner, readSchema } from './dump-flags.ts';
import { oneOf, optionalNumber, optionalSize, textList } from './flag-values.ts';
import { usageError } from './usage-error.ts';

/** What commander hands over. */
export interface RewriteFlags {
  readonly into?: string;
  readonly format?: string;
  readonly schema?: string;
  readonly partitioner?: string;
  readonly capDeletionTimes?: boolean;
  readonly ranges?: string;
  readonly size?: string;
  readonly sstableSize?: string;
  readonly purge?: boolean;
  readonly gcGrace?: string;
}

/** All of the input that comes from flags. */
export type RewriteSettings = Omit<RewriteJobInput, 'sstables'>;

type Checked<T> = Either<ScamanderErrorType, T>;

const versionOf = (text: string | undefined): Checked<RewriteJobInput['version']> =>
  text === undefined
    ? right(undefined)
    : oneOf(text, '--format', ['me', 'nb', 'oa', 'da'] as const);

const splitOf = (flags: RewriteFlags): Checked<RewriteAction> => {
  const ranges = textList(flags.ranges) ?? [];
  const size = optionalSize(flags.size, '--size');
  if (isLeft(size)) return size;
  if (ranges.length > 0 && size.right === undefined) return right({ kind: 'split', ranges });
  if (ranges.length === 0 && size.right !== undefined)
    return right({ kind: 'split', sizeBytes: size.right });
  return left(usageError('split by what?', '--ranges, --size', 'give one of both'));
};

const compactOf = (flags: RewriteFlags, nowMs: number): Checked<RewriteAction> => {
  const size = optionalSize(flags.sstableSize, '--sstable-size');
  if (isLeft(size)) return size;
  const gcGrace = optionalNumber(flags.gcGrace, '--gc-grace', 0, 2 ** 31 - 1);
  if (isLeft(gcGrace)) return gcGrace;
  const compact = { kind: 'compact', sstableBytesMax: size.right } as const;
  if (flags.purge !== true)
    return gcGrace.right === undefined
      ? right(compact)
      : left(usageError('nothing is purged without --purge', '--gc-grace'));
  const nowSeconds = Math.floor(nowMs / 1000);
  return right({ ...compact, purge: { gcGraceSeconds: gcGrace.right, nowSeconds } });
};

const actionOf = (
  kind: RewriteAction['kind'],
  flags: RewriteFlags,
  nowMs: number,
): Checked<RewriteAction> => {
  if (kind === 'split') return splitOf(flags);
  if (kind === 'compact') return compactOf(flags, nowMs);
  const version = versionOf(flags.format);
  if (isLeft(version)) return version;
  return version.right === undefined
    ? left(usageError('to which version?', '--format', 'give me, nb, oa or da'))
    : right({ kind, version: version.right });
};

/** Checks the flags. `nowMs` is the time of the clock. */
export const rewriteSettings = (
  kind: RewriteAction['kind'],
  flags: RewriteFlags,
  nowMs: number,
): Checked<RewriteSettings> => {
  const action = actionOf(kind, flags, nowMs);
  if (isLeft(action)) return action;
  if (flags.into === undefined)
    return left(usageError('where to?', '--into', 'give a data directory; it is made'));
  const version = versionOf(flags.format);
  if (isLeft(version)) return version;
  const schema = readSchema(flags.schema);
  if (isLeft(schema)) return schema;
  const partitioner = knownPartitioner(flags.partitioner);
  if (isLeft(partitioner)) return partitioner;
  return right({
    action: action.right,
    into: flags.into,
    version: version.right,
    capDeletionTimes: flags.capDeletionTimes === true,
    schema: schema.right,
    partitioner: partitioner.right,
  });
};
