// Data plane. What the encoders of values throw: private control flow that their edges turn into a ValueError. Called by the encoders only.

/** Something that no value can be made of; whoever it passes through adds where it stood. */
export class Mismatch extends Error {
  readonly expected: string;
  readonly found: string;
  /** From the outermost part to the innermost. */
  readonly path: string[] = [];
  /** Whether nothing at all would do, and `expected` is the reason. */
  readonly isUnsupported: boolean;

  constructor(expected: string, found: string, isUnsupported = false) {
    super(`expected ${expected}, found ${found}`);
    this.expected = expected;
    this.found = found;
    this.isUnsupported = isUnsupported;
  }
}

/** Characters of a value that errors show. */
const SHOWN_LENGTH = 60;

const cut = (text: string): string =>
  text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;

/** How errors show what they find. */
export const shown = (value: unknown): string => {
  if (typeof value === 'string') return `"${cut(value)}"`;
  if (typeof value === 'bigint') return cut(String(value));
  if (value === undefined) return 'nothing';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Map || value instanceof Set)
    return `a ${value instanceof Map ? 'Map' : 'Set'} of ${value.size}`;
  if (value instanceof Date) return 'a Date';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};

/** Runs an encoder for a part; a mismatch learns where it was. */
export const within = <T>(place: string, encode: () => T): T => {
  try {
    return encode();
  } catch (error) {
    if (error instanceof Mismatch) error.path.unshift(place);
    throw error;
  }
};
