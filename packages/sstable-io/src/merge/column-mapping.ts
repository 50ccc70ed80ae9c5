// Data plane. Rows of one source, with the columns of the merged header. Called by the merge for sources whose columns differ from it; the others'
// rows are passed on as they are.
import type { Column, ColumnData, Row } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';

const nameOf = ({ name }: Column): string => Buffer.from(name).toString('latin1');

const mapOf = (from: readonly Column[], to: readonly Column[]): readonly Column[] | undefined => {
  if (from === to || (from.length === to.length && from.every((column, i) => column === to[i])))
    return undefined;
  const byName = new Map(to.map((column) => [nameOf(column), column]));
  return from.map((column) => byName.get(nameOf(column)) as Column);
};

/** From the columns of a source to those of a merged header, which has them all. */
export class ColumnMapping {
  readonly #statics: readonly Column[] | undefined;
  readonly #regulars: readonly Column[] | undefined;

  constructor(from: RowHeader, to: RowHeader) {
    this.#statics = mapOf(from.staticColumns, to.staticColumns);
    this.#regulars = mapOf(from.regularColumns, to.regularColumns);
  }

  /** Whether rows stay as they are. */
  get isIdentity(): boolean {
    return this.#statics === undefined && this.#regulars === undefined;
  }

  /** The row with columns of the merged header. */
  apply(row: Row): Row {
    const columns = row.isStatic ? this.#statics : this.#regulars;
    if (columns === undefined || row.columns.length === 0) return row;
    return {
      kind: 'row',
      isStatic: row.isStatic,
      clustering: row.clustering,
      liveness: row.liveness,
      deletion: row.deletion,
      isShadowable: row.isShadowable,
      columns: row.columns.map(
        ({ column, deletion, cells }): ColumnData => ({
          column: columns[column.index] as Column,
          deletion,
          cells,
        }),
      ),
    };
  }
}
