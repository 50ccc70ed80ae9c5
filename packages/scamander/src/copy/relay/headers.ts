// Control plane. The header of a file as the replicas get it: the source's, under the target's table id. Called while a relay is planned; pure.
import { componentKind } from '@scamander/sstable-io';
import {
  type CassandraStreamHeader,
  CHUNK_CRC_BYTES,
  type ManifestEntry,
  transferSize,
} from '@scamander/wire-codec';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { RELAYED_COMPRESSION_INFO_BYTES_MAX } from '../../limits.ts';
import type { AttachedIndexes } from '../../target/target.ts';

const DATA = 'Data.db';
const INFO = 'CompressionInfo.db';

/** Sections, or a whole SSTable with these components. A bulk load keeps no levels (spec: streaming-4.0-plus §2.3). */
export const relayedHeader = (
  header: CassandraStreamHeader,
  tableId: string,
  manifest: readonly ManifestEntry[] | undefined,
): CassandraStreamHeader => ({
  ...header,
  tableId,
  sstableLevel: 0,
  entire:
    header.entire === undefined || manifest === undefined
      ? undefined
      : { ...header.entire, manifest },
});

const isIndexOf = (name: string, index: string): boolean => name.includes(`+${index}+`);

/** SAI files of no index of their own belong to all of them. */
const isShared = (name: string): boolean => name.split('+').length === 3;

/** Components that the target's table knows what to do with: files of indexes that it does not have stay behind, and what no node takes. */
export const keptComponents = (
  manifest: readonly ManifestEntry[],
  { sai }: AttachedIndexes,
): readonly ManifestEntry[] =>
  manifest.filter(({ name }) => {
    const kind = componentKind(name);
    if (kind === 'SAI')
      return sai.length > 0 && (isShared(name) || sai.some((index) => isIndexOf(name, index)));
    return kind !== 'TOC' && kind !== 'SECONDARY_INDEX' && kind !== 'CUSTOM';
  });

const lengthOf = (manifest: readonly ManifestEntry[], name: string): bigint | undefined =>
  manifest.find((entry) => entry.name === name)?.lengthBytes;

/** True when the SSTable is compressed, whether its chunks are listed or not. */
const isCompressed = (header: CassandraStreamHeader, manifest: readonly ManifestEntry[]): boolean =>
  header.compression !== undefined || lengthOf(manifest, INFO) !== undefined;

/** Uncompressed length, where the sections cover all of it without a gap (spec: streaming-4.0-plus §4.3, eligibility 3). */
const coveredBytes = (header: CassandraStreamHeader): bigint | undefined => {
  let end = 0n;
  for (const { lower, upper } of header.sections) {
    if (lower !== end) return undefined;
    end = upper;
  }
  return end === 0n ? undefined : end;
};

/** True when the chunks are listed nowhere but in a CompressionInfo.db that comes before Data.db and may be kept meanwhile. */
export const listsChunksLate = (
  header: CassandraStreamHeader,
  manifest: readonly ManifestEntry[],
): boolean => {
  const names = manifest.map(({ name }) => name);
  const info = names.indexOf(INFO);
  const bytes = lengthOf(manifest, INFO) ?? 0n;
  const isBefore = info >= 0 && info < names.indexOf(DATA);
  return (
    header.compression === undefined &&
    isBefore &&
    bytes <= BigInt(RELAYED_COMPRESSION_INFO_BYTES_MAX)
  );
};

/** A whole SSTable's header as one of sections that cover all of it. A Left says what its sender would have to tell. */
export const sectionsOfEntire = (
  header: CassandraStreamHeader,
  manifest: readonly ManifestEntry[],
  tableId: string,
): Either<string, CassandraStreamHeader> => {
  const storedBytes = lengthOf(manifest, DATA);
  if (storedBytes === undefined) return left('its manifest has no Data.db');
  const made = { ...relayedHeader(header, tableId, undefined), entire: undefined };
  if (!isCompressed(header, manifest))
    return right({ ...made, sections: [{ lower: 0n, upper: storedBytes }] });
  const { compression } = header;
  if (compression === undefined)
    return left('its header lists no chunks, without which Data.db can’t be sent as sections');
  const upper = coveredBytes(header);
  if (upper === undefined) return left('its header does not say how long Data.db is');
  const listed = { ...made, sections: [{ lower: 0n, upper }] };
  // With a list that is not exactly that of the file the receiver would read on into the next message (spec: streaming-4.0-plus §3.1).
  const count = Math.ceil(Number(upper) / compression.chunkLengthBytes);
  return transferSize(listed) === storedBytes && compression.chunkLengths.length === count
    ? right(listed)
    : left(
        `its header lists ${compression.chunkLengths.length} chunks of ${transferSize(listed)} bytes (with ${CHUNK_CRC_BYTES} bytes each for checksums), Data.db has ${storedBytes}`,
      );
};
