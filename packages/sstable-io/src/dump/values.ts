// Data plane. Stand-in for encodeText of @scamander/cql-types until it is there. Called by the other files of this folder.
import type { CqlType } from '@scamander/cql-types';
import { type Either, right } from 'fp-ts/lib/Either.js';

export const encodeText = (_type: CqlType, text: string): Either<Error, Uint8Array> =>
  right(Buffer.from(text));
