// Rows in a form that can be compared. Called by tests only.
import type { Row, Unfiltered } from '../../src/rows/model.ts';
import type { HeldPartition } from './held-rows.ts';

const hex = (bytes: Uint8Array | null | undefined): string =>
  bytes === null || bytes === undefined ? 'none' : Buffer.from(bytes).toString('hex');

const rowText = ({ isStatic, clustering, liveness, deletion, isShadowable, columns }: Row) => ({
  isStatic,
  clustering: clustering.map(hex),
  liveness,
  deletion,
  isShadowable,
  columns: columns.map((data) => ({
    column: data.column.text,
    deletion: data.deletion,
    cells: data.cells.map((cell) => ({
      ...cell,
      path: hex(cell.path),
      value: hex(cell.value),
    })),
  })),
});

/** One row or marker. */
const unfilteredText = (unfiltered: Unfiltered): unknown =>
  unfiltered.kind === 'row'
    ? rowText(unfiltered)
    : { ...unfiltered, values: unfiltered.values.map(hex) };

const lineOf = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part));

/** A form that can be compared: bytes as text, columns by name, a line for each row. */
export const textOf = (partitions: readonly HeldPartition[]): string[] =>
  partitions.flatMap(({ key, deletion, staticRow, unfiltereds }) => [
    lineOf({ key: hex(key), deletion }),
    ...(staticRow === undefined ? [] : [lineOf(rowText(staticRow))]),
    ...unfiltereds.map((unfiltered) => lineOf(unfilteredText(unfiltered))),
  ]);
