// Control plane. An index of a table. Pure; called by table-schema.ts. A load must know: attached indexes forbid entire SSTables
// whose index files are not there too (spec: streaming-4.0-plus §11).
import { type Row, text, textMap } from './row.ts';

/** - `secondary`: hidden table of its own (2i); `sai`, `sasi`: files beside the SSTable; `custom`: another class. */
export type TableIndexKind = 'secondary' | 'sai' | 'sasi' | 'custom';

/** One index. */
export interface TableIndex {
  readonly name: string;
  readonly kind: TableIndexKind;
  /** Java class as written in the schema, may be short; undefined for `secondary`. */
  readonly className: string | undefined;
  /** Column or expression, as in the schema. */
  readonly target: string;
}

const customKind = (className: string): TableIndexKind => {
  const short = className.slice(className.lastIndexOf('.') + 1).toLowerCase();
  if (short === 'storageattachedindex' || short === 'sai') return 'sai';
  return short === 'sasiindex' ? 'sasi' : 'custom';
};

/** A row of system_schema.indexes. 5.0 writes `CREATE INDEX … USING 'sai'` as CUSTOM with the short or long class name. */
export const indexOf = (row: Row): TableIndex => {
  const options = textMap(row, 'options');
  const isCustom = text(row, 'kind') === 'CUSTOM';
  const className = isCustom ? (options['class_name'] ?? '') : undefined;
  return {
    name: text(row, 'index_name'),
    kind: className === undefined ? 'secondary' : customKind(className),
    className,
    target: options['target'] ?? '',
  };
};
