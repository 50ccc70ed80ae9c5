import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { systemClock, unlimited } from '@scamander/throttle';
import {
  type FileSink,
  type ReceiveContext,
  receiveSinks,
  SinkChecksums,
  sendSlices,
  TransportError,
  tcpTransport,
} from '@scamander/transport';
import { rejects, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chunksOf, pairOver, someBytes } from '../harness.ts';

const LENGTHS = [20_000_001, 100_000, 17_000_000];

for (const path of ['buffers', 'kernel'] as const) {
  const contextOf = (more: Partial<ReceiveContext> = {}): ReceiveContext => ({
    clock: systemClock,
    limiter: unlimited,
    stallTimeoutMs: 0,
    path,
    ...more,
  });

  test(`${path}: large and small files are summed up as they lie on the disk`, () =>
    withTempFolder(async (folder) => {
      const { dialler, acceptor, close } = await pairOver(tcpTransport());
      const files = LENGTHS.map((lengthBytes, number) => {
        const from = join(folder, `from-${number}`);
        const bytes = someBytes(lengthBytes, number);
        writeFileSync(from, bytes);
        const file = { component: `${number}`, lengthBytes };
        return {
          crc: crc32(bytes),
          slice: { ...file, path: from, offsetBytes: 0 },
          sink: { ...file, path: join(folder, `to-${number}`) },
        };
      });
      const checksums = new SinkChecksums();
      const sinks = files.map(({ sink }) => sink);
      await Promise.all([
        chunksOf(
          sendSlices(
            dialler,
            files.map(({ slice }) => slice),
            contextOf(),
          ),
        ),
        chunksOf(receiveSinks(acceptor, sinks, contextOf({ checksums }))),
      ]);
      // What was summed up beside the transfer is not read again.
      rmSync(sinks[0]!.path);
      for (const { sink, crc } of files) assert.is(await checksums.crc32(sink.path), crc);
      checksums.close();
      await rejects(checksums.crc32(sinks[0]!.path));
      await close();
    }));

  test(`${path}: what is summed up comes from the file, not from the network`, () =>
    withTempFolder(async (folder) => {
      const { dialler, acceptor, close } = await pairOver(tcpTransport());
      const sink: FileSink = {
        path: join(folder, 'to'),
        component: 'Data.db',
        lengthBytes: 20_000_000,
      };
      const checksums = new SinkChecksums();
      const receiving = chunksOf(receiveSinks(acceptor, [sink], contextOf({ checksums })));
      const bytes = someBytes(sink.lengthBytes);
      await dialler.write(bytes.subarray(0, 19_000_000));
      // Nothing is granted for the last million before it is there.
      while (statSync(sink.path).size < 18_000_000)
        await new Promise((resolve) => setImmediate(resolve));
      await dialler.write(bytes.subarray(19_000_000));
      await receiving;
      assert.is(await checksums.crc32(sink.path), crc32(readFileSync(sink.path)));
      checksums.close();
      await close();
    }));

  test(`${path}: a transfer that is cut off leaves nothing running once it is closed`, () =>
    withTempFolder(async (folder) => {
      const { dialler, acceptor, close } = await pairOver(tcpTransport());
      const sink: FileSink = {
        path: join(folder, 'to'),
        component: 'Data.db',
        lengthBytes: 20_000_000,
      };
      const checksums = new SinkChecksums();
      const failed = rejects(chunksOf(receiveSinks(acceptor, [sink], contextOf({ checksums }))));
      await dialler.write(someBytes(5_000_000));
      dialler.destroy();
      assert.instance(await failed, TransportError);
      const asked = rejects(checksums.crc32(sink.path));
      checksums.close();
      assert.instance(await asked, TransportError);
      await close();
    }));
}

test.run();
