// Sections of fixtures as a peer would send them, and what was made of them. Used by the tests of receiving sections.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenRange } from '@scamander/ring';
import { lz4BlockBytesMax, lz4CompressBlock } from '../../src/compression/lz4.ts';
import type { ReceiveFileSystem } from '../../src/receive/file-system.ts';
import type { PayloadPull } from '../../src/receive/payload.ts';
import { stagingRoot } from '../../src/receive/plan.ts';
import type { SectionsHeader } from '../../src/receive/section-checks.ts';
import { SectionReceive } from '../../src/receive/section-receive.ts';
import type { SectionTarget } from '../../src/receive/section-writer.ts';
import type { ColumnData, DeletionTime, Unfiltered } from '../../src/rows/model.ts';
import type { Section, SSTable } from '../../src/types.ts';
import { orThrow, type WholePartition } from '../rows/reading.ts';
import { TABLE_ID, tableOf } from './received-sample.ts';

/** What travels: header and payload. */
export interface Streamed {
  readonly header: SectionsHeader;
  readonly payload: Buffer;
}

const dataOf = ({ files }: SSTable): Buffer =>
  readFileSync(join(files.descriptor.directory, `${files.descriptor.prefix}Data.db`));

/** Each block behind its two lengths (spec: streaming-4.0-plus §4.1). */
export const blocksOf = (bytes: Uint8Array, blockBytes: number): Buffer => {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const piece = bytes.subarray(at, at + blockBytes);
    const target = Buffer.alloc(8 + lz4BlockBytesMax(piece.length));
    const length = lz4CompressBlock(piece, target.subarray(8));
    target.writeInt32BE(length, 0);
    target.writeInt32BE(piece.length, 4);
    blocks.push(target.subarray(0, 8 + length));
  }
  return Buffer.concat(blocks);
};

const asBlocks = (sstable: SSTable, sections: readonly Section[], blockBytes: number): Buffer => {
  const data = dataOf(sstable);
  const parts = sections.map(({ lower, upper }) => data.subarray(Number(lower), Number(upper)));
  return Buffer.concat(parts.map((part) => blocksOf(part, blockBytes)));
};

/** Sections of an SSTable as they travel. */
export const streamed = async (
  sstable: SSTable,
  sections: readonly Section[],
  blockBytes = 1000,
): Promise<Streamed> => {
  const { compression: params, files, header: serializationHeader } = sstable;
  const common = {
    sstableVersion: files.descriptor.version,
    formatName: files.descriptor.format,
    estimatedKeys: 128n,
    sections,
    serializationHeader,
    sstableLevel: 2,
    repairedAtMs: 1234n,
    pendingRepair: undefined,
  };
  if (params === undefined) {
    const payload = asBlocks(sstable, sections, blockBytes);
    return { header: { ...common, compression: undefined }, payload };
  }
  const chunks = orThrow(await sstable.chunksFor(sections));
  const data = dataOf(sstable);
  const payload = Buffer.concat(
    chunks.map(({ offsetBytes, lengthBytes }) =>
      data.subarray(offsetBytes, offsetBytes + lengthBytes + 4),
    ),
  );
  const chunkLengths = chunks.map(({ lengthBytes }) => lengthBytes);
  return { header: { ...common, compression: { ...params, chunkLengths } }, payload };
};

/** All of an SSTable, or the sections of token ranges. */
export const sectionsOf = async (
  sstable: SSTable,
  ranges?: readonly TokenRange[],
): Promise<readonly Section[]> =>
  ranges === undefined
    ? [{ lower: 0n, upper: sstable.dataLengthBytes }]
    : orThrow(await sstable.sections(ranges));

/** Gives the payload in views of random length, each wiped when the next is asked for; fails when it ends. */
export class Pull implements PayloadPull {
  movedBytes = 0;
  position = 0;
  readonly #payload: Uint8Array;
  readonly #random: () => number;
  #view: Uint8Array = new Uint8Array(0);

  constructor(payload: Uint8Array, random: () => number) {
    this.#payload = payload;
    this.#random = random;
  }

  async read(bytesMax: number): Promise<Uint8Array> {
    const left = this.#payload.length - this.position;
    if (left === 0) throw new Error('the peer hung up');
    const length = Math.min(left, bytesMax, 1 + Math.floor(this.#random() * 700));
    this.#view.fill(0xaa);
    this.#view = Uint8Array.from(this.#payload.subarray(this.position, this.position + length));
    this.position += length;
    return this.#view;
  }

  moved(lengthBytes: number): void {
    this.movedBytes += lengthBytes;
  }
}

/** A table folder in a data directory of a test's own. */
export const targetIn = (
  data: string,
  sstable: Pick<SSTable, 'partitioner'>,
  version: SectionTarget['version'],
  id = '7',
): SectionTarget => ({
  tableDirectory: tableOf(data),
  stagingRoot: stagingRoot(data),
  keyspace: 'ks',
  table: 't',
  tableId: TABLE_ID,
  nextId: () => id,
  version,
  partitioner: sstable.partitioner,
});

/** Opens, or throws. */
export const openReceive = async (
  target: SectionTarget,
  header: SectionsHeader,
  fileSystem?: ReceiveFileSystem,
): Promise<SectionReceive> => orThrow(await SectionReceive.open(target, header, fileSystem));

const hex = (bytes: Uint8Array | null | undefined): string | null =>
  bytes === null || bytes === undefined ? null : Buffer.from(bytes).toString('hex');

const deletionText = (deletion: DeletionTime | undefined): string =>
  deletion === undefined ? '-' : `${deletion.markedForDeleteAt}/${deletion.localDeletionTime}`;

const dataText = ({ column, deletion, cells }: ColumnData): unknown => [
  column.text,
  deletionText(deletion),
  cells.map((cell) => [
    `${cell.timestamp}/${cell.ttl}/${cell.localDeletionTime}`,
    hex(cell.path),
    hex(cell.value),
  ]),
];

const rowText = (unfiltered: Unfiltered): unknown =>
  unfiltered.kind === 'marker'
    ? [
        unfiltered.bound,
        unfiltered.values.map(hex),
        deletionText(unfiltered.closes),
        deletionText(unfiltered.opens),
      ]
    : [
        unfiltered.clustering.map(hex),
        unfiltered.liveness === undefined
          ? '-'
          : `${unfiltered.liveness.timestamp}/${unfiltered.liveness.ttl}/${unfiltered.liveness.localExpirationTime}`,
        deletionText(unfiltered.deletion),
        unfiltered.isShadowable,
        unfiltered.columns.map(dataText),
      ];

/** Everything that partitions say, without where they stand in a file. */
export const textOf = (partitions: readonly WholePartition[]): readonly string[] =>
  partitions.map(({ head, rows }) =>
    JSON.stringify([
      hex(head.key),
      deletionText(head.deletion),
      head.staticRow === undefined ? '-' : rowText(head.staticRow),
      rows.map(rowText),
    ]),
  );
