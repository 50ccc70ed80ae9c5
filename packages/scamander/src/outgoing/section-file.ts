// Control plane. Part of an SSTable as the session's port wants it: stored chunks as they are, or blocks made on the way.
// Called by load. The receiver decodes and rewrites the rows in its own version.
import { join } from 'node:path';
import type { OutgoingFile } from '@scamander/session';
import type {
  CompressedChunk,
  Section,
  SSTable,
  SSTableError,
  SSTableFiles,
} from '@scamander/sstable-io';
import {
  type Connection,
  type FileChunk,
  type FileSlice,
  type SendContext,
  sendPieces,
  sendSlices,
} from '@scamander/transport';
import type { CassandraStreamHeader } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { map, Observable } from 'rxjs';
import { SectionBlocks } from './section-blocks.ts';
import type { Standing } from './standing.ts';
import { streamHeader } from './stream-header.ts';
import { toFileError, withSSTable } from './with-sstable.ts';

/** What travels. */
export interface SectionFileInput {
  readonly files: SSTableFiles;
  /** The table's id at the target. */
  readonly tableId: string;
  readonly sections: readonly Section[];
  /** Of the chunks or sections, as {@link sectionTransferSize} computes it. */
  readonly transferSizeBytes: bigint;
  readonly standing?: Standing;
}

const CHUNK_CRC_BYTES = 4;

/** Neighbouring chunks become one slice, so that the kernel moves them in one go. */
export const chunkSlices = (
  path: string,
  chunks: readonly CompressedChunk[],
): readonly FileSlice[] => {
  const slices: { path: string; component: string; offsetBytes: number; lengthBytes: number }[] =
    [];
  for (const chunk of chunks) {
    const lengthBytes = chunk.lengthBytes + CHUNK_CRC_BYTES;
    const last = slices.at(-1);
    if (last !== undefined && last.offsetBytes + last.lengthBytes === chunk.offsetBytes) {
      last.lengthBytes += lengthBytes;
    } else {
      slices.push({ path, component: 'Data.db', offsetBytes: chunk.offsetBytes, lengthBytes });
    }
  }
  return slices;
};

/** Σ(length + 4) of the chunks, or Σ(upper − lower) of the sections (spec: streaming-4.0-plus §3.4). */
export const sectionTransferSize = (
  sections: readonly Section[],
  chunks: readonly CompressedChunk[] | undefined,
): bigint =>
  chunks === undefined
    ? sections.reduce((sum, { lower, upper }) => sum + (upper - lower), 0n)
    : BigInt(chunks.reduce((sum, { lengthBytes }) => sum + lengthBytes + CHUNK_CRC_BYTES, 0));

type Prepared = {
  readonly header: CassandraStreamHeader;
  readonly chunks: readonly CompressedChunk[] | undefined;
  readonly dataLengthBytes: bigint;
};

const prepare = async (
  sstable: SSTable,
  input: SectionFileInput,
): Promise<Either<SSTableError, Prepared>> => {
  const { sections, tableId } = input;
  const chunks =
    sstable.compression === undefined ? right(undefined) : await sstable.chunksFor(sections);
  if (isLeft(chunks)) return left(chunks.left);
  const keys = await sstable.estimatedKeys(sections);
  if (isLeft(keys)) return left(keys.left);
  const header = streamHeader({
    sstable,
    tableId,
    estimatedKeys: keys.right,
    sections,
    chunks: chunks.right,
    manifest: undefined,
    sstableLevel: input.standing?.sstableLevel,
  });
  return right({ header, chunks: chunks.right, dataLengthBytes: sstable.dataLengthBytes });
};

/** Sends the partitions of the sections (spec: streaming-4.0-plus §4.1 and §4.2). */
export const sectionFile = (input: SectionFileInput): OutgoingFile => {
  const { descriptor, components } = input.files;
  const pathOf = (component: string): string =>
    join(descriptor.directory, `${descriptor.prefix}${component}`);
  const dataPath = pathOf('Data.db');
  let prepared: Prepared | undefined;

  const openBlocks = (): Promise<SectionBlocks> =>
    SectionBlocks.open({
      dataPath,
      crcPath: components.has('CRC.db') ? pathOf('CRC.db') : undefined,
      dataLengthBytes: prepared?.dataLengthBytes ?? 0n,
      sections: input.sections,
    });

  const sendBlocks = (connection: Connection, context: SendContext) =>
    new Observable<FileChunk>((subscriber) => {
      let blocks: SectionBlocks | undefined;
      openBlocks().then(
        (opened) => {
          // The subscriber may have left while the files were being opened.
          if (subscriber.closed) return opened.close();
          blocks = opened;
          let sentBytes = 0;
          // News count what transferSizeBytes counts, the uncompressed bytes, not the LZ4 blocks on the wire.
          const asData = (chunk: FileChunk): FileChunk => {
            const { piece } = opened;
            const told = {
              ...chunk,
              offsetBytes: sentBytes,
              lengthBytes: piece.length,
              bytes: piece,
            };
            sentBytes += piece.length;
            return told;
          };
          let madeBytes = 0;
          const next = async (): Promise<Uint8Array | null> => {
            const block = await opened.next();
            if (block !== null) madeBytes += opened.piece.length;
            if (madeBytes >= Number(input.transferSizeBytes)) await context.lastBytesAfter;
            return block;
          };
          const place = () => ({ file: dataPath, component: 'Data.db', offsetBytes: sentBytes });
          const sending = sendPieces(connection, next, place, context);
          subscriber.add(sending.pipe(map(asData)).subscribe(subscriber));
          return undefined;
        },
        (error) => subscriber.error(error),
      );
      return () => void blocks?.close();
    });

  return {
    name: dataPath,
    tableId: input.tableId,
    repairedAtMs: input.standing?.repairedAtMs ?? 0n,
    pendingRepair: input.standing?.pendingRepair,
    summaryFiles: 1,
    transferSizeBytes: input.transferSizeBytes,
    entire: false,
    header: async () => {
      const result = await withSSTable(input.files, (sstable) => prepare(sstable, input));
      if (isLeft(result)) return left(toFileError(result.left));
      prepared = result.right;
      return right(result.right.header);
    },
    send: (connection, context: SendContext) =>
      prepared?.chunks === undefined
        ? sendBlocks(connection, context)
        : sendSlices(connection, chunkSlices(dataPath, prepared.chunks), context),
    release: async () => {
      prepared = undefined;
    },
  };
};
