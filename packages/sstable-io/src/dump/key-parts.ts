// Data plane. The values within a partition key: itself, or the components of a composite key (spec: sstable-data §2; JsonTransformer#serializePartitionKey).
// Called by the writers of the dump formats and by predicates.
import type { CqlType } from '@scamander/cql-types';

/** Types of the parts, in order. */
export const keyPartTypes = (type: CqlType): readonly CqlType[] =>
  type.kind === 'composite' ? type.components : [type];

/** Calls back with each part of the key: its index, and a view of its bytes. Stops where the bytes are not those of a composite. */
export const eachKeyPart = (
  type: CqlType,
  key: Uint8Array,
  take: (index: number, part: Uint8Array) => void,
): void => {
  if (type.kind !== 'composite') {
    take(0, key);
    return;
  }
  let at = 0;
  for (let index = 0; index < type.components.length && at + 2 <= key.length; index++) {
    const length = ((key[at] as number) << 8) | (key[at + 1] as number);
    at += 2;
    if (at + length > key.length) return;
    take(index, key.subarray(at, at + length));
    at += length + 1;
  }
};
