// Makes an uncompressed SSTable of any size that verifies: partitions of one row each, written as Cassandra 4.1 writes them (spec:
// sstable-data §3 to §5, sstable-index-and-stats §3). Statistics.db is a sample's. Called by tests only.
import { closeSync, copyFileSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ByteWriter, murmur3Token } from '@scamander/bytes';
import { sampleTable } from '../harness.ts';

const BLOCK_BYTES = 65_536;
const PARTITION_HEADER_BYTES = 2 + 4 + 12;

/** HAS_TIMESTAMP, HAS_ALL_COLUMNS, one simple cell with the row's timestamp. */
const putRow = (out: ByteWriter, value: Uint8Array): void => {
  const body = new ByteWriter();
  body.uvint(PARTITION_HEADER_BYTES);
  body.uvint(0);
  body.u8(0x08);
  body.bytesV(value);
  const bytes = body.toBytes();
  out.u8(0x24);
  out.uvint(bytes.length);
  out.bytes(bytes);
};

const keyOf = (id: number): Buffer => {
  const key = Buffer.alloc(4);
  key.writeInt32BE(id);
  return key;
};

/** Data.db on its way to the disk, with its two kinds of checksum. */
class DataFile {
  readonly #fd: number;
  readonly #pending: Buffer[] = [];
  #pendingBytes = 0;
  #crc = 0;
  position = 0;
  readonly blockCrcs: number[] = [];

  constructor(path: string) {
    this.#fd = openSync(path, 'w');
  }

  write(bytes: Uint8Array): void {
    this.#pending.push(Buffer.from(bytes));
    this.#pendingBytes += bytes.length;
    this.position += bytes.length;
    if (this.#pendingBytes >= 16 * BLOCK_BYTES) this.#flush(false);
  }

  #flush(all: boolean): void {
    const bytes = Buffer.concat(this.#pending.splice(0));
    const whole = all ? bytes.length : bytes.length - (bytes.length % BLOCK_BYTES);
    for (let at = 0; at < whole; at += BLOCK_BYTES) {
      const block = bytes.subarray(at, Math.min(at + BLOCK_BYTES, whole));
      this.blockCrcs.push(crc32(block));
      this.#crc = crc32(block, this.#crc);
      writeSync(this.#fd, block);
    }
    this.#pending.push(bytes.subarray(whole));
    this.#pendingBytes = bytes.length - whole;
  }

  close(): number {
    this.#flush(true);
    closeSync(this.#fd);
    return this.#crc;
  }
}

/** Writes one SSTable of so many partitions into `<folder>/demo/with_none-<id>` and returns that directory. */
export const writeLargeSSTable = (
  folder: string,
  partitions: number,
  valueBytes: number,
): string => {
  const source = sampleTable('4.1.10-nb', 'with_none');
  const directory = join(folder, 'demo', source.slice(source.lastIndexOf('/') + 1));
  mkdirSync(directory, { recursive: true });
  const path = (component: string): string => join(directory, `nb-1-big-${component}`);
  const data = new DataFile(path('Data.db'));
  const index = new ByteWriter();
  const value = Buffer.alloc(valueBytes, 'scamander ');
  const keys = Array.from({ length: partitions }, (_, id) => {
    const key = keyOf(id);
    return { key, token: murmur3Token(key) };
  }).sort((a, b) => (a.token < b.token ? -1 : 1));
  for (const { key } of keys) {
    index.bytes16(key);
    index.uvint(data.position);
    index.uvint(0);
    const out = new ByteWriter(valueBytes + 64);
    out.bytes16(key);
    out.i32(0x7fffffff);
    out.i64(-(2n ** 63n));
    putRow(out, value);
    out.u8(0x01);
    data.write(out.toBytes());
  }
  const digest = data.close();
  writeFileSync(path('Index.db'), index.toBytes());
  const crc = new ByteWriter(4 + 4 * data.blockCrcs.length);
  crc.i32(BLOCK_BYTES);
  for (const word of data.blockCrcs) crc.u32(word);
  writeFileSync(path('CRC.db'), crc.toBytes());
  writeFileSync(path('Digest.crc32'), String(digest));
  copyFileSync(join(source, 'nb-1-big-Statistics.db'), path('Statistics.db'));
  writeFileSync(
    path('TOC.txt'),
    'Data.db\nIndex.db\nStatistics.db\nCRC.db\nDigest.crc32\nTOC.txt\n',
  );
  return directory;
};
