// Reads what a release's own `sstablemetadata` printed about a fixture SSTable. Called by this package's tests only.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { SSTableFiles } from '../src/types.ts';

/** `name: value` lines, with what stands in parentheses behind a value apart. */
export type MetadataText = ReadonlyMap<string, { readonly value: string; readonly line: string }>;

/** Undefined where the fixture has none. */
export const metadataText = ({ descriptor }: SSTableFiles): MetadataText | undefined => {
  const path = join(descriptor.directory, `metadata-${descriptor.id}.txt.gz`);
  if (!existsSync(path)) return undefined;
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n');
  return new Map(
    lines
      .filter((line) => /^\S[^:]*: /.test(line))
      .map((line) => {
        const colon = line.indexOf(': ');
        const value = line.slice(colon + 2).trim();
        return [line.slice(0, colon), { value, line }];
      }),
  );
};

/** The first whole number of a line's value, or that in parentheses where dates come first (5.0). */
export const numberOf = (metadata: MetadataText, name: string): string | undefined => {
  const value = metadata.get(name)?.value;
  if (value === undefined) return undefined;
  return /\((-?\d+)\)$/.exec(value)?.[1] ?? /^-?\d+(?![\d/])/.exec(value)?.[0];
};
