// Data plane. The parts of a value one after the other, as ranges. Lengths are cut to the bytes that are there, so that whatever stands in a
// value is printed to its end and no further. Called by the printers of types.
import { endAt, lengthAt, shortAt, uvintAt, uvintBytesAt } from '../../comparators/element.ts';

/** Takes a part: its range, or a `from` of −1 where it is null. */
export type PartVisitor = (index: number, from: number, to: number) => void;

/** Parts with an i32 length in front, from a place on: at most so many. */
export const visitCounted = (
  bytes: Uint8Array,
  start: number,
  to: number,
  count: number,
  visit: PartVisitor,
): void => {
  let at = start;
  for (let i = 0; i < count && at < to; i++) {
    const length = lengthAt(bytes, at, to);
    const from = endAt(at, 4, to);
    at = length < 0 ? from : endAt(from, length, to);
    visit(i, length < 0 ? -1 : from, at);
  }
};

/** Parts with a uvint length in front. */
export const visitVector = (
  bytes: Uint8Array,
  start: number,
  to: number,
  count: number,
  visit: PartVisitor,
): void => {
  let at = start;
  for (let i = 0; i < count && at < to; i++) {
    const from = at + uvintBytesAt(bytes, at, to);
    at = endAt(from, uvintAt(bytes, at, to), to);
    visit(i, from, at);
  }
};

/** Parts of one length; a shorter one at the end where the bytes do not divide. */
export const visitFixed = (
  _bytes: Uint8Array,
  start: number,
  to: number,
  lengthBytes: number,
  visit: PartVisitor,
): void => {
  for (let i = 0, at = start; at < to; i++, at += lengthBytes)
    visit(i, at, endAt(at, lengthBytes, to));
};

/** The range of a component of a composite, from the place of its u16 length. */
export const componentAt = (
  bytes: Uint8Array,
  at: number,
  to: number,
): { readonly from: number; readonly to: number } => {
  const from = endAt(at, 2, to);
  return { from, to: endAt(from, shortAt(bytes, at, to), to) };
};
