// Control plane. What nobody can give or take, gathered by the replicas that can't. Called by the plans of pull and copy.
import { normalize, type Partitioner, type TokenRange } from '@scamander/ring';
import type { HeldCell } from '../holders.ts';
import type { PullGap } from './types.ts';

/** The list under a key, which is made where it is not there yet. */
export const listOf = <K, V>(map: Map<K, V[]>, key: K): V[] => {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
};

/** Cells that nobody may be asked for, gathered by their replicas. */
export const gapsOf = (
  partitioner: Partitioner,
  cells: readonly HeldCell[],
): readonly PullGap[] => {
  const ranges = new Map<string, TokenRange[]>();
  const replicas = new Map<string, PullGap['replicas']>();
  for (const { key, range, holders, passedOver } of cells) {
    if (holders.length > 0) continue;
    listOf(ranges, key).push(range);
    replicas.set(key, passedOver);
  }
  return [...ranges].map(([key, found]) => ({
    ranges: normalize(partitioner, found),
    replicas: replicas.get(key) ?? [],
  }));
};
