// The type compatibility matrices that Cassandra's own tests keep. Called by the tests of this package.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type CqlType, parseType } from '@scamander/cql-types';
import { fixture } from '@scamander-tools/testing';
import { isLeft } from 'fp-ts/lib/Either.js';

/** Reader's type string to the strings of the types that it reads, besides its own. */
export type Matrix = Readonly<Record<string, readonly string[]>>;

/** One release's file. */
export interface Matrices {
  readonly known_types: readonly string[];
  readonly primitive_types: readonly string[];
  readonly multicell_types: readonly string[];
  readonly compatible_types: Matrix;
  readonly serialization_compatible_types: Matrix;
  readonly value_compatible_types: Matrix;
}

/** The releases that have one. */
export const releases = ['4.0', '4.1', '5.0'] as const;

/** Reads a release's file. */
export const readMatrices = (release: string): Matrices =>
  JSON.parse(
    gunzipSync(readFileSync(fixture('types', `${release}.json.gz`))).toString('utf8'),
  ) as Matrices;

const parsed = new Map<string, CqlType>();

/** The type of a string that has to be one. */
export const typeOf = (text: string): CqlType => {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const type = parseType(text);
  if (isLeft(type)) throw type.left;
  parsed.set(text, type.right);
  return type.right;
};
