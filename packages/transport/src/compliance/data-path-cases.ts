// Data plane. What the data path must do over a transport, by both of its ways, case by case. Called by transportCompliance. Where a
// transport lends no descriptor both ways are the same one.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, unlimited } from '@scamander/throttle';
import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import { receivePieces, sendPieces } from '../data-path/pieces.ts';
import { receiveSinks, sendSlices } from '../data-path/transfers.ts';
import type { FileChunk, TransferContext } from '../data-path/types.ts';
import { type ComplianceSubject, failing, readExactly, testBytes, withPair } from './pair.ts';

type Cases = Readonly<Record<string, (subject: ComplianceSubject) => Promise<void>>>;

const PATHS = ['buffers', 'kernel'] as const;

const contextOf = (path: (typeof PATHS)[number]): TransferContext => ({
  clock: systemClock,
  limiter: unlimited,
  stallTimeoutMs: 0,
  path,
});

const inTempFolder = async (body: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'scamander-compliance-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const all = (transfer: Observable<FileChunk>): Promise<FileChunk[]> =>
  lastValueFrom(transfer.pipe(toArray()));

/** Chunks cover the component from its first byte to its last, without gap or overlap. */
const assertCovered = (
  chunks: readonly FileChunk[],
  component: string,
  offsetBytes: number,
  lengthBytes: number,
): void => {
  let at = offsetBytes;
  for (const chunk of chunks.filter((one) => one.component === component)) {
    assert.equal(chunk.offsetBytes, at);
    at += chunk.lengthBytes;
  }
  assert.equal(at, offsetBytes + lengthBytes);
};

const SIZES = { 'Data.db': 3_000_017, 'Index.db': 70_001, 'Filter.db': 0, 'TOC.txt': 92 };

const filesArriveWhole = async (
  subject: ComplianceSubject,
  folder: string,
  paths: readonly [(typeof PATHS)[number], (typeof PATHS)[number]],
): Promise<void> => {
  const components = Object.entries(SIZES);
  const inFolder = (side: string, name: string): string => join(folder, `${side}-${name}`);
  for (const [name, size] of components)
    await writeFile(inFolder('from', name), testBytes(size, size));
  await withPair(subject, async ({ dialler, acceptor }) => {
    const slices = components.map(([component, lengthBytes]) => ({
      path: inFolder('from', component),
      component,
      offsetBytes: 0,
      lengthBytes,
    }));
    const sinks = components.map(([component, lengthBytes]) => ({
      path: inFolder('to', component),
      component,
      lengthBytes,
    }));
    // What precedes and what follows the files must stay what it is, also where it travels in the same packet.
    await dialler.write(Buffer.from('HEADER'));
    assert.equal((await readExactly(acceptor, 6)).toString(), 'HEADER');
    const sending = all(sendSlices(dialler, slices, contextOf(paths[0]))).then(async (chunks) => {
      await dialler.write(Buffer.from('TRAILER'));
      return chunks;
    });
    const context = { ...contextOf(paths[1]), sync: true };
    const [sent, received] = await Promise.all([
      sending,
      all(receiveSinks(acceptor, sinks, context)),
    ]);
    assert.equal((await readExactly(acceptor, 7)).toString(), 'TRAILER');
    for (const [name, size] of components) {
      const [from, to] = [inFolder('from', name), inFolder('to', name)];
      assert.equal(Buffer.compare(await readFile(to), await readFile(from)), 0, name);
      assertCovered(sent, name, 0, size);
      assertCovered(received, name, 0, size);
      await rm(to);
    }
    const bytes = components.reduce((sum, [, size]) => sum + size, 13);
    assert.deepEqual([dialler.bytesWritten, acceptor.bytesRead], [bytes, bytes]);
  });
};

/** See the file's first lines. */
export const dataPathCases: Cases = {
  'files arrive whole by every combination of paths': (subject) =>
    inTempFolder(async (folder) => {
      for (const sender of PATHS)
        for (const receiver of PATHS) await filesArriveWhole(subject, folder, [sender, receiver]);
    }),

  'a slice is sent from its offset, by both paths': (subject) =>
    inTempFolder(async (folder) => {
      const path = join(folder, 'Data.db');
      const bytes = testBytes(500_000, 7);
      await writeFile(path, bytes);
      for (const way of PATHS)
        await withPair(subject, async ({ dialler, acceptor }) => {
          const slice = { path, component: 'Data.db', offsetBytes: 12_345, lengthBytes: 400_000 };
          const sending = all(sendSlices(dialler, [slice], contextOf(way)));
          const received = await readExactly(acceptor, slice.lengthBytes);
          assert.equal(Buffer.compare(received, bytes.subarray(12_345, 412_345)), 0);
          assertCovered(await sending, 'Data.db', slice.offsetBytes, slice.lengthBytes);
        });
    }),

  'nothing happens before subscribe': (subject) =>
    inTempFolder(async (folder) => {
      await withPair(subject, async ({ dialler, acceptor }) => {
        const sink = { path: join(folder, 'Data.db'), component: 'Data.db', lengthBytes: 10 };
        receiveSinks(acceptor, [sink], contextOf('buffers'));
        sendPieces(
          dialler,
          () => Promise.reject(new Error('asked before subscribe')),
          () => ({ file: 'made', component: 'Data.db', offsetBytes: 0 }),
          contextOf('buffers'),
        );
        await dialler.write(Buffer.from('untouched'));
        assert.equal((await readExactly(acceptor, 9)).toString(), 'untouched');
        assert.deepEqual(await readdir(folder), []);
      });
    }),

  'unsubscribing stops a transfer that waits for its peer, by both paths': (subject) =>
    inTempFolder(async (folder) => {
      for (const way of PATHS)
        await withPair(subject, async ({ dialler, acceptor }) => {
          const sink = { path: join(folder, way), component: 'Data.db', lengthBytes: 2_000_000 };
          const writing = dialler.write(testBytes(700_000, 9)).catch(() => undefined);
          await firstValueFrom(receiveSinks(acceptor, [sink], contextOf(way)));
          acceptor.destroy();
          await acceptor.closed;
          dialler.destroy();
          await writing;
        });
    }),

  'a peer that ends too early is named, by both paths': (subject) =>
    inTempFolder(async (folder) => {
      for (const way of PATHS)
        await withPair(subject, async ({ dialler, acceptor }) => {
          const sink = { path: join(folder, way), component: 'Data.db', lengthBytes: 100_000 };
          const writing = dialler.write(testBytes(60_000, 9)).then(() => dialler.end());
          const error = await failing(all(receiveSinks(acceptor, [sink], contextOf(way))), [
            'SCM_NET_CLOSED',
          ]);
          await writing;
          assert.match(error.message, /40000 bytes of Data\.db were missing/);
        });
    }),

  'generated pieces arrive as one payload': (subject) =>
    withPair(subject, async ({ dialler, acceptor }) => {
      const pieces = [1, 70_000, 5, 200_000].map((size) => testBytes(size, size));
      const payload = Buffer.concat(pieces);
      const queue = [...pieces];
      const received: Buffer[] = [];
      const [sent] = await Promise.all([
        all(
          sendPieces(
            dialler,
            async () => queue.shift() ?? null,
            (offsetBytes) => ({ file: 'made', component: 'Data.db', offsetBytes }),
            contextOf('buffers'),
          ),
        ),
        all(
          receivePieces(
            acceptor,
            payload.length,
            (view) => void received.push(Buffer.from(view)),
            contextOf('buffers'),
          ),
        ),
      ]);
      assert.equal(Buffer.compare(Buffer.concat(received), payload), 0);
      assertCovered(sent, 'Data.db', 0, payload.length);
    }),
};
