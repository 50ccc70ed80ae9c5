// Over real sockets of the loopback: what each side sees of each fault.
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FaultProxy, startFaultProxy } from '../src/fault-proxy.ts';
import type { Fault } from '../src/faults.ts';
import { VirtualClock } from '../src/virtual-clock.ts';

/** What a socket got until it ended, and how. */
const heard = (socket: Socket): Promise<{ bytes: Buffer; how: string }> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let how = 'end';
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) => {
      how = (error as NodeJS.ErrnoException).code ?? error.message;
    });
    socket.on('close', () => resolve({ bytes: Buffer.concat(chunks), how }));
  });

interface Story {
  readonly proxy: FaultProxy;
  dial(): Socket;
  /** The other end of the next connection. */
  accepted(): Promise<Socket>;
}

const story = async (
  faults: readonly Fault[],
  tell: (story: Story) => Promise<void>,
  clock?: VirtualClock,
): Promise<void> => {
  const arrived: Socket[] = [];
  const wanted: ((socket: Socket) => void)[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const want = wanted.shift();
    if (want === undefined) arrived.push(socket);
    else want(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const proxy = await startFaultProxy({
    target: () => ({ host: '127.0.0.1', port }),
    faults: () => faults,
    ...(clock === undefined ? {} : { clock }),
  });
  try {
    await tell({
      proxy,
      dial: () => connect({ ...proxy.endpoint, allowHalfOpen: true }),
      accepted: () => {
        const socket = arrived.shift();
        return socket === undefined
          ? new Promise((resolve) => wanted.push(resolve))
          : Promise.resolve(socket);
      },
    });
  } finally {
    await proxy.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
};

test('bytes pass both ways, and each side may end alone', () =>
  story([], async ({ proxy, dial, accepted }) => {
    const near = dial();
    const [atNear, far] = [heard(near), await accepted()];
    const atFar = heard(far);
    near.end(Buffer.alloc(300_000, 1));
    await new Promise<void>((resolve) => far.once('end', resolve));
    far.end('answer');
    assert.is((await atFar).bytes.length, 300_000);
    assert.equal((await atNear).bytes.toString(), 'answer');
    await proxy.close();
    assert.equal(
      proxy.events.map(({ type }) => type),
      ['opened', 'closed'],
    );
    assert.equal(proxy.events[1], {
      connection: 0,
      type: 'closed',
      forthBytes: 300_000,
      backBytes: 6,
    });
  }));

for (const [how, seen] of [
  ['fin', 'end'],
  ['reset', 'ECONNRESET'],
] as const) {
  test(`a cut by ${how}: both sides see it, behind exactly the bytes before it`, () =>
    story([{ direction: 'back', atByte: 10, type: 'cut', how }], async (all) => {
      const near = all.dial();
      const [atNear, far] = [heard(near), await all.accepted()];
      const atFar = heard(far);
      near.write('request');
      await new Promise<void>((resolve) => far.once('data', () => resolve()));
      far.write(Buffer.alloc(1000, 7));
      near.once('end', () => near.end());
      far.once('end', () => far.end());
      const [a, b] = await Promise.all([atNear, atFar]);
      // behind bytes that nobody has read yet, the kernel may show a reset as an end
      assert.is(b.how, seen);
      assert.ok(a.how === seen || a.bytes.length === 10);
      if (how === 'fin') assert.is(a.bytes.length, 10);
      assert.equal(all.proxy.happened, [{ direction: 'back', atByte: 10, type: 'cut', how }]);
    }));
}

test('a corrupted byte', () =>
  story([{ direction: 'forth', atByte: 2, type: 'corrupt', xor: 0x20 }], async (all) => {
    const near = all.dial();
    near.end('abcd');
    const far = await all.accepted();
    far.end();
    assert.is((await heard(far)).bytes.toString(), 'abCd');
  }));

test('a delay is the clock’s', async () => {
  const clock = new VirtualClock();
  await story(
    [{ direction: 'forth', atByte: 1, type: 'delay', ms: 5000 }],
    async ({ proxy, dial, accepted }) => {
      const near = dial();
      near.end('ab');
      const far = await accepted();
      const got: string[] = [];
      far.on('data', (bytes) => got.push(bytes.toString()));
      while (proxy.happened.length === 0 || got.length === 0)
        await new Promise((resolve) => setImmediate(resolve));
      assert.equal(got, ['a']);
      const end = heard(far);
      far.end();
      await clock.advance(5000);
      await end;
      assert.equal(got, ['a', 'b']);
      near.destroy();
    },
    clock,
  );
  assert.is(clock.pendingTimers, 0);
});

test('a hole takes everything and keeps the connection; closing the proxy ends it', () =>
  story([{ direction: 'forth', atByte: 4, type: 'hole' }], async ({ proxy, dial, accepted }) => {
    const near = dial();
    const atNear = heard(near);
    const far = await accepted();
    const atFar = heard(far);
    far.write('hello');
    const [atOnce, four] = [near, far].map(
      (socket) => new Promise<void>((resolve) => socket.once('data', () => resolve())),
    );
    await atOnce;
    await new Promise<void>((resolve) => near.write(Buffer.alloc(100_000), () => resolve()));
    await four;
    await proxy.close();
    assert.is((await atFar).bytes.length, 4);
    assert.is((await atNear).bytes.toString(), 'hello');
    assert.equal(proxy.events.at(-1)?.type, 'closed');
  }));

test('a target that is not there', async () => {
  const proxy = await startFaultProxy({ target: () => ({ host: '127.0.0.1', port: 1 }) });
  const { bytes } = await heard(connect(proxy.endpoint));
  await proxy.close();
  assert.is(bytes.length, 0);
  assert.equal(
    proxy.events.map(({ type }) => type),
    ['opened', 'lost', 'closed'],
  );
});

test('faults may change for the next connections', () =>
  story([{ direction: 'forth', atByte: 0, type: 'cut', how: 'reset' }], async (all) => {
    const first = all.dial();
    const atFar = heard(await all.accepted());
    first.write('x');
    assert.is((await heard(first)).bytes.length, 0);
    assert.is((await atFar).bytes.length, 0);
    all.proxy.setFaults((connection) => {
      assert.is(connection, 1);
      return [];
    });
    const second = all.dial();
    second.end('x');
    const far = await all.accepted();
    far.end();
    assert.is((await heard(far)).bytes.toString(), 'x');
  }));

test.run();
