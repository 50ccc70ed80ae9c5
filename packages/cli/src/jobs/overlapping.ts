// Control plane. What the SSTables that take no part in a compaction may hold: a deletion must not go as long as one of them may have something
// older of the same key (spec: hints-commitlog-compaction F §7; CompactionController#getPurgeEvaluator). Called by the job of a compaction that purges.
import type { TableSchema } from '@scamander/cql-types';
import type { Partitioner, Token } from '@scamander/ring';
import type { ScamanderErrorType } from '@scamander/scamander';
import { discover, type SSTableFiles } from '@scamander/sstable-io';
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js';
import { openAnySSTable } from './any-sstable.ts';

interface Other {
  readonly first: Token;
  readonly last: Token;
  readonly minTimestamp: bigint;
}

const nameOf = ({ descriptor }: SSTableFiles): string =>
  `${descriptor.directory}/${descriptor.prefix}`;

/** The SSTables in the same folders that are not among the inputs. */
const othersBeside = async (inputs: readonly SSTableFiles[]): Promise<readonly SSTableFiles[]> => {
  const names = new Set(inputs.map(nameOf));
  const folders = [...new Set(inputs.map(({ descriptor }) => descriptor.directory))];
  const { tables } = await discover(folders);
  return tables.flatMap(({ sstables }) => sstables).filter((files) => !names.has(nameOf(files)));
};

/**
 * The timestamp from which on deletions of a key stay, because an SSTable beside the inputs may hold something older of it; undefined where none
 * does. Left: one of them can't be opened, so that nobody knows.
 */
export const purgeableBeside = async (
  inputs: readonly SSTableFiles[],
  partitioner: Partitioner,
  schema: TableSchema | undefined,
): Promise<Either<ScamanderErrorType, (key: Uint8Array) => bigint | undefined>> => {
  const others: Other[] = [];
  for (const files of await othersBeside(inputs)) {
    const opened = await openAnySSTable(files, { schema, partitioner: partitioner.className });
    if (isLeft(opened)) return opened;
    const { firstKey, lastKey, statistics } = opened.right;
    others.push({
      first: partitioner.tokenOf(firstKey),
      last: partitioner.tokenOf(lastKey),
      minTimestamp: statistics.minTimestamp,
    });
    await opened.right.close();
  }
  return right((key) => {
    const token = partitioner.tokenOf(key);
    let smallest: bigint | undefined;
    for (const { first, last, minTimestamp } of others) {
      const mayHold =
        partitioner.compare(token, first) >= 0 && partitioner.compare(token, last) <= 0;
      if (mayHold && (smallest === undefined || minTimestamp < smallest)) smallest = minTimestamp;
    }
    return smallest;
  });
};
