// Data plane. Clustering values to bytes, with the lengths of their types checked (spec: sstable-data §4.7;
// ClusteringPrefix.Serializer#serializeValuesWithoutSize). Called for every row, marker and index block.
import type { ByteWriter } from '@scamander/bytes';
import { type ClusteringValue, writeClusteringValues } from '../io/clustering-values.ts';
import { KEY_BYTES_MAX } from '../limits.ts';

/** Values whose header of two bits each is the single byte 0 when all of them have bytes. */
const ONE_BATCH = 32;

/** Why a value can't be one of the type; undefined when it can. Says nothing of its contents. */
const problemOf = (value: ClusteringValue, fixedLength: number): string | undefined => {
  if (value === null || value.length === 0) return undefined;
  if (fixedLength >= 0 && value.length !== fixedLength)
    return `clustering value of ${value.length} bytes, its type has ${fixedLength}`;
  return value.length > KEY_BYTES_MAX
    ? `clustering value of ${value.length} bytes, at most ${KEY_BYTES_MAX} can be written`
    : undefined;
};

/**
 * Writes the values; `lengths` holds the fixed length of each type, −1 where there is none. Returns why they can't be written, and has then
 * written nothing.
 */
export const writeClustering = (
  writer: ByteWriter,
  values: readonly ClusteringValue[],
  lengths: readonly number[],
): string | undefined => {
  const count = values.length;
  let isPlain = count <= ONE_BATCH;
  for (let i = 0; i < count; i++) {
    const value = values[i] as ClusteringValue;
    const problem = problemOf(value, lengths[i] as number);
    if (problem !== undefined) return problem;
    if (value === null || value.length === 0) isPlain = false;
  }
  if (!isPlain) {
    writeClusteringValues(writer, values, lengths);
    return undefined;
  }
  if (count > 0) writer.u8(0);
  for (let i = 0; i < count; i++) {
    const value = values[i] as Uint8Array;
    if ((lengths[i] as number) < 0) writer.uvint(value.length);
    writer.bytes(value);
  }
  return undefined;
};
