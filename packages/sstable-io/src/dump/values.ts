// Data plane. Stand-in for the values of @scamander/cql-types until they are there. Called by the other files of this folder.
import type { CqlType } from '@scamander/cql-types';
import { type Either, right } from 'fp-ts/lib/Either.js';

export const jsonOfValue = (type: CqlType, _value: Uint8Array): string => `"?${type.kind}"`;
export const textOfValue = (type: CqlType, value: Uint8Array): string =>
  type.kind === 'native' && (type.name === 'text' || type.name === 'ascii')
    ? Buffer.from(value).toString('utf8')
    : `?${type.kind}`;
export const encodeText = (_type: CqlType, text: string): Either<Error, Uint8Array> =>
  right(Buffer.from(text));
