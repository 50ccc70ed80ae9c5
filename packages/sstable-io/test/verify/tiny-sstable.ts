// A small SSTable with everything in it: static rows, range deletions, collections, TTLs, a partition of several index blocks. Written by this
// package's own writer, whose files real nodes compare equal with theirs. Called by tests only.
import { Murmur3Partitioner } from '@scamander/ring';
import { NO_DELETION_TIME, type Row, type Unfiltered } from '../../src/rows/model.ts';
import { openRowReader } from '../../src/rows/open-row-reader.ts';
import { PieceRowSource } from '../../src/rows/row-source.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { serializationHeaderOf } from '../../src/write/header-of.ts';
import { SSTableWriter } from '../../src/write/sstable-writer.ts';
import type { SSTableWriterOptions, WrittenVersion } from '../../src/write/writer-options.ts';
import { GOLDEN_HEADER, GOLDEN_OA } from '../rows/golden.ts';
import { readAll } from '../rows/reading.ts';

const T = 1_700_000_000_000_000n;

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const row = (ck: number, value: string): Row => ({
  kind: 'row',
  isStatic: false,
  clustering: [int(ck), Buffer.from(value)],
  liveness: { timestamp: T + BigInt(ck), ttl: 0, localExpirationTime: NO_DELETION_TIME },
  deletion: undefined,
  isShadowable: false,
  columns: [
    {
      column: GOLDEN_HEADER.regularColumns[0]!,
      deletion: undefined,
      cells: [
        {
          timestamp: T + BigInt(ck),
          ttl: 0,
          localDeletionTime: NO_DELETION_TIME,
          path: undefined,
          value: int(ck * 7),
        },
      ],
    },
  ],
});

/** Partition 1 is that of the specification (sstable-data §17.4), 2 has rows enough for an index, with a range deletion over two blocks. */
export const writeTiny = async (
  directory: string,
  version: WrittenVersion,
  isCompressed: boolean,
  change: Partial<SSTableWriterOptions> = {},
): Promise<SSTableFiles> => {
  const writer = await SSTableWriter.create({
    directory,
    keyspace: 'ks',
    table: 'tiny',
    version,
    id: '1',
    partitioner: Murmur3Partitioner,
    header: serializationHeaderOf(GOLDEN_HEADER),
    compression: isCompressed
      ? {
          compressor: 'LZ4Compressor',
          options: [],
          chunkLengthBytes: 256,
          maxCompressedLengthBytes: 0x7fffffff,
        }
      : undefined,
    bloomFilterFpChance: 0.1,
    minIndexInterval: 128,
    columnIndexBytes: 96,
    ...change,
  });
  const source = new PieceRowSource([GOLDEN_OA], { path: 'golden' });
  const [golden] = await readAll(
    openRowReader(source, GOLDEN_HEADER, { hasUIntDeletionTime: true }),
  );
  const deletion = { markedForDeleteAt: T + 500n, localDeletionTime: 1_700_000_500 };
  const wide: Unfiltered[] = [
    row(1, 'a'),
    row(2, 'b'),
    {
      kind: 'marker',
      bound: 'EXCL_START_BOUND',
      values: [int(2)],
      closes: undefined,
      opens: deletion,
    },
    ...Array.from({ length: 9 }, (_, i) => row(3 + i, 'some text')),
    {
      kind: 'marker',
      bound: 'INCL_END_BOUND',
      values: [int(11), Buffer.from('q')],
      closes: deletion,
      opens: undefined,
    },
    row(12, 'z'),
  ];
  // the order of the tokens of the keys 1, 2
  await writer.startPartition(int(1), golden!.head.deletion, golden!.head.staticRow);
  for (const unfiltered of golden!.rows) await writer.append(unfiltered);
  await writer.endPartition();
  await writer.startPartition(int(2), undefined, undefined);
  for (const unfiltered of wide) await writer.append(unfiltered);
  await writer.endPartition();
  return await writer.finish();
};
