// Partitions as text, to compare what was written with what was read: every field of every cell. Called by property tests and lanes.
import { inspect as inspectValue } from 'node:util';
import type { Row, Unfiltered } from '../../src/rows/model.ts';
import type { RowReader } from '../../src/rows/row-reader.ts';

/** A partition as text: its deletion, its static row, then a line a row or marker. */
export interface PlainPartition {
  readonly key: string;
  readonly lines: readonly string[];
}

const inspect = (value: unknown): string =>
  inspectValue(value, { depth: 10, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: null });

export const plainPartition = (
  key: Uint8Array,
  deletion: unknown,
  staticRow: Row | undefined,
  unfiltereds: readonly Unfiltered[],
): PlainPartition => ({
  key: Buffer.from(key).toString('hex'),
  lines: [
    inspect(deletion),
    staticRow === undefined ? '' : plainUnfiltered(staticRow),
    ...unfiltereds.map(plainUnfiltered),
  ],
});

const hex = (bytes: Uint8Array | null | undefined): string | null | undefined =>
  bytes === null || bytes === undefined ? bytes : Buffer.from(bytes).toString('hex');

const plainUnfiltered = (unfiltered: Unfiltered): string =>
  inspect(
    unfiltered.kind === 'marker'
      ? { ...unfiltered, values: unfiltered.values.map(hex) }
      : {
          ...unfiltered,
          clustering: unfiltered.clustering.map(hex),
          columns: unfiltered.columns.map(({ column, deletion, cells }) => ({
            column: column.text,
            deletion,
            cells: cells.map((cell) => ({ ...cell, path: hex(cell.path), value: hex(cell.value) })),
          })),
        },
  );

export const readPlain = async (reader: RowReader): Promise<readonly PlainPartition[]> => {
  const partitions: PlainPartition[] = [];
  for (;;) {
    const head = await reader.nextPartition();
    if (head === undefined) return partitions;
    const lines = [
      inspect(head.deletion),
      head.staticRow === undefined ? '' : plainUnfiltered(head.staticRow),
    ];
    const key = Buffer.from(head.key).toString('hex');
    for (;;) {
      const batch = await reader.nextBatch();
      if (batch.length === 0) break;
      lines.push(...batch.map(plainUnfiltered));
    }
    partitions.push({ key, lines });
  }
};
