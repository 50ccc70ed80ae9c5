// Partitions as plain values that are compared: bytes in hex, columns by name. Local times are those of the clock that wrote them and are left out,
// and so are the paths of list elements. Called by this package's tests only.
import type { Cell, ColumnData, DeletionTime, Row, Unfiltered } from '../../src/rows/model.ts';
import { NO_DELETION_TIME } from '../../src/rows/model.ts';
import type { RowReader } from '../../src/rows/row-reader.ts';

const hex = (bytes: Uint8Array | null | undefined): string =>
  bytes === null || bytes === undefined ? String(bytes) : Buffer.from(bytes).toString('hex');

const deletionText = (deletion: DeletionTime | undefined): string =>
  deletion === undefined ? '-' : `deleted ${deletion.markedForDeleteAt}`;

const cellText = (cell: Cell, isList: boolean): string => {
  const isTombstone = cell.ttl === 0 && cell.localDeletionTime !== NO_DELETION_TIME;
  const path = isList ? 'list' : hex(cell.path);
  return `${cell.timestamp} ttl ${cell.ttl}${isTombstone ? ' tombstone' : ''} ${path} = ${hex(cell.value)}`;
};

const columnText = ({ column, deletion, cells }: ColumnData): string =>
  `${column.text}: ${deletionText(deletion)} [${cells
    .map((cell) => cellText(cell, column.isComplex && column.type.kind === 'list'))
    .join(', ')}]`;

const rowText = ({ clustering, liveness, deletion, columns }: Row): string =>
  [
    `row ${clustering.map(hex).join(':')}`,
    liveness === undefined ? '-' : `live ${liveness.timestamp} ttl ${liveness.ttl}`,
    deletionText(deletion),
    ...columns.map(columnText),
  ].join(' | ');

const unfilteredText = (unfiltered: Unfiltered): string =>
  unfiltered.kind === 'row'
    ? rowText(unfiltered)
    : `${unfiltered.bound} ${unfiltered.values.map(hex).join(':')} ${deletionText(unfiltered.closes)} ${deletionText(unfiltered.opens)}`;

/** One text a row or marker, under the texts of their partitions. Closes the reader. */
export const plainRows = async (reader: RowReader): Promise<string[]> => {
  const lines: string[] = [];
  try {
    for (;;) {
      const head = await reader.nextPartition();
      if (head === undefined) return lines;
      lines.push(`partition ${hex(head.key)} ${deletionText(head.deletion)}`);
      if (head.staticRow !== undefined && head.staticRow.columns.length > 0)
        lines.push(`static ${rowText(head.staticRow)}`);
      for (let batch = await reader.nextBatch(); batch.length > 0; batch = await reader.nextBatch())
        lines.push(...batch.map(unfilteredText));
    }
  } finally {
    await reader.close();
  }
};
