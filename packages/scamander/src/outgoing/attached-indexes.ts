// Control plane. Whether an SSTable brings the files of the indexes that live beside Data.db. Called while it is decided how an SSTable travels;
// pure.
import type { AttachedIndexes } from '../target/target.ts';

/** Why the SSTable with these components can't be kept whole by a table with these indexes; undefined where it can (spec: streaming-4.0-plus §4.3). */
export const missingIndexes = (
  components: readonly string[],
  { sai, other }: AttachedIndexes,
): string | undefined => {
  if (other.length > 0)
    return `the table has indexes inside its SSTables (${other.join(', ')}), which the node builds while rewriting`;
  if (sai.length === 0) return undefined;
  const perSSTable = components.some((name) => /^SAI\+\w+\+GroupComplete\.db$/.test(name));
  const without = sai.filter(
    (index) =>
      !components.some(
        (name) => name.startsWith('SAI+') && name.endsWith(`+${index}+ColumnComplete.db`),
      ),
  );
  return perSSTable && without.length === 0
    ? undefined
    : `the table has storage-attached indexes (${(without.length > 0 ? without : sai).join(', ')}) whose files the SSTable lacks; the node builds them while rewriting`;
};
