// Control plane. The three answers of every incremental decoder. Called by all codecs of this package and their users.
import type { CodecError } from './errors.ts';

/**
 * What a decoder says of the bytes it was shown:
 * - `message`: one value, and how many bytes it took;
 * - `need-more`: the bytes are a proper beginning; call again when at least `bytesAtLeast` bytes are there in all;
 * - `error`: no continuation can make this right.
 */
export type Decoded<T> =
  | { readonly kind: 'message'; readonly value: T; readonly bytes: number }
  | { readonly kind: 'need-more'; readonly bytesAtLeast: number }
  | { readonly kind: 'error'; readonly error: CodecError };
