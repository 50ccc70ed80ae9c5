import { execFile } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Limiter, systemClock, unlimited } from '@scamander/throttle';
import {
  type FileChunk,
  kernelPathAvailable,
  type ReceiveContext,
  receivePieces,
  receiveSinks,
  sendPieces,
  sendSlices,
  skipBytes,
  type TransferContext,
  TransportError,
  tcpTransport,
} from '@scamander/transport';
import { rejects, VirtualClock, withTempFolder } from '@scamander-tools/testing';
import { firstValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  chunksOf,
  memoryPair,
  type Pair,
  pairOver,
  readAll,
  readExactly,
  someBytes,
} from '../harness.ts';

const tcpPair = (): Promise<Pair> => pairOver(tcpTransport());

type Way = 'buffers' | 'kernel';
const WAYS: readonly Way[] = ['buffers', 'kernel'];

const contextOf = (path: Way, more: Partial<TransferContext> = {}): TransferContext => ({
  clock: systemClock,
  limiter: unlimited,
  stallTimeoutMs: 0,
  path,
  ...more,
});

const detailOf = (error: Error): TransportError['detail'] => {
  assert.instance(error, TransportError);
  return (error as TransportError).detail;
};

/** Descriptors of this process that point into the folder: open files of a transfer. */
const openFilesIn = (folder: string): string[] => {
  const links: string[] = [];
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      if (target.startsWith(folder)) links.push(target);
    } catch {
      // Closed meanwhile.
    }
  }
  return links;
};

test('this machine has the kernel path', () => {
  assert.is(kernelPathAvailable(), process.platform === 'linux');
});

/** Runs a program of test/fixtures to its end; gives what it printed. */
const runFixture = async (name: string, ...args: string[]): Promise<string> => {
  const script = fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url));
  const all = [...process.execArgv, script, ...args];
  return (await promisify(execFile)(process.execPath, all)).stdout;
};

/** Sends one file and drains the other side; gives what the limiter was asked and the chunks. */
const sendWith = async (path: Way, file: string, limiter: Limiter): Promise<FileChunk[]> => {
  const { dialler, acceptor, close } = await tcpPair();
  const lengthBytes = statSync(file).size;
  const slice = { path: file, component: 'Data.db', offsetBytes: 0, lengthBytes };
  const reading = readExactly(acceptor, lengthBytes);
  const chunks = await chunksOf(sendSlices(dialler, [slice], contextOf(path, { limiter })));
  assert.is(Buffer.compare(await reading, readFileSync(file)), 0);
  await close();
  return chunks;
};

for (const way of WAYS) {
  test(`${way}: the limiter is asked for every byte before it moves`, () =>
    withTempFolder(async (folder) => {
      const file = join(folder, 'Data.db');
      writeFileSync(file, someBytes(3_000_000));
      let allowed = 0;
      const waits: (() => void)[] = [];
      const limiter: Limiter = {
        acquire: (bytes) => {
          allowed += bytes;
          return new Promise((resolve) => waits.push(resolve));
        },
      };
      const { dialler, acceptor, close } = await tcpPair();
      const slice = { path: file, component: 'Data.db', offsetBytes: 0, lengthBytes: 3_000_000 };
      const sending = chunksOf(sendSlices(dialler, [slice], contextOf(way, { limiter })));
      let received = 0;
      while (received < 3_000_000) {
        while (waits.length === 0) await new Promise((resolve) => setImmediate(resolve));
        const before = received;
        waits.shift()!();
        const piece = allowed - before;
        assert.ok(piece > 0 && piece <= 1_000_000, `${piece}`);
        received += (await readExactly(acceptor, allowed - received)).length;
      }
      assert.is(allowed, 3_000_000);
      const chunks = await sending;
      assert.is(
        chunks.reduce((sum, chunk) => sum + chunk.lengthBytes, 0),
        3_000_000,
      );
      await close();
    }));

  test(`${way}: a limiter that never waits is asked for all of it`, () =>
    withTempFolder(async (folder) => {
      const file = join(folder, 'Data.db');
      writeFileSync(file, someBytes(20_000_000));
      let asked = 0;
      const chunks = await sendWith(way, file, {
        acquire: (bytes) => {
          asked += bytes;
          return undefined;
        },
      });
      assert.is(asked, 20_000_000);
      for (const chunk of chunks) {
        assert.is(chunk.direction, 'out');
        assert.is(chunk.file, file);
        assert.is(chunk.bytes === undefined, way === 'kernel');
      }
    }));

  test(`${way}: a limiter that fails fails the transfer`, () =>
    withTempFolder(async (folder) => {
      const file = join(folder, 'Data.db');
      writeFileSync(file, someBytes(100_000));
      const { dialler, close } = await tcpPair();
      const limiter: Limiter = {
        acquire: () => Promise.reject(new Error('the throttle is closed')),
      };
      const slice = { path: file, component: 'Data.db', offsetBytes: 0, lengthBytes: 100_000 };
      const error = await rejects(
        chunksOf(sendSlices(dialler, [slice], contextOf(way, { limiter }))),
      );
      assert.is(error.message, 'the throttle is closed');
      assert.equal(openFilesIn(folder), []);
      await close();
    }));

  test(`${way}: files that are missing, too short or in the way are named`, () =>
    withTempFolder(async (folder) => {
      const file = join(folder, 'Data.db');
      writeFileSync(file, someBytes(1_000));
      const { dialler, acceptor, close } = await tcpPair();
      const send = (path: string, offsetBytes: number, lengthBytes: number): Promise<Error> =>
        rejects(
          chunksOf(
            sendSlices(
              dialler,
              [{ path, component: 'Data.db', offsetBytes, lengthBytes }],
              contextOf(way),
            ),
          ),
        );
      const peer = `127.0.0.1:${dialler.remote.port}`;
      const missing = join(folder, 'missing');
      assert.equal(detailOf(await send(missing, 0, 10)), {
        code: 'SCM_NET_FILE',
        peer,
        file: missing,
        reason: 'no such file or folder',
      });
      assert.equal(detailOf(await send(file, 500, 501)), {
        code: 'SCM_NET_FILE',
        peer,
        file,
        reason: 'it has 1000 bytes, 1001 are to be sent',
      });
      const sink = { path: file, component: 'Data.db', lengthBytes: 10 };
      const error = await rejects(chunksOf(receiveSinks(acceptor, [sink], contextOf(way))));
      assert.is(detailOf(error).code, 'SCM_NET_FILE');
      assert.match(error.message, 'the file exists already');
      assert.is(statSync(file).size, 1_000);
      assert.equal(openFilesIn(folder), []);
      await close();
    }));

  test(`${way}: a file that shrinks while it is sent is named`, () =>
    withTempFolder(async (folder) => {
      const file = join(folder, 'Data.db');
      writeFileSync(file, someBytes(40_000_000));
      const { dialler, acceptor, close } = await tcpPair();
      const slice = { path: file, component: 'Data.db', offsetBytes: 0, lengthBytes: 40_000_000 };
      const sending = rejects(chunksOf(sendSlices(dialler, [slice], contextOf(way))));
      await readExactly(acceptor, 1_000_000);
      truncateSync(file, 30_000_000);
      const draining = readAll(acceptor).catch(() => undefined);
      const error = await sending;
      assert.is(detailOf(error).code, 'SCM_NET_FILE');
      assert.match(error.message, 'it has 30000000 bytes, 40000000 are to be sent');
      assert.equal(openFilesIn(folder), []);
      dialler.destroy();
      await draining;
      await close();
    }));

  test(`${way}: a peer that takes nothing is a stall, on the given clock`, () =>
    withTempFolder(async (folder) => {
      const file = join(folder, 'Data.db');
      writeFileSync(file, Buffer.alloc(1));
      truncateSync(file, 60_000_000);
      const clock = new VirtualClock();
      const { dialler, close } = await tcpPair();
      const slice = { path: file, component: 'Data.db', offsetBytes: 0, lengthBytes: 60_000_000 };
      let movedAt = performance.now();
      const failed = new Promise<Error>((resolve) => {
        sendSlices(dialler, [slice], contextOf(way, { clock, stallTimeoutMs: 5_000 })).subscribe({
          next: () => {
            movedAt = performance.now();
          },
          error: resolve,
        });
      });
      // The sockets' buffers fill up first; then time passes until the verdict.
      let verdict: Error | undefined;
      void failed.then((error) => {
        verdict = error;
      });
      while (verdict === undefined) {
        await new Promise((resolve) => setImmediate(resolve));
        if (performance.now() - movedAt > 250) await clock.advance(1_000);
      }
      assert.equal(detailOf(verdict), {
        code: 'SCM_NET_TIMEOUT',
        peer: `127.0.0.1:${dialler.remote.port}`,
        waitingFor: 'it to take file bytes',
        afterMs: 5_000,
      });
      assert.is(clock.pendingTimers, 0);
      assert.equal(openFilesIn(folder), []);
      await close();
    }));

  test(`${way}: a peer that sends nothing is a stall; waiting for the limiter is none`, () =>
    withTempFolder(async (folder) => {
      const clock = new VirtualClock();
      const { dialler, acceptor, close } = await tcpPair();
      let allow: () => void = () => undefined;
      const limiter: Limiter = {
        acquire: () =>
          new Promise((resolve) => {
            allow = resolve;
          }),
      };
      const sink = { path: join(folder, 'Data.db'), component: 'Data.db', lengthBytes: 100 };
      const context = contextOf(way, { clock, limiter, stallTimeoutMs: 1_000 });
      const receiving = rejects(chunksOf(receiveSinks(acceptor, [sink], context)));
      const seen = allow;
      while (allow === seen) await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(60_000);
      allow();
      await clock.advance(0);
      for (let turn = 0; turn < 20; turn++) await clock.advance(0);
      await clock.advance(1_000);
      const error = await receiving;
      assert.is(detailOf(error).code, 'SCM_NET_TIMEOUT');
      assert.is(clock.pendingTimers, 0);
      assert.equal(openFilesIn(folder), []);
      dialler.destroy();
      await close();
    }));

  test(`${way}: a reset while receiving is a reset, and leaves no file open`, () =>
    withTempFolder(async (folder) => {
      const { dialler, acceptor, close } = await tcpPair();
      const sink = { path: join(folder, 'Data.db'), component: 'Data.db', lengthBytes: 10_000_000 };
      await dialler.write(someBytes(900_000));
      const failed = rejects(chunksOf(receiveSinks(acceptor, [sink], contextOf(way))));
      while (!existsSync(sink.path) || statSync(sink.path).size < 500_000)
        await new Promise((resolve) => setImmediate(resolve));
      dialler.destroy(new TransportError({ code: 'SCM_NET_RESET', peer: 'x' }));
      assert.is(detailOf(await failed).code, 'SCM_NET_RESET');
      assert.equal(openFilesIn(folder), []);
      await close();
    }));

  test(`${way}: destroying the connection ends the transfer with its reason`, () =>
    withTempFolder(async (folder) => {
      const { acceptor, close } = await tcpPair();
      const sink = { path: join(folder, 'Data.db'), component: 'Data.db', lengthBytes: 10_000_000 };
      const failed = rejects(chunksOf(receiveSinks(acceptor, [sink], contextOf(way))));
      while (!existsSync(sink.path)) await new Promise((resolve) => setImmediate(resolve));
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      acceptor.destroy(
        new TransportError({ code: 'SCM_NET_TIMEOUT', peer: 'p', waitingFor: 'us', afterMs: 1 }),
      );
      assert.is(detailOf(await failed).code, 'SCM_NET_TIMEOUT');
      assert.is((await acceptor.closed).error?.code, 'SCM_NET_TIMEOUT');
      assert.equal(openFilesIn(folder), []);
      await close();
    }));

  test(`${way}: unsubscribing while the file is being created leaves none`, () =>
    withTempFolder(async (folder) => {
      await runFixture('unsubscribed-sink', way, join(folder, 'Data.db'));
      assert.equal(readdirSync(folder), []);
    }));

  test(`${way}: several transfers at once do not mix`, () =>
    withTempFolder(async (folder) => {
      const one = async (number: number): Promise<void> => {
        const bytes = someBytes(6_000_000 + number, number);
        const from = join(folder, `from-${number}`);
        const to = join(folder, `to-${number}`);
        writeFileSync(from, bytes);
        const { dialler, acceptor, close } = await tcpPair();
        const file = { component: 'Data.db', lengthBytes: bytes.length };
        await Promise.all([
          chunksOf(sendSlices(dialler, [{ ...file, path: from, offsetBytes: 0 }], contextOf(way))),
          chunksOf(receiveSinks(acceptor, [{ ...file, path: to }], contextOf(way))),
        ]);
        assert.is(Buffer.compare(readFileSync(to), bytes), 0);
        await close();
      };
      await Promise.all([1, 2, 3, 4, 5, 6].map(one));
    }));
}

test('auto: the kernel for large transfers, buffers for small ones', () =>
  withTempFolder(async (folder) => {
    const used = async (lengthBytes: number): Promise<boolean> => {
      const file = join(folder, `${lengthBytes}`);
      writeFileSync(file, Buffer.alloc(lengthBytes));
      const { dialler, acceptor, close } = await tcpPair();
      const slice = { path: file, component: 'Data.db', offsetBytes: 0, lengthBytes };
      const context: TransferContext = {
        clock: systemClock,
        limiter: unlimited,
        stallTimeoutMs: 0,
      };
      const reading = readExactly(acceptor, lengthBytes);
      const chunks = await chunksOf(sendSlices(dialler, [slice], context));
      await reading;
      await close();
      return chunks.every((chunk) => chunk.bytes === undefined);
    };
    assert.is(await used(100_000), false);
    assert.is(await used(5_000_000), kernelPathAvailable());
  }));

test('bytes that Node had already read come first, and what follows the files stays', () =>
  withTempFolder(async (folder) => {
    const { dialler, acceptor, close } = await tcpPair();
    const bytes = someBytes(30_000);
    await dialler.write(Buffer.concat([Buffer.from('HEAD'), bytes, Buffer.from('TAIL')]));
    assert.is((await readExactly(acceptor, 4)).toString(), 'HEAD');
    const sinks = [10_000, 0, 20_000].map((lengthBytes, number) => ({
      path: join(folder, `${number}`),
      component: `${number}`,
      lengthBytes,
    }));
    const context: ReceiveContext = { ...contextOf('kernel'), sync: true };
    await chunksOf(receiveSinks(acceptor, sinks, context));
    assert.is(Buffer.compare(readFileSync(sinks[0]!.path), bytes.subarray(0, 10_000)), 0);
    assert.is(statSync(sinks[1]!.path).size, 0);
    assert.is(Buffer.compare(readFileSync(sinks[2]!.path), bytes.subarray(10_000)), 0);
    assert.is((await readExactly(acceptor, 4)).toString(), 'TAIL');
    assert.is(acceptor.bytesRead, 30_008);
    await close();
  }));

test('pieces: chunks come before the write, with a view of the bytes; an error of the maker passes', async () => {
  const { dialler, acceptor, close } = await memoryPair();
  const seen: (readonly [number, string])[] = [];
  const queue = ['abc', '', 'de'].map((text) => Buffer.from(text));
  await new Promise<void>((resolve, reject) => {
    sendPieces(
      dialler,
      async () => queue.shift() ?? null,
      (offsetBytes) => ({ file: 'made', component: 'Data.db', offsetBytes }),
      contextOf('buffers'),
    ).subscribe({
      next: (chunk) => seen.push([chunk.offsetBytes, Buffer.from(chunk.bytes!).toString()]),
      complete: resolve,
      error: reject,
    });
  });
  assert.equal(seen, [
    [0, 'abc'],
    [3, 'de'],
  ]);
  assert.is((await readExactly(acceptor, 5)).toString(), 'abcde');
  const broken = sendPieces(
    dialler,
    () => Promise.reject(new Error('no more blocks')),
    (offsetBytes) => ({ file: 'made', component: 'Data.db', offsetBytes }),
    contextOf('buffers'),
  );
  assert.is((await rejects(chunksOf(broken))).message, 'no more blocks');
  await close();
});

test('pieces: the consumer is waited for, gets exactly the payload, and its error passes', async () => {
  const { dialler, acceptor, close } = await memoryPair();
  await dialler.write(Buffer.from('payload|next'));
  let consumed = '';
  await chunksOf(
    receivePieces(
      acceptor,
      7,
      async (view) => {
        await new Promise((resolve) => setImmediate(resolve));
        consumed += Buffer.from(view).toString();
      },
      contextOf('buffers'),
    ),
  );
  assert.is(consumed, 'payload');
  const failing = receivePieces(
    acceptor,
    2,
    () => {
      throw new Error('bad block');
    },
    contextOf('buffers'),
  );
  assert.is((await rejects(chunksOf(failing))).message, 'bad block');
  assert.is((await readExactly(acceptor, 3)).toString(), 'ext');
  await close();
});

test('skipBytes drops exactly so many', async () => {
  const { dialler, acceptor, close } = await memoryPair();
  const writing = dialler.write(Buffer.concat([someBytes(200_000), Buffer.from('next')]));
  const chunks = await chunksOf(skipBytes(acceptor, 200_000, contextOf('buffers')));
  assert.is(
    chunks.reduce((sum, chunk) => sum + chunk.lengthBytes, 0),
    200_000,
  );
  assert.is((await readExactly(acceptor, 4)).toString(), 'next');
  await writing;
  await close();
});

test('take(1) stops a sender in the middle', () =>
  withTempFolder(async (folder) => {
    const file = join(folder, 'Data.db');
    writeFileSync(file, someBytes(5_000_000));
    const { dialler, acceptor, close } = await memoryPair();
    const slice = { path: file, component: 'Data.db', offsetBytes: 0, lengthBytes: 5_000_000 };
    await firstValueFrom(sendSlices(dialler, [slice], contextOf('buffers')));
    while (openFilesIn(folder).length > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.is(acceptor.bytesRead, 0);
    await close();
  }));

const peakOf = async (path: Way, megabytes: number, ...more: string[]): Promise<number> =>
  Number(await runFixture('transfer-memory', path, `${megabytes}`, ...more));

for (const way of WAYS)
  test(`${way}: a 300 MB transfer takes the memory of a 3 MB one`, async () => {
    const [small, large] = [await peakOf(way, 3), await peakOf(way, 300)];
    assert.ok(small > 0);
    // Node's own heap breathes by some megabytes; a tenth of the file would show.
    assert.ok(large - small < 30, `${small} MB for 3 MB, ${large} MB for 300 MB`);
  });

test('TLS: records are decrypted into one slab: a 300 MB transfer takes the memory of a 3 MB one', async () => {
  const [small, large] = [await peakOf('buffers', 3, 'tls'), await peakOf('buffers', 300, 'tls')];
  assert.ok(small > 0);
  assert.ok(large - small < 30, `${small} MB for 3 MB, ${large} MB for 300 MB`);
});

test.run();
