// Control plane. TOC.txt ↔ set of component names (spec: sstable-index-and-stats §1.5). Called by discovery, the receiver and writers.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { SSTableError } from '../errors.ts';
import { TEXT_COMPONENT_BYTES_MAX } from '../limits.ts';
import { componentPath } from '../naming/file-name.ts';
import type { SSTableDescriptor } from '../types.ts';
import { ioError, readBounded, withFile } from './bounded-read.ts';

type Place = Pick<SSTableDescriptor, 'directory' | 'prefix'>;

/** The text of a TOC: one name a line, sorted as 5.0 does, TOC.txt itself included. */
export const formatToc = (components: Iterable<string>): string =>
  [...new Set([...components, 'TOC.txt'])]
    .sort()
    .map((name) => `${name}\n`)
    .join('');

/** Reads the text of a TOC in any order, with either line end. Undefined when a line can't be a component's name. */
export const parseToc = (text: string): ReadonlySet<string> | undefined => {
  const names = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return names.every((name) => /^[\x20-\x7e]+$/.test(name) && !name.includes('/'))
    ? new Set(names)
    : undefined;
};

/** The components that an SSTable's TOC.txt lists; undefined when it has none. Errors: CORRUPT, TOO_LONG, IO. */
export const readToc = async (
  place: Place,
): Promise<Either<SSTableError, ReadonlySet<string> | undefined>> => {
  const file = componentPath(place, 'TOC.txt');
  const bytes = await readBounded(file, TEXT_COMPONENT_BYTES_MAX, 'TOC.txt');
  if (bytes._tag === 'Left')
    return bytes.left.code === 'SCM_SSTABLE_NOT_FOUND' ? right(undefined) : left(bytes.left);
  const names = parseToc(bytes.right.toString('latin1'));
  return names === undefined
    ? left(
        new SSTableError({
          code: 'SCM_SSTABLE_CORRUPT',
          file,
          offset: undefined,
          found: 'a line that is no component name',
          expected: 'one component name a line',
        }),
      )
    : right(names);
};

/** Writes TOC.txt beside the components and syncs it; the caller syncs the folder. Replaces one that is there. Error: IO. */
export const writeToc = async (
  place: Place,
  components: Iterable<string>,
): Promise<Either<SSTableError, void>> => {
  const file = componentPath(place, 'TOC.txt');
  try {
    await withFile(file, 'w', async (handle) => {
      await handle.writeFile(formatToc(components));
      await handle.sync();
    });
    return right(undefined);
  } catch (cause) {
    return left(ioError(file, cause));
  }
};
