// Control plane. CassandraStreamHeader in its three forms (spec: streaming-4.0-plus §3). Called by the STREAM codec and by whoever
// reads a header alone. Does not read the payload.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import type { Decoded } from '../../decoded.ts';
import { FORMAT_BYTES_MAX, KEY_BYTES_MAX } from '../../limits.ts';
import { decodeWith, fail, readUtf, readVintBytes } from '../../reading.ts';
import { encodeWith } from '../../writing.ts';
import type { CassandraStreamHeader } from '../types.ts';
import { putCompressionInfo, readCompressionInfoLater } from './compression-info.ts';
import { putManifest, readManifest } from './manifest.ts';
import { putSections, readSectionsLater } from './sections.ts';
import { putSerializationHeader, readSerializationHeader } from './serialization-header.ts';

// CassandraStreamHeader => version format estimatedKeys Sections CompressionInfo level SerializationHeader tableId isEntire
//                          [ComponentManifest firstKey]
//   version        utf    such as "nb"
//   format         utf    "big" or "bti"
//   estimatedKeys  i64
//   level          i32
//   tableId        uuid
//   isEntire       bool   the manifest and firstKey follow exactly when true
//   firstKey       uvint length + bytes: raw partition key

export const putStreamHeader = (out: ByteWriter, header: CassandraStreamHeader): void => {
  out.utf(header.sstableVersion);
  out.utf(header.formatName);
  out.i64(header.estimatedKeys);
  putSections(out, header.sections);
  putCompressionInfo(out, header.compression);
  out.i32(header.sstableLevel);
  putSerializationHeader(out, header.serializationHeader);
  out.uuid(header.tableId);
  out.bool(header.entire !== undefined);
  if (header.entire !== undefined) {
    putManifest(out, header.entire.manifest);
    out.bytesV(header.entire.firstKey);
  }
};

/** The bytes of a stream header. Throws a RangeError when a value does not fit its field. */
export const encodeStreamHeader = (header: CassandraStreamHeader): Uint8Array => {
  return encodeWith(1024 + 12 * (header.compression?.chunkLengths.length ?? 0), (out) => {
    putStreamHeader(out, header);
  });
};

/** Version and format become part of file names: lower-case letters, and digits after the first. */
const readFormatWord = (reader: ByteReader, field: string): string => {
  const offset = reader.position;
  const word = readUtf(reader, field, FORMAT_BYTES_MAX);
  return /^[a-z][a-z0-9]*$/.test(word)
    ? word
    : fail({
        code: 'SCM_WIRE_BAD_VALUE',
        field,
        found: JSON.stringify(word),
        expected: 'lower-case letters',
        offset,
      });
};

const readEntire = (reader: ByteReader): CassandraStreamHeader['entire'] =>
  reader.bool()
    ? {
        manifest: readManifest(reader),
        firstKey: readVintBytes(reader, 'firstKey', KEY_BYTES_MAX),
      }
    : undefined;

export const readStreamHeader = (reader: ByteReader): CassandraStreamHeader => {
  const sstableVersion = readFormatWord(reader, 'sstableVersion');
  const formatName = readFormatWord(reader, 'formatName');
  const estimatedKeys = reader.i64();
  const sectionsOf = readSectionsLater(reader);
  const compressionOf = readCompressionInfoLater(reader);
  const sstableLevel = reader.i32();
  const serializationHeader = readSerializationHeader(reader);
  const tableId = reader.uuid();
  const entire = readEntire(reader);
  // All bytes are there: only now are the long lists read, once.
  return {
    sstableVersion,
    formatName,
    estimatedKeys,
    sections: sectionsOf(),
    compression: compressionOf(),
    sstableLevel,
    serializationHeader,
    tableId,
    entire,
  };
};

/** Incremental decoder of a stream header; long lists are passed over until the whole header is there. */
export const decodeStreamHeader = (bytes: Uint8Array): Decoded<CassandraStreamHeader> =>
  decodeWith(bytes, readStreamHeader);
