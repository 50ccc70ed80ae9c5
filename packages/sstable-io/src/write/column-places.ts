// Data plane. Finds a column of rows among the columns of the header that is written: rows of a merge or an older SSTable carry columns of
// their own header. Called by the row serializer for every column of every row.
import { valueLengthIfFixed } from '@scamander/cql-types';
import type { Column } from '../rows/model.ts';

const nameOf = (column: Column): string => Buffer.from(column.name).toString('latin1');

/** Places and value lengths of one list of columns, static or regular. */
export class ColumnPlaces {
  readonly columns: readonly Column[];
  /** Bytes of every value where it is written without a length, else −1. */
  readonly valueLengths: readonly number[];
  readonly #byName: ReadonlyMap<string, number>;
  readonly #known = new Map<Column, number>();

  constructor(columns: readonly Column[]) {
    this.columns = columns;
    // values of complex columns have a length always (spec §6.1)
    this.valueLengths = columns.map(({ isComplex, type }) =>
      isComplex ? -1 : (valueLengthIfFixed(type) ?? -1),
    );
    this.#byName = new Map(columns.map((column, index) => [nameOf(column), index]));
  }

  /** Place of the column of that name, −1 where there is none or where it is simple here and complex there. */
  indexOf(column: Column): number {
    if (this.columns[column.index] === column) return column.index;
    const known = this.#known.get(column);
    if (known !== undefined) return known;
    const index = this.#byName.get(nameOf(column)) ?? -1;
    const found = this.columns[index]?.isComplex === column.isComplex ? index : -1;
    this.#known.set(column, found);
    return found;
  }
}
