// Control plane. ComponentManifest: the files of an entire-SSTable transfer, in payload order (spec: streaming-4.0-plus §3.3).
// Called by stream-header.ts. Does not know which components exist: names are only held to be file names.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import type { Decoded } from '../../decoded.ts';
import { COMPONENT_COUNT_MAX, COMPONENT_NAME_BYTES_MAX, FILE_BYTES_MAX } from '../../limits.ts';
import { decodeWith, fail, readList, readUtf, readVintCount } from '../../reading.ts';
import { encodeWith } from '../../writing.ts';
import type { ManifestEntry } from '../types.ts';

// ComponentManifest => count (name length)*
//   count   uvint
//   name    utf     such as "Data.db"; the payload follows in exactly this order
//   length  uvint   bytes of the file

export const putManifest = (out: ByteWriter, manifest: readonly ManifestEntry[]): void => {
  out.uvint(manifest.length);
  for (const { name, lengthBytes } of manifest) {
    out.utf(name);
    out.uvint(lengthBytes);
  }
};

/** The bytes of a manifest. */
export const encodeManifest = (manifest: readonly ManifestEntry[]): Uint8Array => {
  return encodeWith(256, (out) => {
    putManifest(out, manifest);
  });
};

/** Anything that could leave the folder it is stored in is no component name. */
const isFileName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name);

const readName = (reader: ByteReader): string => {
  const offset = reader.position;
  const name = readUtf(reader, 'component name', COMPONENT_NAME_BYTES_MAX);
  return isFileName(name)
    ? name
    : fail({
        code: 'SCM_WIRE_BAD_VALUE',
        field: 'component name',
        found: JSON.stringify(name),
        expected: 'a file name',
        offset,
      });
};

const readFileLength = (reader: ByteReader): bigint => {
  const offset = reader.position;
  const value = reader.uvint();
  return value <= FILE_BYTES_MAX
    ? value
    : fail({
        code: 'SCM_WIRE_TOO_LONG',
        field: 'component length',
        value,
        limit: FILE_BYTES_MAX,
        offset,
      });
};

export const readManifest = (reader: ByteReader): readonly ManifestEntry[] => {
  const count = readVintCount(reader, 'component count', COMPONENT_COUNT_MAX, 3);
  return readList(count, () => ({ name: readName(reader), lengthBytes: readFileLength(reader) }));
};

/** Incremental decoder of a manifest. */
export const decodeManifest = (bytes: Uint8Array): Decoded<readonly ManifestEntry[]> =>
  decodeWith(bytes, readManifest);
