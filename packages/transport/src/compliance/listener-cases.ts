// Control plane. What dialling and listening must do, case by case. Called by transportCompliance.
import assert from 'node:assert/strict';
import type { Endpoint } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import type { Connection, Transport } from '../connection.ts';
import type { TransportErrorType } from '../errors.ts';
import {
  type ComplianceSubject,
  dialling,
  listening,
  readExactly,
  testBytes,
  withPair,
} from './pair.ts';

type Cases = Readonly<Record<string, (subject: ComplianceSubject) => Promise<void>>>;

const CONNECTIONS = 40;

const refusal = async (
  transport: Transport,
  to: Endpoint,
  signal?: AbortSignal,
): Promise<TransportErrorType['code']> => {
  const result = await transport.connect(to, signal === undefined ? {} : { signal });
  if (isLeft(result)) return result.left.code;
  result.right.destroy();
  throw new assert.AssertionError({ message: 'the dial succeeded' });
};

const echo = async (connection: Connection): Promise<void> => {
  for (;;) {
    const bytes = await connection.read();
    if (bytes === null) break;
    await connection.write(bytes);
  }
  await connection.end();
};

const roundTrip = async (transport: Transport, to: Endpoint, seed: number): Promise<void> => {
  const connection = await dialling(transport, to);
  const bytes = testBytes(20_000 + seed, seed);
  const writing = connection.write(bytes).then(() => connection.end());
  assert.equal(Buffer.compare(await readExactly(connection, bytes.length), bytes), 0);
  await writing;
  assert.equal(await connection.read(), null);
  assert.equal((await connection.closed).error, undefined);
};

/** See the file's first lines. */
export const listenerCases: Cases = {
  'port 0 picks a free port and tells it': async (subject) => {
    const listener = await listening({ ...subject, listenAt: { ...subject.listenAt, port: 0 } });
    assert.ok(listener.endpoint.port > 0);
    await listener.close();
  },

  'a taken port is refused': async (subject) => {
    const listener = await listening(subject);
    const second = await subject.transport.listen(listener.endpoint);
    await listener.close();
    assert.ok(isLeft(second));
    assert.equal(second.left.code, 'SCM_NET_LISTEN');
  },

  'dialling where nobody listens is refused': async (subject) => {
    const listener = await listening(subject);
    await listener.close();
    assert.equal(await refusal(subject.transport, listener.endpoint), 'SCM_NET_REFUSED');
  },

  'an aborted dial says so': async (subject) => {
    const listener = await listening(subject);
    const code = await refusal(subject.transport, listener.endpoint, AbortSignal.abort());
    await listener.close();
    assert.equal(code, 'SCM_NET_ABORTED');
  },

  'many connections at once do not mix': async (subject) => {
    const listener = await listening(subject);
    const echoes: Promise<void>[] = [];
    listener.connections$.subscribe((connection) => echoes.push(echo(connection)));
    const seeds = Array.from({ length: CONNECTIONS }, (_, seed) => seed);
    await Promise.all(seeds.map((seed) => roundTrip(subject.transport, listener.endpoint, seed)));
    await Promise.all(echoes);
    assert.equal(echoes.length, CONNECTIONS);
    await listener.close();
  },

  'close() ends the stream of connections and leaves accepted ones alone': (subject) =>
    withPair(subject, async ({ transport, listener, dialler, acceptor }) => {
      const last = lastValueFrom(listener.connections$, { defaultValue: undefined });
      await listener.close();
      await listener.close();
      assert.equal(await last, undefined);
      assert.equal(await refusal(transport, listener.endpoint), 'SCM_NET_REFUSED');
      await dialler.write(Buffer.from('still here'));
      assert.equal((await readExactly(acceptor, 10)).toString(), 'still here');
    }),

  'the port is free after close()': async (subject) => {
    const first = await listening(subject);
    await first.close();
    const second = await listening({ ...subject, listenAt: first.endpoint });
    const accepted = firstValueFrom(second.connections$);
    const dialler = await dialling(subject.transport, second.endpoint);
    const acceptor = await accepted;
    dialler.destroy();
    acceptor.destroy();
    await second.close();
    await Promise.all([dialler.closed, acceptor.closed]);
  },

  'a connection that nobody is subscribed for is destroyed': async (subject) => {
    const listener = await listening(subject);
    const dialler = await dialling(subject.transport, listener.endpoint);
    const end = await dialler.read().catch(() => null);
    assert.equal(end, null);
    dialler.destroy();
    await dialler.closed;
    await listener.close();
  },
};
