// Data plane. Whether bytes are a composite or a dynamic composite (spec: sstable-data §6.6; AbstractCompositeType#validate). Called by the checks
// of types.
import { endAt, shortAt } from '../../comparators/element.ts';
import { type Check, found } from './native-checks.ts';

/** The component after its type: a length, its bytes, and a byte that ends it, which is 0 unless it is the last. */
const componentEnd = (
  bytes: Uint8Array,
  at: number,
  to: number,
  check: Check,
): { readonly at: number; readonly problem: string | undefined } => {
  const length = shortAt(bytes, at, to);
  const end = at + 2 + length;
  if (to - at < 2 || end >= to)
    return { at, problem: `expected ${length + 3} bytes, found ${found(at, to)}` };
  if (bytes[end] !== 0 && end + 1 < to)
    return { at, problem: `expected nothing after its last byte ${bytes[end]}` };
  return { at: end + 1, problem: check(bytes, at + 2, end) };
};

/** Of at most so many components; a static one has a mark in front. */
export const compositeCheck =
  (checks: readonly Check[]): Check =>
  (bytes, from, to) => {
    let at = shortAt(bytes, from, to) === 0xffff ? from + 2 : from;
    for (let i = 0; at < to; i++) {
      const check = checks[i];
      if (check === undefined) return `expected ${checks.length} components, found more`;
      const end = componentEnd(bytes, at, to, check);
      if (end.problem !== undefined) return `component ${i}: ${end.problem}`;
      at = end.at;
    }
    return undefined;
  };

const IS_ALIAS = 0x8000;

/** Components name their types: by the code of an alias, or by a type's text. */
export const dynamicCompositeCheck =
  (byAlias: ReadonlyMap<number, Check>, checkOfText: (text: string) => Check | undefined): Check =>
  (bytes, from, to) => {
    for (let i = 0, at = from; at < to; i++) {
      const head = shortAt(bytes, at, to);
      const isAlias = (head & IS_ALIAS) !== 0;
      const start = endAt(at, isAlias ? 2 : 2 + head, to);
      const text = Buffer.from(bytes.subarray(endAt(at, 2, to), start)).toString('latin1');
      const check = isAlias ? byAlias.get(head & 0xff) : checkOfText(text);
      if (check === undefined)
        return `component ${i}: expected a known type, found ${isAlias ? `alias ${head & 0xff}` : `"${text.slice(0, 100)}"`}`;
      const end = componentEnd(bytes, start, to, check);
      if (end.problem !== undefined) return `component ${i}: ${end.problem}`;
      at = end.at;
    }
    return undefined;
  };
