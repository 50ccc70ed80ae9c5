// Data plane. Whether bytes are a frozen collection, a tuple or a vector (spec: sstable-data §6.3–6.5; ListSerializer, MapSerializer, TupleType,
// VectorType). Called by the checks of types.
import { lengthAt, uvintAt, uvintBytesAt, uvintSize } from '../../comparators/element.ts';
import { type Check, exactly, found } from './native-checks.ts';

/** Frozen lists, sets and maps: as many elements as they say, none of them null, and nothing after them. An empty value is fine. */
export const collectionCheck =
  (checks: readonly Check[], names: readonly string[]): Check =>
  (bytes, from, to) => {
    if (from === to) return undefined;
    const count = lengthAt(bytes, from, to);
    if (to - from < 4 || count < 0) return `expected a count, found ${count} in ${found(from, to)}`;
    let at = from + 4;
    for (let i = 0; i < count * checks.length; i++) {
      const length = lengthAt(bytes, at, to);
      const place = `${names[i % names.length]} ${Math.floor(i / names.length)}`;
      if (to - at < 4) return `${place}: expected a length, found ${found(at, to)}`;
      if (length < 0) return `${place}: expected a value, found null`;
      at += 4;
      if (length > to - at) return `${place}: expected ${length} bytes, found ${found(at, to)}`;
      const problem = (checks[i % checks.length] as Check)(bytes, at, at + length);
      if (problem !== undefined) return `${place}: ${problem}`;
      at += length;
    }
    return at === to
      ? undefined
      : `expected the end after ${count} elements, found ${found(at, to)}`;
  };

/** Fewer fields than the type has are fine, more are not (TupleType#validate). */
export const tupleCheck =
  (checks: readonly Check[], names: readonly string[]): Check =>
  (bytes, from, to) => {
    let at = from;
    for (const [i, check] of checks.entries()) {
      if (at === to) return undefined;
      const length = lengthAt(bytes, at, to);
      if (to - at < 4) return `${names[i]}: expected a length, found ${found(at, to)}`;
      at += 4;
      if (length < 0) continue;
      if (length > to - at) return `${names[i]}: expected ${length} bytes, found ${found(at, to)}`;
      const problem = check(bytes, at, at + length);
      if (problem !== undefined) return `${names[i]}: ${problem}`;
      at += length;
    }
    return at === to
      ? undefined
      : `expected the end after ${checks.length} fields, found ${found(at, to)}`;
  };

/** Vectors whose elements have a fixed length. */
export const fixedVectorCheck = (check: Check, elementBytes: number, dimension: number): Check => {
  const whole = exactly(elementBytes * dimension);
  return (bytes, from, to) => {
    const problem = whole(bytes, from, to);
    if (problem !== undefined) return problem;
    for (let at = from, i = 0; at < to; at += elementBytes, i++) {
      const inner = check(bytes, at, at + elementBytes);
      if (inner !== undefined) return `element ${i}: ${inner}`;
    }
    return undefined;
  };
};

/** Vectors whose elements carry their lengths. */
export const vectorCheck =
  (check: Check, dimension: number): Check =>
  (bytes, from, to) => {
    let at = from;
    for (let i = 0; i < dimension; i++) {
      if (at === to) return `expected ${dimension} elements, found ${i}`;
      if (uvintSize(bytes[at] as number) > to - at)
        return `element ${i}: expected a length, found ${found(at, to)}`;
      const length = uvintAt(bytes, at, to);
      at += uvintBytesAt(bytes, at, to);
      if (length > to - at) return `element ${i}: expected ${length} bytes, found ${found(at, to)}`;
      const problem = check(bytes, at, at + length);
      if (problem !== undefined) return `element ${i}: ${problem}`;
      at += length;
    }
    return at === to
      ? undefined
      : `expected the end after ${dimension} elements, found ${found(at, to)}`;
  };
