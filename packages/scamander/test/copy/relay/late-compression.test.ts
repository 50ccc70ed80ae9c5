// CompressionInfo.db of real releases, read out of a payload, says the same as our reader of SSTables.
import { versionFeatures } from '@scamander/sstable-io';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lateCompression } from '../../../src/copy/relay/late-compression.ts';
import { planRelay } from '../../../src/copy/relay/passage.ts';
import { componentBytes, opened, sampleFolders, sstablesBelow } from '../../harness.ts';
import { componentsOf, headerOf, piped } from './payloads.ts';

const compressed = async () =>
  (await sstablesBelow(...sampleFolders)).filter(({ components }) =>
    components.has('CompressionInfo.db'),
  );

test('the chunks of every sample', async () => {
  const samples = await compressed();
  assert.ok(samples.length > 10);
  for (const files of samples) {
    const { format, version } = files.descriptor;
    assert.is(versionFeatures(format, version, '')._tag, 'Right');
    const storedBytes = componentBytes(files, 'Data.db').length;
    const info = componentBytes(files, 'CompressionInfo.db');
    const found = lateCompression(info, format, version, storedBytes);
    await opened(files, async (sstable) => {
      const chunks = await sstable.chunksFor([{ lower: 0n, upper: sstable.dataLengthBytes }]);
      if (chunks._tag === 'Left') throw chunks.left;
      const { compression, dataLengthBytes } = found;
      assert.is(dataLengthBytes, sstable.dataLengthBytes);
      assert.equal(
        [...compression.chunkOffsets].map((offset, index) => [
          offset,
          compression.chunkLengths[index],
        ]),
        chunks.right.map(({ offsetBytes, lengthBytes }) => [offsetBytes, lengthBytes]),
      );
      const { compressor, options, chunkLengthBytes, maxCompressedLengthBytes } = compression;
      assert.equal(
        { compressor, options, chunkLengthBytes, maxCompressedLengthBytes },
        {
          compressor: sstable.compression?.compressor,
          options: sstable.compression?.options,
          chunkLengthBytes: sstable.compression?.chunkLengthBytes,
          maxCompressedLengthBytes: sstable.compression?.maxCompressedLengthBytes,
        },
      );
    });
  }
});

const planFor = (order: readonly (readonly [string, Uint8Array])[]) => {
  const { manifest, bytes } = componentsOf(order);
  const header = headerOf({ entire: { manifest, firstKey: Buffer.from('k') } });
  const endpoint = { host: '10.0.0.1', port: 7000 };
  const node = { endpoint, dial: endpoint, dc: 'dc1', rack: 'r1', status: 'normal' };
  const plan = planRelay(header, {
    tableId: header.tableId,
    indexes: { sai: [], other: [] },
    entire: 'never',
    replicas: [{ node: { ...node, releaseVersion: '4.1.10' }, version: 12 }],
  });
  return { plan, bytes };
};

test('a list that comes before the data makes sections of them', async () => {
  const [files] = await compressed();
  if (files === undefined) throw new Error('no sample');
  const data = componentBytes(files, 'Data.db');
  const info = componentBytes(files, 'CompressionInfo.db');
  const digest = componentBytes(files, 'Digest.crc32');
  for (const sizes of [[1], [7, 100], [65_536]]) {
    const { plan, bytes } = planFor([
      ['CompressionInfo.db', info],
      ['Data.db', data],
      ['Digest.crc32', digest],
    ]);
    if (plan._tag === 'Left') throw new Error(plan.left);
    const got = await piped(plan.right.pipe, bytes, sizes);
    assert.is(got.error, undefined);
    assert.equal(got.bytes, data);
    const length = got.header?.sections.at(-1)?.upper;
    await opened(files, (sstable) => assert.is(length, sstable.dataLengthBytes));
  }
});

test('one that comes after them comes too late', async () => {
  const { plan } = planFor([
    ['Data.db', Buffer.alloc(10)],
    ['CompressionInfo.db', Buffer.alloc(10)],
  ]);
  assert.match(plan._tag === 'Left' ? plan.left : '', 'lists no chunks');
});

test('a damaged list ends the file before a replica hears of it', async () => {
  for (const info of [Buffer.alloc(0), Buffer.alloc(40, 1), Buffer.from('000100', 'hex')]) {
    const { plan, bytes } = planFor([
      ['CompressionInfo.db', info],
      ['Data.db', Buffer.alloc(100)],
    ]);
    if (plan._tag === 'Left') throw new Error(plan.left);
    const got = await piped(plan.right.pipe, bytes, [1000]);
    assert.is(got.error?.code, 'SCM_COPY_PAYLOAD');
    assert.is(got.header, undefined);
  }
});

test.run();
