// Control plane. Opens whichever target the options name. Called by every job that streams.
import { type DiscoveredTable, openSSTable } from '@scamander/sstable-io';
import { type Either, isLeft, left } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { AccessOptions, LoadOptions, LoadTarget } from '../load/options.ts';
import { badData } from '../load/source-problems.ts';
import type { FrontDoorParts } from '../parts.ts';
import { directTarget } from './direct-target.ts';
import type { Target, TargetNews } from './target.ts';

/** Embedded nodes do not tell their partitioner, so the first readable SSTable does. */
const partitionerOf = async (tables: readonly DiscoveredTable[]) => {
  let failure: ScamanderErrorType | undefined;
  for (const files of tables.flatMap(({ sstables }) => sstables)) {
    const opened = await openSSTable(files);
    if (isLeft(opened)) {
      failure ??= badData(opened.left);
      continue;
    }
    const { partitioner } = opened.right;
    await opened.right.close();
    return { partitioner, failure: undefined };
  }
  return { partitioner: undefined, failure };
};

/** Opens a cluster for any job. The CQL driver is loaded here, not before: embedded nodes need none, and it is slow to load. */
export const openCluster = async (
  target: Extract<LoadTarget, { kind: 'cluster' }>,
  access: AccessOptions,
  parts: FrontDoorParts,
  emit: (event: TargetNews) => void,
): Promise<Either<ScamanderErrorType, Target>> => {
  const { clusterTarget } = await import('./cluster-target.ts');
  return clusterTarget(access, target, parts, emit);
};

/** Opens what a load goes to. A Left says why nothing can be sent at all. */
export const openTarget = async (
  options: LoadOptions,
  tables: readonly DiscoveredTable[],
  parts: FrontDoorParts,
  emit: (event: TargetNews) => void,
): Promise<Either<ScamanderErrorType, Target>> => {
  if (options.target.kind === 'cluster') return openCluster(options.target, options, parts, emit);
  const { partitioner, failure } = await partitionerOf(tables);
  if (partitioner !== undefined) return directTarget(options.target.nodes, partitioner);
  return left(
    failure ?? {
      code: 'SCM_LOAD_NOTHING',
      kind: 'usage',
      message: 'no SSTable is there to load',
      where: options.paths.join(', '),
      lost: 'nothing',
      advice: 'give a table directory',
      retryable: false,
    },
  );
};
