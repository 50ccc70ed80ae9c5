// Data plane. Keys must ascend by token, then by unsigned bytes (spec: sstable-data §11). Called by deep verification.
import type { Partitioner, Token } from '@scamander/ring';
import { corrupt } from '../io/decoding.ts';

/** Remembers the key before. */
export class KeyOrder {
  readonly #partitioner: Partitioner;
  #token: Token | undefined;
  #key = new Uint8Array(256);
  #length = 0;
  count = 0;

  constructor(partitioner: Partitioner) {
    this.#partitioner = partitioner;
  }

  /** Throws `SCM_SSTABLE_CORRUPT` at this place unless the key comes after the one before. */
  next(key: Uint8Array, path: string, offset: number): void {
    const token = tokenOf(this.#partitioner, key, path, offset);
    if (this.#token !== undefined) {
      const order = this.#partitioner.compare(this.#token, token);
      const before = this.#key.subarray(0, this.#length);
      if (order > 0 || (order === 0 && Buffer.compare(before, key) >= 0)) {
        throw corrupt(
          path,
          offset,
          `key ${hex(key)}`,
          `a key after ${hex(before)} by token, then by bytes`,
        );
      }
    }
    this.count += 1;
    this.#token = token;
    if (this.#key.length < key.length) this.#key = new Uint8Array(key.length * 2);
    this.#key.set(key);
    this.#length = key.length;
  }
}

/** The key's token; throws `SCM_SSTABLE_CORRUPT` where it can't be a key of the partitioner. */
export const tokenOf = (
  partitioner: Partitioner,
  key: Uint8Array,
  path: string,
  offset: number,
): Token => {
  try {
    return partitioner.tokenOf(key);
  } catch (error) {
    throw corrupt(path, offset, `key ${hex(key)}: ${error}`, `a key of ${partitioner.name}`);
  }
};

/** Beginning of a key, for messages. */
export const hex = (key: Uint8Array): string => {
  const text = Buffer.from(key).toString('hex');
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};
