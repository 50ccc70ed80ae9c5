// Control plane. Headers of Cassandra 3.0 SSTables, which call frozen user types not frozen. Called while sources are checked; pure.
import { freeze, parseType, typeString } from '@scamander/cql-types';
import type { SerializationHeader } from '@scamander/sstable-io';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { TargetTable } from './schema-check.ts';

/** First version of Cassandra 4.0: since then headers say what is frozen. */
const FIRST_OF_FOUR = 'na';

type Columns = SerializationHeader['regularColumns'];

const asDeclared = (columns: Columns, target: TargetTable): Columns =>
  columns.map((column) => {
    const declared = target.columns.get(Buffer.from(column.name).toString('utf8'))?.type;
    if (declared?.kind !== 'udt' || !declared.frozen) return column;
    const written = parseType(column.type);
    if (isLeft(written) || written.right.kind !== 'udt' || written.right.frozen) return column;
    return { ...column, type: typeString(freeze(written.right)) };
  });

/**
 * The header as the table declares its columns: 3.0 had no other user types than frozen ones and printed them without FrozenType
 * (spec: sstable-data §18, pitfall 18; Cassandra itself goes by the schema too, SSTableHeaderFix). The same header where nothing
 * of that kind is in it.
 */
export const headerAsDeclared = (
  header: SerializationHeader,
  sstableVersion: string,
  target: TargetTable,
): SerializationHeader => {
  if (sstableVersion >= FIRST_OF_FOUR) return header;
  const staticColumns = asDeclared(header.staticColumns, target);
  const regularColumns = asDeclared(header.regularColumns, target);
  const isSame =
    staticColumns.every((column, index) => column === header.staticColumns[index]) &&
    regularColumns.every((column, index) => column === header.regularColumns[index]);
  return isSame ? header : { ...header, staticColumns, regularColumns };
};
