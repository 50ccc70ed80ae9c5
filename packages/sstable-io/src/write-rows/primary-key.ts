// Data plane. Partition keys and clustering values of a row (spec: sstable-data §4.1, §6.6). Called for every statement.
import { ByteWriter } from '@scamander/bytes';
import type { SchemaColumn } from '@scamander/cql-types';
import { KEY_BYTES_MAX } from '../limits.ts';
import { rowProblem } from './row-problem.ts';
import type { RowForm, RowValues } from './statement.ts';
import type { TableLayout } from './table-layout.ts';
import { encodeForm } from './value-form.ts';

/** Types whose values CQL does not let be empty (spec: sstable-data §16, pitfall 24); what encodes to no bytes of others may. */
const keyPart = (
  { name, type }: SchemaColumn,
  row: RowValues,
  form: RowForm,
  source: string,
): Uint8Array => {
  const value = row[name];
  if (value === undefined || value === null)
    throw rowProblem(
      source,
      name,
      `it is part of the primary key and can't be ${value === null ? 'null' : 'missing'}`,
    );
  const bytes = encodeForm(type, value, form, name, source);
  if (bytes.length > KEY_BYTES_MAX)
    throw rowProblem(
      source,
      name,
      `${bytes.length} bytes, at most ${KEY_BYTES_MAX} fit into a key`,
    );
  return bytes;
};

/** The whole partition key: the value itself, or a composite of several. */
export const partitionKeyOf = (
  { partitionKey }: TableLayout,
  row: RowValues,
  form: RowForm,
  source: string,
): Uint8Array => {
  const [only, ...others] = partitionKey as [SchemaColumn, ...SchemaColumn[]];
  if (others.length === 0) {
    const key = keyPart(only, row, form, source);
    if (key.length === 0) throw rowProblem(source, only.name, "a partition key can't be empty");
    return key;
  }
  const writer = new ByteWriter(64);
  for (const column of partitionKey) {
    writer.bytes16(keyPart(column, row, form, source));
    writer.u8(0);
  }
  if (writer.length > KEY_BYTES_MAX)
    throw rowProblem(
      source,
      undefined,
      `a partition key of ${writer.length} bytes, at most ${KEY_BYTES_MAX} fit`,
    );
  return Uint8Array.from(writer.toBytes());
};

/** Values of the clustering columns from the first one up to the first that the row does not have. One behind such a gap is an error. */
export const clusteringPrefixOf = (
  { clustering }: TableLayout,
  row: RowValues,
  form: RowForm,
  source: string,
): Uint8Array[] => {
  const count = clustering.findIndex(({ name }) => row[name] === undefined);
  const given = count < 0 ? clustering : clustering.slice(0, count);
  const behind = clustering.slice(given.length).find(({ name }) => row[name] !== undefined);
  if (behind !== undefined)
    throw rowProblem(
      source,
      clustering[given.length]?.name,
      `it is missing, but ${behind.name} is there`,
    );
  return given.map((column) => keyPart(column, row, form, source));
};
