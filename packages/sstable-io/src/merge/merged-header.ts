// Control plane. The columns of several sources as those of one (spec: hints-commitlog-compaction F; SerializationHeader.make). Called when a merge is made.
import { cqlName, sameType } from '@scamander/cql-types';
import { SSTableError } from '../errors.ts';
import type { Column } from '../rows/model.ts';
import { type EncodingStats, orderColumns, type RowHeader } from '../rows/row-header.ts';

const conflict = (what: string): SSTableError =>
  new SSTableError({ code: 'SCM_SSTABLE_UNSUPPORTED', file: 'a merge', what });

const nameOf = ({ name }: Column): string => Buffer.from(name).toString('latin1');

/** The smallest of each: whatever is merged lies above. */
export const mergeEncodings = (encodings: readonly EncodingStats[]): EncodingStats =>
  encodings.reduce((a, b) => ({
    minTimestamp: a.minTimestamp < b.minTimestamp ? a.minTimestamp : b.minTimestamp,
    minLocalDeletionTime: Math.min(a.minLocalDeletionTime, b.minLocalDeletionTime),
    minTtl: Math.min(a.minTtl, b.minTtl),
  }));

const unionOf = (lists: readonly (readonly Column[])[], isStatic: boolean): readonly Column[] => {
  const byName = new Map<string, Column>();
  for (const column of lists.flat()) {
    const known = byName.get(nameOf(column));
    if (known === undefined) byName.set(nameOf(column), column);
    else if (!sameType(known.type, column.type))
      throw conflict(
        `column "${column.text}" as ${cqlName(known.type)} and as ${cqlName(column.type)}`,
      );
  }
  const [first] = lists;
  // the usual case: everybody has the columns of the first, which then keep their identity
  if (first !== undefined && first.length === byName.size) return first;
  return orderColumns([...byName.values()], isStatic);
};

const checkPrimaryKey = (first: RowHeader, other: RowHeader): void => {
  if (!sameType(first.keyType, other.keyType))
    throw conflict(`keys of ${cqlName(first.keyType)} and of ${cqlName(other.keyType)}`);
  const types = first.clusteringTypes;
  const others = other.clusteringTypes;
  if (
    types.length !== others.length ||
    types.some((type, i) => !sameType(type, others[i] ?? other.keyType))
  )
    throw conflict(
      `clustering columns of ${types.map(cqlName).join(', ')} and of ${others.map(cqlName).join(', ')}`,
    );
};

/**
 * One header for all: columns by name, the smallest bases. Throws `SCM_SSTABLE_UNSUPPORTED` where keys, clustering columns or a column of
 * two sources differ in their type, or where a column is static in one of them only.
 */
export const mergeHeaders = (headers: readonly RowHeader[]): RowHeader => {
  const [first] = headers;
  if (first === undefined) throw new RangeError('a merge of nothing');
  for (const header of headers) checkPrimaryKey(first, header);
  const staticColumns = unionOf(
    headers.map((header) => header.staticColumns),
    true,
  );
  const regularColumns = unionOf(
    headers.map((header) => header.regularColumns),
    false,
  );
  const statics = new Set(staticColumns.map(nameOf));
  const both = regularColumns.find((column) => statics.has(nameOf(column)));
  if (both !== undefined) throw conflict(`column "${both.text}" as static and as regular one`);
  return {
    keyType: first.keyType,
    clusteringTypes: first.clusteringTypes,
    staticColumns,
    regularColumns,
    encoding: mergeEncodings(headers.map(({ encoding }) => encoding)),
  };
};
