import { once } from 'node:events';
import { Socket } from 'node:net';
import { type TransportError, tcpTransport } from '@scamander/transport';
import { rejects, VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dialled } from '../../src/socket/dialling.ts';
import { socketError } from '../../src/socket/node-errors.ts';
import {
  LOOPBACK,
  pairOver,
  rawServer,
  readAll,
  readExactly,
  refusal,
  someBytes,
  unwrap,
} from '../harness.ts';

const codeIs =
  (code: string) =>
  (error: Error): boolean =>
    (error as TransportError).code === code;

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test('a name that does not exist is unreachable', async () => {
  const error = refusal(await tcpTransport().connect({ host: 'no-such-host.invalid', port: 7000 }));
  assert.is(error.code, 'SCM_NET_UNREACHABLE');
  assert.match(error.message, 'no-such-host.invalid:7000');
});

test('a port that is refused names the peer', async () => {
  const server = await rawServer(() => undefined);
  await server.close();
  const error = refusal(await tcpTransport().connect(server.at));
  assert.equal(error.detail, { code: 'SCM_NET_REFUSED', peer: `127.0.0.1:${server.at.port}` });
});

const waitForConnect = (socket: Socket, clock: VirtualClock, signal?: AbortSignal) =>
  dialled(socket, {
    clock,
    to: { host: '10.0.0.9', port: 7000 },
    timeoutMs: 2_000,
    waitingFor: 'the connection',
    options: signal === undefined ? {} : { signal },
    event: 'connect',
    toError: socketError,
  });

test('a dial that nobody answers ends with the time limit', async () => {
  const clock = new VirtualClock();
  const socket = new Socket();
  const result = waitForConnect(socket, clock);
  await clock.advance(1_999);
  assert.not.ok(socket.destroyed);
  await clock.advance(1);
  assert.equal(refusal(await result).detail, {
    code: 'SCM_NET_TIMEOUT',
    peer: '10.0.0.9:7000',
    waitingFor: 'the connection',
    afterMs: 2_000,
  });
  assert.ok(socket.destroyed);
  assert.is(clock.pendingTimers, 0);
});

test('a dial that is given up leaves nothing', async () => {
  const clock = new VirtualClock();
  const socket = new Socket();
  const abort = new AbortController();
  const result = waitForConnect(socket, clock, abort.signal);
  abort.abort();
  assert.is(refusal(await result).code, 'SCM_NET_ABORTED');
  assert.ok(socket.destroyed);
  assert.is(clock.pendingTimers, 0);
});

test('a listener on an address of somebody else says so', async () => {
  const error = refusal(await tcpTransport().listen({ host: '192.0.2.77', port: 0 }));
  assert.equal(error.detail, {
    code: 'SCM_NET_LISTEN',
    peer: '192.0.2.77:0',
    reason: 'this machine does not have the address',
  });
});

test('a reset is told from an end', async () => {
  const server = await rawServer((socket) => {
    socket.once('data', () => socket.resetAndDestroy());
  });
  const connection = unwrap(await tcpTransport().connect(server.at));
  await connection.write(Buffer.from('x'));
  await rejects(connection.read(), codeIs('SCM_NET_RESET'));
  assert.is((await connection.closed).error?.code, 'SCM_NET_RESET');
  await rejects(connection.write(Buffer.from('y')), codeIs('SCM_NET_RESET'));
  await server.close();
});

test('destroy() with SCM_NET_RESET resets the peer', async () => {
  const { dialler, acceptor, close } = await pairOver(tcpTransport());
  const reading = acceptor.read();
  const reset = await rejects(
    (async () => {
      dialler.destroy(
        new (await import('@scamander/transport')).TransportError({
          code: 'SCM_NET_RESET',
          peer: 'x',
        }),
      );
      await reading;
    })(),
    codeIs('SCM_NET_RESET'),
  );
  assert.instance(reset, Error);
  await close();
});

test('nothing is read while nobody asks', async () => {
  let stuck = false;
  const block = someBytes(256 * 1024);
  const server = await rawServer((socket) => {
    const write = (): void => {
      while (!stuck) {
        stuck = !socket.write(block);
      }
    };
    write();
  });
  const connection = unwrap(await tcpTransport().connect(server.at));
  await turns(200);
  assert.ok(stuck);
  assert.is(connection.bytesRead, 0);
  const first = await connection.read();
  assert.ok(first !== null && first.length > 0 && first.length <= 64 * 1024);
  await turns(50);
  assert.is(connection.bytesRead, first.length);
  connection.destroy();
  await connection.closed;
  await server.close();
});

test('every read lends the same buffer', async () => {
  const { dialler, acceptor, close } = await pairOver(tcpTransport());
  await dialler.write(Buffer.from('first'));
  const first = await acceptor.read();
  await dialler.write(Buffer.from('other'));
  const second = await acceptor.read();
  assert.is(first?.buffer, second?.buffer);
  assert.is(Buffer.from(second!).toString(), 'other');
  await close();
});

test('keep-alive and no-delay are set on both sides', async () => {
  const seen: unknown[] = [];
  const { setKeepAlive, setNoDelay } = Socket.prototype;
  Socket.prototype.setKeepAlive = function (this: Socket, on?: boolean) {
    seen.push(['keepAlive', on]);
    return setKeepAlive.call(this, on);
  };
  Socket.prototype.setNoDelay = function (this: Socket, on?: boolean) {
    seen.push(['noDelay', on]);
    return setNoDelay.call(this, on);
  };
  try {
    const { close } = await pairOver(tcpTransport());
    assert.is(seen.filter((one) => String(one) === 'keepAlive,true').length, 2);
    assert.is(seen.filter((one) => String(one) === 'noDelay,true').length, 2);
    await close();
  } finally {
    Object.assign(Socket.prototype, { setKeepAlive, setNoDelay });
  }
});

test('a lent descriptor: once per direction, not under a call, given back bytes come with it', async () => {
  const { dialler, acceptor, close } = await pairOver(tcpTransport());
  await dialler.write(Buffer.from('abcd'));
  const bytes = await readExactly(acceptor, 4);
  acceptor.unread(bytes.subarray(2));
  acceptor.unread(bytes.subarray(0, 2));
  const loan = acceptor.kernel!.borrow('read');
  assert.is(Buffer.from(loan.buffered).toString(), 'abcd');
  assert.ok(loan.fd > 0);
  assert.throws(() => acceptor.kernel!.borrow('read'), /lent for read/);
  assert.throws(() => acceptor.read(), /lent for reading/);
  const other = acceptor.kernel!.borrow('write');
  assert.is(other.buffered.length, 0);
  other.release({ read: 0, written: 7 });
  loan.release({ read: 3, written: 0 });
  loan.release({ read: 3, written: 0 });
  assert.equal([acceptor.bytesRead, acceptor.bytesWritten], [7, 7]);
  const reading = acceptor.read();
  assert.throws(() => acceptor.kernel!.borrow('read'), /a read\(\) is outstanding/);
  await dialler.write(Buffer.from('z'));
  await reading;
  await close();
});

test('destroy() asks for the descriptor back and closes it only then', async () => {
  const { dialler, acceptor, close } = await pairOver(tcpTransport());
  const loan = acceptor.kernel!.borrow();
  const revoked = once(loan.revoked, 'abort');
  acceptor.destroy();
  await revoked;
  assert.is((loan.revoked.reason as TransportError).code, 'SCM_NET_ABORTED');
  let closed = false;
  void acceptor.closed.then(() => {
    closed = true;
  });
  await turns(20);
  assert.not.ok(closed);
  loan.release({ read: 0, written: 0 });
  await acceptor.closed;
  assert.is((await readAll(dialler)).length, 0);
  await close();
});

test('TCP_NODELAY can be left off, the source address chosen', async () => {
  const transport = tcpTransport({ noDelay: false, localAddress: '127.0.0.2', backlog: 1 });
  const { acceptor, close } = await pairOver(transport, LOOPBACK);
  assert.is(acceptor.remote.host, '127.0.0.2');
  await close();
});

test.run();
