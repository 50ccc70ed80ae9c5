// Rows of SSTables as text, to be compared: what they say, not where they stand. Called by tests only.
import type { TokenRange } from '@scamander/ring';
import type { SSTableFiles } from '@scamander/sstable-io';
import { opened } from '../harness.ts';

/** Places in a file, which differ from SSTable to SSTable. */
const PLACES: ReadonlySet<string> = new Set(['position', 'headerLength']);

const textOf = (value: unknown): string =>
  JSON.stringify(value, (key, inner) => {
    if (PLACES.has(key)) return undefined;
    if (typeof inner === 'bigint') return `${inner}n`;
    if (inner instanceof Uint8Array) return Buffer.from(inner).toString('hex');
    return key === 'column' ? (inner as { text: string }).text : inner;
  });

/** One line for each partition of the SSTables, in order of their text; only those of the ranges, where some are given. */
export const rowsOf = async (
  sstables: readonly SSTableFiles[],
  ranges?: readonly TokenRange[],
): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const files of sstables) {
    await opened(files, async (sstable) => {
      const rows = await sstable.rows(ranges === undefined ? {} : { ranges });
      if (rows._tag === 'Left') throw rows.left;
      const reader = rows.right;
      for (;;) {
        const head = await reader.nextPartition();
        if (head === undefined) break;
        const parts = [textOf(head)];
        for (;;) {
          const batch = await reader.nextBatch();
          if (batch.length === 0) break;
          for (const unfiltered of batch) parts.push(textOf(unfiltered));
        }
        lines.push(`${files.descriptor.table} ${parts.join(' ')}`);
      }
      await reader.close();
    });
  }
  return lines.sort();
};
