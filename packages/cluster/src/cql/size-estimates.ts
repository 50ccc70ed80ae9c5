// Control plane. How many partitions a node thinks it has, by range: `system.table_estimates` of 4.0 and later, which is the node's own and
// counts its SSTables, memtables apart. Nodes count anew every five minutes, or when `nodetool refreshsizeestimates` is called. Called by
// Cluster.sizeEstimates(); pure.
import { type Partitioner, parseToken, type Token, type TokenRange } from '@scamander/ring';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { ClusterError } from '../errors.ts';
import { type Row, reading, text, wholeNumber } from './row.ts';

/** The estimate for one of the node's ranges. Nodes count in steps of 128 keys an SSTable, and at least one. */
export interface SizeEstimate {
  /** `primary`: the ranges of all nodes make up the ring once; `local_primary`: those of one datacenter do. */
  readonly kind: 'primary' | 'local_primary';
  readonly range: TokenRange;
  readonly partitions: number;
}

interface Texts extends Pick<SizeEstimate, 'kind' | 'partitions'> {
  readonly start: string;
  readonly end: string;
}

const TABLE = 'system.table_estimates';

/** Other kinds that a later release may add are left out. */
const textsOf = (row: Row): readonly Texts[] => {
  const kind = text(row, 'range_type');
  if (kind !== 'primary' && kind !== 'local_primary') return [];
  return [
    {
      kind,
      start: text(row, 'range_start'),
      end: text(row, 'range_end'),
      partitions: wholeNumber(row, 'partitions_count'),
    },
  ];
};

/** Rows of one table. Left: `SCM_CLUSTER_BAD_ROW`, `SCM_CLUSTER_RING` (a token of another partitioner). */
export const sizeEstimatesOf = (
  rows: readonly Row[],
  partitioner: Partitioner,
): Either<ClusterError, readonly SizeEstimate[]> => {
  const read = reading(TABLE, () => rows.flatMap(textsOf));
  if (isLeft(read)) return read;
  const estimates: SizeEstimate[] = [];
  for (const { kind, start, end, partitions } of read.right) {
    const bounds: Token[] = [];
    for (const word of [start, end]) {
      const token = parseToken(partitioner, word);
      if (isLeft(token))
        return left(new ClusterError({ code: 'SCM_CLUSTER_RING', cause: token.left }));
      bounds.push(token.right);
    }
    const [from, to] = bounds as [Token, Token];
    estimates.push({ kind, range: { left: from, right: to }, partitions });
  }
  return right(estimates);
};
