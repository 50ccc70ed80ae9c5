// Control plane. Are the rows of both sides the same? Reads both by CQL, range by range, and compares counts and hashes. Called by a copy at its
// end, where it was asked to verify. What differs is read once more: rows may have expired or been written between the two readings.
import type { Cluster, RangeDigest, ReadConsistency, RowQuestion } from '@scamander/cluster';
import {
  fullRing,
  normalize,
  type Partitioner,
  type RingState,
  type TokenRange,
} from '@scamander/ring';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';
import { ROW_DIFFERENCES_MAX } from '../../limits.ts';
import type { LoadTarget } from '../../load/options.ts';
import type { CopyEvent, CopyOptions, RowComparison, RowDifference } from '../copy-types.ts';
import type { TablePair } from '../table-pair.ts';
import { type ComparedColumns, comparedColumns } from './compared-columns.ts';

/** Both clusters over CQL. */
export interface ComparedSides {
  readonly source: Cluster;
  readonly target: Cluster;
}

/** What is compared. */
export interface CompareInput {
  readonly options: CopyOptions;
  /** Of the source: its ranges are the pieces that are compared. */
  readonly ring: RingState;
  /** Undefined = the whole ring. */
  readonly ranges: readonly TokenRange[] | undefined;
  readonly signal: AbortSignal;
  readonly emit: (event: CopyEvent) => void;
}

/** Rows that are asked for at a time: a page of wide rows shall not fill the memory. */
const PAGE_ROWS = 500;
const RANGES_AT_ONCE = 4;

/** The ranges, cut at the tokens of the ring. */
export const comparedRanges = (
  ring: RingState,
  ranges: readonly TokenRange[] | undefined,
): readonly TokenRange[] => {
  const { partitioner, owners } = ring;
  const { compare, minimumToken } = partitioner;
  const tokens = owners.map(({ token }) => token).sort(compare);
  return normalize(partitioner, ranges ?? [fullRing(partitioner)]).flatMap(
    ({ left: from, right: to }) => {
      const isToEnd = compare(to, minimumToken) === 0;
      const cuts = tokens.filter(
        (token) => compare(token, from) > 0 && (isToEnd || compare(token, to) < 0),
      );
      const bounds = [from, ...cuts, to];
      return bounds.slice(1).map((end, index) => ({ left: bounds[index] ?? from, right: end }));
    },
  );
};

const connect = async (
  side: Extract<LoadTarget, { kind: 'cluster' }>,
): Promise<Either<ScamanderErrorType, Cluster>> => {
  const { connectCluster } = await import('@scamander/cluster');
  const { contactPoints, username, password, cqlTls } = side;
  const connected = await connectCluster({
    contactPoints,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(cqlTls === undefined ? {} : { tls: cqlTls }),
  });
  return isLeft(connected) ? left(unreadable(connected.left, '--verify rows')) : connected;
};

const unreadable = (error: { readonly message: string }, where: string): ScamanderErrorType => ({
  code: 'SCM_COPY_COMPARE',
  kind: 'failed',
  message: `the rows can't be compared: ${error.message}`,
  where,
  lost: 'nothing; the copy itself is done',
  advice: 'compare again with --verify rows: with --ledger nothing is copied twice',
  retryable: true,
});

/** Embedded nodes have no CQL. */
export const withoutCql = ({ source, target }: CopyOptions): ScamanderErrorType | undefined =>
  source.kind === 'cluster' && target.kind === 'cluster'
    ? undefined
    : {
        code: 'SCM_COPY_NO_CQL',
        kind: 'usage',
        message: 'rows are compared by CQL, which embedded nodes do not have',
        where: '--verify rows',
        lost: 'nothing',
        advice: 'leave --verify out, or name clusters',
        retryable: false,
      };

class PairComparer {
  readonly #pair: TablePair;
  readonly #sides: ComparedSides;
  readonly #input: CompareInput;
  readonly #columns: ComparedColumns;
  readonly #partitioner: Partitioner;

  constructor(
    pair: TablePair,
    sides: ComparedSides,
    columns: ComparedColumns,
    input: CompareInput,
  ) {
    this.#pair = pair;
    this.#sides = sides;
    this.#columns = columns;
    this.#input = input;
    this.#partitioner = input.ring.partitioner;
  }

  /** The difference; undefined where there is none. */
  async range(
    range: TokenRange,
  ): Promise<Either<ScamanderErrorType, { rows: number; difference: RowDifference | undefined }>> {
    const first = await this.#both(range);
    if (isLeft(first)) return first;
    const both = isSame(first.right) ? first : await this.#both(range);
    if (isLeft(both)) return both;
    const [source, target] = both.right;
    const { keyspace, table } = this.#pair.target;
    const { tokenToText } = this.#partitioner;
    const words = `${tokenToText(range.left)}:${tokenToText(range.right)}`;
    return right({
      rows: source.rows,
      difference: isSame(both.right)
        ? undefined
        : { keyspace, table, range: words, sourceRows: source.rows, targetRows: target.rows },
    });
  }

  async #both(
    range: TokenRange,
  ): Promise<Either<ScamanderErrorType, readonly [RangeDigest, RangeDigest]>> {
    const { source: from, target: to } = this.#pair;
    const consistency: ReadConsistency =
      this.#input.options.consistency === 'ALL' ? 'ALL' : 'LOCAL_QUORUM';
    const question = ({ keyspace, table }: TablePair['source']): RowQuestion => ({
      ...this.#columns,
      ...{ keyspace, table, range, consistency, pageRows: PAGE_ROWS },
    });
    const { signal } = this.#input;
    // Loaded with the connections, not before: the driver behind it is slow to load.
    const { rangeDigest } = await import('@scamander/cluster');
    const [source, target] = await Promise.all([
      rangeDigest(this.#sides.source, question(from), signal),
      rangeDigest(this.#sides.target, question(to), signal),
    ]);
    const where = `${to.keyspace}.${to.table}`;
    if (isLeft(source)) return left(unreadable(source.left, where));
    if (isLeft(target)) return left(unreadable(target.left, where));
    return right([source.right, target.right]);
  }
}

const isSame = ([a, b]: readonly [RangeDigest, RangeDigest]): boolean =>
  a.rows === b.rows && a.sha256 === b.sha256;

/** Compares one table; ranges that were compared are counted by `done`. */
const comparePair = async (
  pair: TablePair,
  sides: ComparedSides,
  input: CompareInput,
  done: (rows: number) => void,
): Promise<Either<ScamanderErrorType, readonly RowDifference[]>> => {
  const { keyspace, table } = pair.source;
  const schema = await sides.source.table(keyspace, table);
  if (isLeft(schema)) return left(unreadable(schema.left, `${keyspace}.${table}`));
  const releases = [sides.source.releaseVersion, sides.target.releaseVersion];
  const comparer = new PairComparer(pair, sides, comparedColumns(schema.right, releases), input);
  const queue = [...comparedRanges(input.ring, input.ranges)];
  const differences: RowDifference[] = [];
  let failure: ScamanderErrorType | undefined;
  const worker = async (): Promise<void> => {
    for (let range = queue.shift(); range !== undefined; range = queue.shift()) {
      if (input.signal.aborted || failure !== undefined) return;
      const compared = await comparer.range(range);
      if (isLeft(compared)) {
        failure = compared.left;
        return;
      }
      const { rows, difference } = compared.right;
      if (difference !== undefined && differences.length < ROW_DIFFERENCES_MAX)
        differences.push(difference);
      done(rows);
    }
  };
  await Promise.all(Array.from({ length: RANGES_AT_ONCE }, worker));
  return failure === undefined ? right(differences) : left(failure);
};

/** Compares all tables. Problems are those of tables that could not be read to the end. */
export const compareRows = async (
  pairs: readonly TablePair[],
  input: CompareInput,
): Promise<{
  readonly comparison: RowComparison | undefined;
  readonly problems: readonly ScamanderErrorType[];
}> => {
  const { options, emit } = input;
  if (options.source.kind !== 'cluster' || options.target.kind !== 'cluster')
    return { comparison: undefined, problems: [] };
  const source = await connect(options.source);
  if (isLeft(source)) return { comparison: undefined, problems: [source.left] };
  try {
    const target = await connect(options.target);
    if (isLeft(target)) return { comparison: undefined, problems: [target.left] };
    try {
      const sides = { source: source.right, target: target.right };
      const ofRanges = pairs.length * comparedRanges(input.ring, input.ranges).length;
      const differences: RowDifference[] = [];
      const problems: ScamanderErrorType[] = [];
      let [ranges, rows] = [0, 0];
      for (const pair of pairs) {
        const found = await comparePair(pair, sides, input, (count) => {
          ranges += 1;
          rows += count;
          emit({ type: 'Comparing', ranges, ofRanges });
        });
        if (isLeft(found)) problems.push(found.left);
        else differences.push(...found.right);
      }
      return { comparison: { ranges, rows, differences }, problems };
    } finally {
      await target.right.close();
    }
  } finally {
    await source.right.close();
  }
};
