// Control plane. What a connection must do, case by case. Called by transportCompliance.
import assert from 'node:assert/strict';
import { endpointText } from '@scamander/wire-codec';
import type { Connection } from '../connection.ts';
import {
  type ComplianceSubject,
  failing,
  readExactly,
  testBytes,
  turns,
  withPair,
} from './pair.ts';

type Cases = Readonly<Record<string, (subject: ComplianceSubject) => Promise<void>>>;

const WRITTEN_WITHOUT_READER_MAX = 64 * 1024 * 1024;

const writeInPieces = async (connection: Connection, bytes: Buffer): Promise<void> => {
  // Sizes from 1 byte up, so that every boundary is hit.
  for (let at = 0, size = 1; at < bytes.length; size = (size * 3 + 1) % 70_000) {
    const piece = bytes.subarray(at, at + Math.max(1, size));
    await connection.write(piece);
    at += piece.length;
  }
};

/** Writes until the connection takes no more; returns the bytes that went and the write that waits. */
const writeUntilStuck = async (
  connection: Connection,
): Promise<{ readonly written: number; readonly stuck: Promise<void> }> => {
  const block = testBytes(64 * 1024, 5);
  for (let written = 0; written < WRITTEN_WITHOUT_READER_MAX; written += block.length) {
    let done = false;
    const write = connection.write(block).then(() => {
      done = true;
    });
    for (let turn = 0; turn < 200 && !done; turn++) await turns(1);
    if (!done) return { written, stuck: write };
  }
  throw new assert.AssertionError({ message: 'write() never waits for the reader' });
};

/** See the file's first lines. */
export const connectionCases: Cases = {
  'both ends name each other': (subject) =>
    withPair(subject, async ({ listener, dialler, acceptor }) => {
      assert.equal(endpointText(dialler.remote), endpointText(listener.endpoint));
      assert.equal(endpointText(acceptor.remote), endpointText(dialler.local));
      assert.equal(dialler.secure, acceptor.secure);
    }),

  'bytes arrive whole and in order, both ways at once': (subject) =>
    withPair(subject, async ({ dialler, acceptor }) => {
      const [there, back] = [testBytes(1_000_003, 1), testBytes(700_001, 2)];
      const [atAcceptor, atDialler] = await Promise.all([
        readExactly(acceptor, there.length),
        readExactly(dialler, back.length),
        writeInPieces(dialler, there),
        writeInPieces(acceptor, back),
      ]);
      assert.equal(Buffer.compare(atAcceptor, there), 0);
      assert.equal(Buffer.compare(atDialler, back), 0);
    }),

  'a written buffer may be reused after write() resolves': (subject) =>
    withPair(subject, async ({ dialler, acceptor }) => {
      const buffer = Buffer.alloc(200_000);
      const writing = (async () => {
        for (let round = 1; round <= 5; round++) await dialler.write(buffer.fill(round));
      })();
      const all = await readExactly(acceptor, 5 * buffer.length);
      await writing;
      for (let round = 1; round <= 5; round++) {
        const part = all.subarray((round - 1) * buffer.length, round * buffer.length);
        assert.ok(part.every((byte) => byte === round));
      }
    }),

  'unread() bytes come first, the last ones given back before the others': (subject) =>
    withPair(subject, async ({ dialler, acceptor }) => {
      await dialler.write(Buffer.from('abcdef'));
      const bytes = await readExactly(acceptor, 6);
      acceptor.unread(bytes.subarray(4));
      acceptor.unread(bytes.subarray(2, 4));
      assert.equal(acceptor.bytesRead, 2);
      assert.equal((await readExactly(acceptor, 4)).toString(), 'cdef');
      await dialler.write(Buffer.from('gh'));
      assert.equal((await readExactly(acceptor, 2)).toString(), 'gh');
    }),

  'counters count what was read and written': (subject) =>
    withPair(subject, async ({ dialler, acceptor }) => {
      await dialler.write(testBytes(30_000, 3));
      await readExactly(acceptor, 30_000);
      assert.deepEqual([dialler.bytesWritten, dialler.bytesRead], [30_000, 0]);
      assert.deepEqual([acceptor.bytesWritten, acceptor.bytesRead], [0, 30_000]);
    }),

  'one side may end while the other goes on': (subject) =>
    withPair(subject, async ({ dialler, acceptor }) => {
      await dialler.write(Buffer.from('question'));
      await dialler.end();
      assert.equal((await readExactly(acceptor, 8)).toString(), 'question');
      assert.equal(await acceptor.read(), null);
      assert.equal(await acceptor.read(), null);
      await acceptor.write(Buffer.from('answer'));
      await acceptor.end();
      assert.equal((await readExactly(dialler, 6)).toString(), 'answer');
      assert.equal(await dialler.read(), null);
      assert.equal((await dialler.closed).error, undefined);
      assert.equal((await acceptor.closed).error, undefined);
    }),

  'destroy() rejects what is pending, and what comes after': (subject) =>
    withPair(subject, async ({ dialler }) => {
      const reading = failing(dialler.read());
      dialler.destroy();
      dialler.destroy();
      await reading;
      await failing(dialler.read());
      await failing(dialler.write(Buffer.from('x')));
      assert.equal((await dialler.closed).error, undefined);
    }),

  'destroy() with a reason says it': (subject) =>
    withPair(subject, async ({ dialler, acceptor }) => {
      acceptor.destroy();
      const reason = await failing(acceptor.read());
      const reading = failing(dialler.read().then((bytes) => bytes ?? Promise.reject(reason)));
      dialler.destroy(reason);
      await reading;
      assert.equal((await dialler.closed).error, reason);
    }),

  'the other side of a destroyed connection comes to an end': (subject) =>
    withPair(subject, async ({ dialler, acceptor }) => {
      await dialler.write(Buffer.from('last words'));
      assert.equal((await readExactly(acceptor, 10)).toString(), 'last words');
      dialler.destroy();
      const end = await acceptor.read().catch((error: unknown) => error);
      if (end !== null) await failing(Promise.reject(end), ['SCM_NET_RESET', 'SCM_NET_CLOSED']);
    }),

  'writing to a peer that is gone fails': (subject) =>
    withPair(subject, async ({ dialler, acceptor }) => {
      acceptor.destroy();
      const codes = ['SCM_NET_RESET', 'SCM_NET_CLOSED'] as const;
      await failing(
        (async () => {
          for (let round = 0; round < 1_000; round++) {
            await dialler.write(testBytes(64 * 1024, round));
            await turns(1);
          }
        })(),
        codes,
      );
    }),

  'a writer waits for a reader that does not read': (subject) =>
    withPair(subject, async ({ dialler, acceptor }) => {
      const { written, stuck } = await writeUntilStuck(dialler);
      await readExactly(acceptor, written + 64 * 1024);
      await stuck;
      assert.equal(dialler.bytesWritten, written + 64 * 1024);
    }),

  'a write that waits rejects when the connection is destroyed': (subject) =>
    withPair(subject, async ({ dialler }) => {
      const { stuck } = await writeUntilStuck(dialler);
      const failed = failing(stuck);
      dialler.destroy();
      await failed;
    }),
};
