// Data plane. A value of any form to the bytes of its type. Called for every value of every row.
import {
  type CqlType,
  type CqlValue,
  encodeJson,
  encodeText,
  encodeValue,
} from '@scamander/cql-types';
import { rowProblem } from './row-problem.ts';
import type { RowForm } from './statement.ts';

/** The bytes of a value that is not null. Throws `SCM_SSTABLE_ROW`, which names the column. */
export const encodeForm = (
  type: CqlType,
  value: CqlValue,
  form: RowForm,
  column: string,
  source: string,
): Uint8Array => {
  const encoded =
    form === 'typed'
      ? encodeValue(type, value)
      : form === 'json'
        ? encodeJson(type, value)
        : encodeText(type, String(value));
  if (encoded._tag === 'Left') throw rowProblem(source, column, encoded.left.message);
  return encoded.right;
};
