// Data plane. Names made of several parts, as CQL 3 tables had them before 3.0 (spec: sstable-data §6.6; CompositeType). Called by the decoding
// of cell names and bounds. Throws MalformedBytes; hands out views.
import { MalformedBytes } from '@scamander/bytes';

/** The end-of-component byte of a part: what a bound of a deletion means beside the part itself. 255 stands for −1. */
export type EndOfComponent = number;

/** Two bytes 255 in front of the parts: the cell is of the static row (CompositeType.STATIC_MARKER). */
export const isStaticName = (name: Uint8Array): boolean =>
  name.length >= 2 && name[0] === 0xff && name[1] === 0xff;

/** Length of that mark. */
export const STATIC_MARK_BYTES = 2;

const malformed = (name: Uint8Array, found: string, what: string): MalformedBytes =>
  new MalformedBytes({ what, found: `${found} in the name ${nameText(name)}`, offset: 0 });

/** Beginning of a name, for messages. */
export const nameText = (name: Uint8Array): string => {
  const text = Buffer.from(name).toString('hex');
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

/** Makes a name of parts; the last one ends in `end`, the others in 0. Each is at most 65,535 bytes long. */
export const compositeName = (parts: readonly Uint8Array[], end: EndOfComponent): Uint8Array => {
  const name = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 3, 0));
  let at = 0;
  for (const part of parts) {
    name[at] = part.length >>> 8;
    name[at + 1] = part.length & 0xff;
    name.set(part, at + 2);
    at += part.length + 3;
  }
  name[at - 1] = end;
  return name;
};

/** Reads the parts of one name, front to back. */
export class CompositeCursor {
  /** End-of-component byte of the part that was read last; 0 before the first. */
  endOfComponent: EndOfComponent = 0;
  readonly name: Uint8Array;
  position: number;

  constructor(name: Uint8Array, position = 0) {
    this.name = name;
    this.position = position;
  }

  get isAtEnd(): boolean {
    return this.position === this.name.length;
  }

  /** The next part. */
  next(): Uint8Array {
    const { name, position } = this;
    if (position + 2 > name.length) throw malformed(name, 'the end', 'one part more');
    const length = (name[position]! << 8) | name[position + 1]!;
    const start = position + 2;
    const end = start + length;
    if (end >= name.length) {
      throw malformed(name, `a part of ${length} bytes`, `at most ${name.length - start - 1}`);
    }
    this.endOfComponent = name[end]!;
    this.position = end + 1;
    return name.subarray(start, end);
  }

  /** The next part of a cell's name, which ends in 0. */
  nextOfCell(): Uint8Array {
    const part = this.next();
    if (this.endOfComponent === 0) return part;
    throw malformed(this.name, `${this.endOfComponent} at the end of a part`, '0');
  }

  /** Throws unless all parts have been read. */
  finish(): void {
    if (this.isAtEnd) return;
    const rest = this.name.length - this.position;
    throw malformed(this.name, `${rest} bytes behind the last part`, 'the end of the name');
  }
}
