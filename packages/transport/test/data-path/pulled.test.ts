import { type Limiter, systemClock, unlimited } from '@scamander/throttle';
import {
  type FileChunk,
  type PayloadPull,
  receivePulled,
  type TransferContext,
  TransportError,
} from '@scamander/transport';
import { rejects, VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chunksOf, memoryPair, readExactly } from '../harness.ts';

const contextOf = (more: Partial<TransferContext> = {}): TransferContext => ({
  clock: systemClock,
  limiter: unlimited,
  stallTimeoutMs: 0,
  ...more,
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const textOf = async (payload: PayloadPull, lengthBytes: number): Promise<string> => {
  let text = '';
  while (text.length < lengthBytes) {
    text += Buffer.from(await payload.read(lengthBytes - text.length)).toString('latin1');
  }
  return text;
};

test('the consumer takes what it asks for, and what it does not ask for stays', async () => {
  const { dialler, acceptor, close } = await memoryPair();
  await dialler.write(Buffer.from('3abc2de|next'));
  const taken: string[] = [];
  await chunksOf(
    receivePulled(
      acceptor,
      async (payload) => {
        for (let i = 0; i < 2; i++) {
          const length = Number(await textOf(payload, 1));
          await turn();
          taken.push(await textOf(payload, length));
        }
      },
      contextOf(),
    ),
  );
  assert.equal(taken, ['abc', 'de']);
  assert.is(acceptor.bytesRead, 7);
  assert.is((await readExactly(acceptor, 5)).toString(), '|next');
  await close();
});

test('news are of what the consumer says it used; the limiter is asked for what was read', async () => {
  const { dialler, acceptor, close } = await memoryPair();
  await dialler.write(Buffer.from('abcdef'));
  const asked: number[] = [];
  const limiter: Limiter = {
    acquire: (bytes) => {
      asked.push(bytes);
      return undefined;
    },
  };
  const chunks: FileChunk[] = await chunksOf(
    receivePulled(
      acceptor,
      async (payload) => {
        await textOf(payload, 2);
        payload.moved(100, undefined);
        await textOf(payload, 4);
        payload.moved(50, Buffer.from('x'));
      },
      {
        ...contextOf({ limiter }),
        describe: (offsetBytes) => ({ file: 'f', component: 'Data.db', offsetBytes }),
      },
    ),
  );
  assert.equal(asked, [2, 4]);
  assert.equal(
    chunks.map(({ direction, file, component, offsetBytes, lengthBytes }) => [
      direction,
      file,
      component,
      offsetBytes,
      lengthBytes,
    ]),
    [
      ['in', 'f', 'Data.db', 0, 100],
      ['in', 'f', 'Data.db', 100, 50],
    ],
  );
  await close();
});

test('nothing is read from the peer while the consumer is busy', async () => {
  const { dialler, acceptor, close } = await memoryPair();
  await dialler.write(Buffer.from('ab'));
  let release = (): void => undefined;
  const busy = new Promise<void>((resolve) => {
    release = resolve;
  });
  const received = chunksOf(
    receivePulled(
      acceptor,
      async (payload) => {
        await textOf(payload, 1);
        await busy;
        await textOf(payload, 1);
      },
      contextOf(),
    ),
  );
  for (let i = 0; i < 5; i++) await turn();
  assert.is(acceptor.bytesRead, 1);
  release();
  await received;
  assert.is(acceptor.bytesRead, 2);
  await close();
});

test('a consumer that takes its time is no stall, a peer that does is', async () => {
  const { dialler, acceptor, close } = await memoryPair();
  const clock = new VirtualClock();
  await dialler.write(Buffer.from('a'));
  let release = (): void => undefined;
  const busy = new Promise<void>((resolve) => {
    release = resolve;
  });
  const received = chunksOf(
    receivePulled(
      acceptor,
      async (payload) => {
        await textOf(payload, 1);
        await busy;
        await textOf(payload, 1);
      },
      contextOf({ clock, stallTimeoutMs: 1000 }),
    ),
  );
  received.catch(() => undefined);
  await turn();
  await clock.advance(60_000);
  release();
  await turn();
  await clock.advance(999);
  await turn();
  await clock.advance(1);
  const error = await rejects(received);
  assert.instance(error, TransportError);
  assert.is((error as TransportError).detail.code, 'SCM_NET_TIMEOUT');
  await close();
});

test('an error of the consumer passes; one of the network reaches it', async () => {
  const { dialler, acceptor, close } = await memoryPair();
  const failing = receivePulled(
    acceptor,
    async () => {
      throw new Error('bad row');
    },
    contextOf(),
  );
  assert.is((await rejects(chunksOf(failing))).message, 'bad row');
  let seen: unknown;
  const cut = receivePulled(
    acceptor,
    async (payload) => {
      try {
        await textOf(payload, 1);
      } catch (error) {
        seen = error;
        throw error;
      }
    },
    contextOf(),
  );
  const received = chunksOf(cut);
  received.catch(() => undefined);
  await dialler.end();
  const error = await rejects(received);
  assert.is((error as TransportError).detail.code, 'SCM_NET_CLOSED');
  assert.is(seen, error);
  await close();
});

test('unsubscribing ends the read that is under way, and every later one', async () => {
  const { acceptor, close } = await memoryPair();
  const ends: string[] = [];
  let over = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const subscription = receivePulled(
    acceptor,
    async (payload) => {
      for (let i = 0; i < 2; i++) {
        const error = await rejects(payload.read(1));
        ends.push((error as TransportError).detail.code);
      }
      over();
    },
    contextOf(),
  ).subscribe();
  await turn();
  subscription.unsubscribe();
  await ended;
  assert.equal(ends, ['SCM_NET_ABORTED', 'SCM_NET_ABORTED']);
  await close();
});

test.run();
