// The header of an entire SSTable beside the one that a real sstableloader sent for the same files: the payload of its captured session
// is the SSTable, so the header is made anew from it and must come out byte by byte.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Murmur3Partitioner } from '@scamander/ring';
import type { SSTable } from '@scamander/sstable-io';
import {
  type CassandraStreamHeader,
  decodeStreamHeader,
  decodeStreamMessage,
  encodeStreamHeader,
  type StreamFile,
} from '@scamander/wire-codec';
import { fixture, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { entireFile } from '../../src/outgoing/entire-file.ts';
import { sectionFile } from '../../src/outgoing/section-file.ts';
import { opened, sampleTable, sstablesBelow } from '../harness.ts';

const CONTEXT = { version: 12, partitioner: Murmur3Partitioner } as const;
const INITIATE_BYTES = 19;

/** The STREAM message of a captured file connection, and the payload behind it. */
const captured = (release: string, name: string): { file: StreamFile; payload: Buffer } => {
  const bytes = readFileSync(fixture('transcripts', release, `${name}.initiator.bin`)).subarray(
    INITIATE_BYTES,
  );
  const decoded = decodeStreamMessage(bytes, CONTEXT);
  if (decoded.kind !== 'message' || decoded.value.type !== 'Stream')
    throw new Error(`${name} does not begin with STREAM`);
  return { file: decoded.value, payload: bytes.subarray(decoded.bytes) };
};

/** Lays the payload out as the files it is made of. */
const layOut = (folder: string, header: CassandraStreamHeader, payload: Buffer): void => {
  let at = 0;
  for (const { name, lengthBytes } of header.entire?.manifest ?? []) {
    const path = join(folder, `${header.sstableVersion}-1-${header.formatName}-${name}`);
    writeFileSync(path, payload.subarray(at, at + Number(lengthBytes)));
    at += Number(lengthBytes);
  }
};

const countKeys = async (sstable: SSTable): Promise<bigint> => {
  let count = 0n;
  for await (const _key of sstable.keys()) count += 1n;
  return count;
};

for (const [release, name] of [
  ['4.1.10', 'bulkload-plain-file'],
  ['4.1.10', 'bulkload-lz4-file'],
  ['5.0.6', 'bulkload-plain-file'],
  ['5.0.6', 'bulkload-lz4-file'],
] as const) {
  sharedTest(test, `the header of ${name} is the one sstableloader ${release} sent`, () =>
    withTempFolder(async (folder) => {
      const { file, payload } = captured(release, name);
      const { entire } = file.header;
      if (entire === undefined) throw new Error('not an entire transfer');
      layOut(folder, file.header, payload);
      const [files] = await sstablesBelow(folder);
      if (files === undefined) throw new Error('the payload is no SSTable');
      const outgoing = entireFile({
        files,
        manifest: entire.manifest.map((entry) => ({
          name: entry.name,
          lengthBytes: Number(entry.lengthBytes),
        })),
        tableId: file.message.tableId,
      });
      const header = await outgoing.header();
      if (header._tag === 'Left') throw new Error(header.left.message);
      // Cassandra guesses 128 keys from one entry of the summary; ours counts. Nothing but the size of a new filter depends on it.
      assert.is(file.header.estimatedKeys, 128n);
      assert.is(header.right.estimatedKeys, await opened(files, countKeys));
      const ours = encodeStreamHeader({ ...header.right, estimatedKeys: 128n });
      const theirs = encodeStreamHeader(file.header);
      assert.is(Buffer.from(ours).toString('hex'), Buffer.from(theirs).toString('hex'));
      assert.is(outgoing.summaryFiles, entire.manifest.length);
      assert.is(Number(outgoing.transferSizeBytes), payload.length);
    }),
  );
}

test('the header of sections decodes to what it was made of', async () => {
  const [files] = await sstablesBelow(sampleTable('5.0.6-nb', 'with_lz4'));
  if (files === undefined) throw new Error('no sample');
  await opened(files, async (sstable) => {
    const sections = [{ lower: 0n, upper: sstable.dataLengthBytes }];
    const chunks = await sstable.chunksFor(sections);
    if (chunks._tag === 'Left') throw chunks.left;
    const outgoing = sectionFile({
      files,
      tableId: '5ca3a000-0000-11ee-8000-000000000010',
      sections,
      transferSizeBytes: 1n,
    });
    const header = await outgoing.header();
    if (header._tag === 'Left') throw new Error(header.left.message);
    const decoded = decodeStreamHeader(encodeStreamHeader(header.right));
    if (decoded.kind !== 'message') throw new Error(decoded.kind);
    const { value } = decoded;
    assert.equal(
      [value.sstableVersion, value.formatName, value.sstableLevel, value.entire, value.tableId],
      ['nb', 'big', 0, undefined, '5ca3a000-0000-11ee-8000-000000000010'],
    );
    assert.equal(value.sections, sections);
    assert.equal(
      [...(value.compression?.chunkOffsets ?? [])].map((offset, index) => ({
        offsetBytes: offset,
        lengthBytes: value.compression?.chunkLengths[index],
      })),
      chunks.right.map(({ offsetBytes, lengthBytes }) => ({ offsetBytes, lengthBytes })),
    );
    assert.is(value.compression?.compressor, 'LZ4Compressor');
    assert.is(value.compression?.chunkLengthBytes, 4096);
  });
});

test('a file that is gone is a typed error of the file, not an exception', () =>
  withTempFolder(async (folder) => {
    const [files] = await sstablesBelow(sampleTable('5.0.6-nb', 'with_lz4'));
    if (files === undefined) throw new Error('no sample');
    const moved = { ...files, descriptor: { ...files.descriptor, directory: folder } };
    const header = await entireFile({ files: moved, manifest: [], tableId: 'x' }).header();
    assert.is(header._tag, 'Left');
    if (header._tag === 'Left') {
      assert.match(header.left.code, /^SCM_SSTABLE_/);
      assert.ok(header.left.file.startsWith(folder), header.left.file);
    }
  }));

test.run();
