import { systemClock } from '@scamander/throttle';
import {
  acceptInternode,
  type Connection,
  type DialStreamingOptions,
  dialStreaming,
  faultyTransport,
  memoryNetwork,
  type Transport,
  type TransportErrorType,
  tcpTransport,
  tlsTransport,
} from '@scamander/transport';
import { byteByByte, everySplit, makeCertificates, VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  hex,
  memoryPair,
  rawServer,
  readAll,
  readExactly,
  refusal,
  unhex,
  unwrap,
} from '../harness.ts';

// Test vectors of spec streaming-4.0-plus §1.4, "derived, checked on a JVM".
const INITIATE_12_12 = unhex('CA552DFA 0C0C0C08 060A000009 1B58 ED7EB638');
const INITIATE_12_14 = unhex('CA552DFA 0E0C0C08 060A000009 1B58 B5120FF9');
const INITIATE_13_13 = unhex('CA552DFA 0D0D0D08 060A000009 1B58 D4491685');
const ACCEPT_12 = unhex('0000000C 0000000C 26F5673A');
const ACCEPT_13 = unhex('0000000D 0000000D 6C927E1C');
const ACCEPT_14 = unhex('0000000E 0000000E B23B5576');

const FROM = { host: '10.0.0.9', port: 7000 };
const NODE = { host: '10.0.0.1', port: 7000 };
const VERSIONS = { min: 12, max: 14 };

/** Dials over memory; the node's side is what `node` does. */
const dialNode = async (
  node: (connection: Connection) => void | Promise<void>,
  options: Partial<DialStreamingOptions> = {},
  clock = new VirtualClock(),
) => {
  const transport = memoryNetwork().transport('10.0.0.9');
  const listener = unwrap(await transport.listen(NODE));
  listener.connections$.subscribe((connection) => void node(connection));
  const dialled = await dialStreaming(
    { transport, clock },
    { to: NODE, from: FROM, versions: VERSIONS, ...options },
  );
  assert.is(clock.pendingTimers, 0);
  await listener.close();
  return dialled;
};

for (const [version, accept] of [
  [12, ACCEPT_12],
  [13, ACCEPT_13],
  [14, ACCEPT_14],
] as const)
  test(`the connector offers 12 to 14 and takes ${version}`, async () => {
    let initiate = '';
    const dialled = await dialNode(async (node) => {
      initiate = hex(await readExactly(node, 19));
      await node.write(accept);
    });
    assert.is(initiate, hex(INITIATE_12_14));
    assert.is(unwrap(dialled).version, version);
  });

test('Accept may arrive byte by byte, and what follows it stays in the connection', async () => {
  for (const parts of [byteByByte(ACCEPT_12), [Buffer.concat([ACCEPT_12, Buffer.from([0x08])])]]) {
    const dialled = await dialNode(async (node) => {
      for (const part of parts) await node.write(part);
      await node.write(Buffer.from('more'));
    });
    const { connection } = unwrap(dialled);
    const extra = Array.isArray(parts) ? 1 : 0;
    const rest = await readExactly(connection, 4 + extra);
    assert.is(rest.subarray(extra).toString(), 'more');
  }
});

const refusedBy = async (
  node: (connection: Connection) => void | Promise<void>,
): Promise<TransportErrorType> => refusal(await dialNode(node)).detail;

test('an Accept outside of our range is a version mismatch', async () => {
  // "6.0-alpha2 answers Accept(14, 14) for 12-12" (spec §1.5).
  const dialled = await dialNode(
    async (node) => {
      await node.write(ACCEPT_14);
      await node.end();
    },
    { versions: { min: 12, max: 12 } },
  );
  assert.is(refusal(dialled).code, 'SCM_NET_VERSION');
  assert.match(refusal(dialled).message, 'offered 12-12, accepted 14-14');
});

test('a broken Accept is named', async () => {
  const bad = Buffer.from(ACCEPT_12);
  bad[11] = 0;
  const detail = await refusedBy((node) => node.write(bad));
  assert.is(detail.code, 'SCM_NET_HANDSHAKE');
  const short = await refusedBy(async (node) => {
    await node.write(ACCEPT_12.subarray(0, 5));
    await node.end();
  });
  assert.is(short.code, 'SCM_NET_HANDSHAKE');
  assert.match('reason' in short ? short.reason : '', '5 bytes of Accept');
});

test('a close without a byte on plaintext probably means TLS', async () => {
  const ended = await refusedBy((node) => node.end());
  assert.is(ended.code, 'SCM_NET_TLS_REQUIRED');
  assert.match('reason' in ended ? ended.reason : '', 'probably demands TLS');
  assert.is((await refusedBy((node) => node.destroy())).code, 'SCM_NET_TLS_REQUIRED');
});

test('a TLS alert as the answer means TLS', async () => {
  // Alert record, TLS 1.2, fatal, unexpected_message (RFC 5246 §7.2).
  const detail = await refusedBy(async (node) => {
    await node.write(unhex('15 03 03 00 02 02 0A'));
    await node.end();
  });
  assert.is(detail.code, 'SCM_NET_TLS_REQUIRED');
});

test('over real TCP: a node that closes, one that resets when it sees our Initiate', async () => {
  for (const cut of ['destroy', 'resetAndDestroy'] as const) {
    const node = await rawServer((socket) => socket.once('data', () => socket[cut]()));
    const dialled = await dialStreaming(
      { transport: tcpTransport(), clock: systemClock },
      { to: node.at, from: FROM, versions: VERSIONS },
    );
    assert.is(refusal(dialled).code, 'SCM_NET_TLS_REQUIRED');
    await node.close();
  }
});

test('a node that never answers is a timeout, waiting for Accept', async () => {
  const clock = new VirtualClock();
  const dialled = dialNode(() => undefined, { handshakeTimeoutMs: 500 }, clock);
  await clock.advance(499);
  await clock.advance(1);
  assert.equal(refusal(await dialled).detail, {
    code: 'SCM_NET_TIMEOUT',
    peer: '10.0.0.1:7000',
    waitingFor: 'Accept',
    afterMs: 500,
  });
});

test('giving up while waiting for Accept', async () => {
  const abort = new AbortController();
  const dialled = dialNode(() => abort.abort(), { signal: abort.signal });
  assert.is(refusal(await dialled).code, 'SCM_NET_ABORTED');
});

test('a refused dial is passed on', async () => {
  const dialled = await dialStreaming(
    { transport: memoryNetwork().transport('a'), clock: new VirtualClock() },
    { to: NODE, from: FROM, versions: VERSIONS },
  );
  assert.is(refusal(dialled).code, 'SCM_NET_REFUSED');
});

test('an address of ours that is none is a mistake of the caller', async () => {
  const { rejects } = await import('@scamander-tools/testing');
  await rejects(
    dialNode(() => undefined, { from: { host: 'not-an-address', port: 1 } }),
    (error) => error instanceof RangeError,
  );
});

test('TLS 1.3: a missing client certificate shows after the handshake of TLS', async () => {
  const { ca, serverCert: cert, serverKey: key } = await makeCertificates();
  const server = tlsTransport({ ca, cert, key, requireClientCertificate: true });
  const listener = unwrap(await server.listen({ host: '127.0.0.1', port: 0 }));
  const dialled = await dialStreaming(
    { transport: tlsTransport({ ca }), clock: systemClock },
    { to: listener.endpoint, from: FROM, versions: VERSIONS },
  );
  const { detail } = refusal(dialled);
  assert.is(detail.code, 'SCM_NET_TLS');
  assert.is(detail.code === 'SCM_NET_TLS' && detail.problem, 'certificate-required');
  await listener.close();
});

test('over TLS a close without a byte is not blamed on missing TLS', async () => {
  const { ca, serverCert: cert, serverKey: key } = await makeCertificates();
  const transport = tlsTransport({ ca, cert, key });
  const listener = unwrap(await transport.listen({ host: '127.0.0.1', port: 0 }));
  listener.connections$.subscribe((connection) => void connection.end());
  const dialled = await dialStreaming(
    { transport, clock: systemClock },
    { to: listener.endpoint, from: FROM, versions: VERSIONS },
  );
  assert.is(refusal(dialled).code, 'SCM_NET_HANDSHAKE');
  await listener.close();
});

/** Accepts over memory; the connector's side sends these bytes. Gives the outcome and every byte that was answered. */
const acceptFrom = async (parts: Iterable<Uint8Array>, versions = VERSIONS) => {
  const clock = new VirtualClock();
  const { dialler, acceptor, close } = await memoryPair();
  const writing = (async () => {
    for (const part of parts) if (part.length > 0) await dialler.write(part);
  })().catch(() => undefined);
  const outcome = await acceptInternode({ clock }, acceptor, { versions });
  await writing;
  assert.is(clock.pendingTimers, 0);
  const rest = outcome._tag === 'Right' ? acceptor : undefined;
  const answered =
    rest === undefined ? hex(await readAll(dialler)) : hex(await readExactly(dialler, 12));
  return { outcome, answered, acceptor: rest, close };
};

test('the acceptor takes an Initiate cut anywhere, and leaves what follows', async () => {
  const bytes = Buffer.concat([INITIATE_12_14, Buffer.from('more')]);
  for (const parts of [...everySplit(bytes), [...byteByByte(bytes)]]) {
    const { outcome, answered, acceptor, close } = await acceptFrom(parts);
    assert.equal(unwrap(outcome), {
      from: FROM,
      version: 14,
      streaming: true,
      framing: 'unprotected',
      category: 0,
    });
    assert.is(answered, hex(ACCEPT_14));
    assert.is((await readExactly(acceptor!, 4)).toString(), 'more');
    await close();
  }
});

test('real nodes offer one version and get it', async () => {
  // use = max(12, min(14, imax)); max is ours (spec §1.5).
  for (const [initiate, use] of [
    [INITIATE_12_12, 12],
    [INITIATE_13_13, 13],
  ] as const) {
    const { outcome, answered, close } = await acceptFrom([initiate]);
    assert.is(unwrap(outcome).version, use);
    assert.is(answered.slice(0, 16), `0000000e0000000${use.toString(16)}`);
    await close();
  }
});

test('a mismatch is answered, then closed', async () => {
  const { outcome, answered, close } = await acceptFrom([INITIATE_13_13], { min: 12, max: 12 });
  assert.is(answered, hex(ACCEPT_12));
  assert.is(refusal(outcome).code, 'SCM_NET_VERSION');
  assert.match(refusal(outcome).message, 'it accepts 13 to 13, we accept 12 to 12');
  await close();
});

test('a peer before 4.0 is answered as 4.0 does, then closed', async () => {
  // Requested 10, min 10, max 11: "answered by 4.0/4.1 with Accept(12, 12) and a close" (spec §1.5).
  const old = Buffer.from(INITIATE_12_12);
  old.set([11, 10, 10], 4);
  const { outcome, answered, close } = await acceptFrom([old], { min: 12, max: 12 });
  assert.is(answered, hex(ACCEPT_12));
  assert.is(refusal(outcome).code, 'SCM_NET_VERSION');
  await close();
});

test('garbage is closed without an answer', async () => {
  const crc = Buffer.from(INITIATE_12_12);
  crc[18] = 0;
  for (const garbage of [crc, Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')]) {
    const { outcome, answered, close } = await acceptFrom([garbage]);
    assert.is(answered, '');
    assert.is(refusal(outcome).code, 'SCM_NET_HANDSHAKE');
    await close();
  }
});

test('a ClientHello on a plaintext listener is recognised', async () => {
  const { outcome, answered, close } = await acceptFrom([
    unhex('16 03 01 02 00 01 00 01 FC 03 03 00 00 00 00 00 00 00 00'),
  ]);
  assert.is(answered, '');
  assert.is(refusal(outcome).code, 'SCM_NET_TLS');
  await close();
});

test('a connection without a byte, or with half an Initiate, has a time limit', async () => {
  for (const bytes of [Buffer.alloc(0), INITIATE_12_12.subarray(0, 14)]) {
    const clock = new VirtualClock();
    const { dialler, acceptor, close } = await memoryPair();
    await dialler.write(bytes);
    const outcome = acceptInternode({ clock }, acceptor, { versions: VERSIONS, timeoutMs: 1_000 });
    await clock.advance(1_000);
    assert.is(refusal(await outcome).code, 'SCM_NET_TIMEOUT');
    assert.is(clock.pendingTimers, 0);
    await close();
  }
});

test('a peer that leaves before its Initiate is named', async () => {
  const { dialler, acceptor, close } = await memoryPair();
  await dialler.end();
  const outcome = await acceptInternode({ clock: new VirtualClock() }, acceptor, {
    versions: VERSIONS,
  });
  assert.is(refusal(outcome).code, 'SCM_NET_CLOSED');
  await close();
});

const bothSides = async (transport: Transport, at: typeof NODE): Promise<void> => {
  const listener = unwrap(await transport.listen(at));
  const accepting = new Promise<Connection>((resolve) => {
    listener.connections$.subscribe(resolve);
  }).then((connection) =>
    acceptInternode({ clock: systemClock }, connection, { versions: VERSIONS }),
  );
  const dialled = await dialStreaming(
    { transport, clock: systemClock },
    { to: listener.endpoint, from: FROM, versions: VERSIONS },
  );
  assert.is(unwrap(dialled).version, 14);
  assert.equal(unwrap(await accepting).from, FROM);
  unwrap(dialled).connection.destroy();
  await listener.close();
};

test('our two sides understand each other, also one byte at a time', async () => {
  await bothSides(memoryNetwork().transport('10.0.0.1'), NODE);
  const pieces = { others: { in: { pieceBytesMax: 1 }, out: { pieceBytesMax: 1 } } };
  const parts = { clock: systemClock, random: () => 0 };
  await bothSides(faultyTransport(memoryNetwork().transport('10.0.0.1'), pieces, parts), NODE);
});

test('a streaming connection that wants frames is answered, then closed', async () => {
  const { encodeInitiate } = await import('@scamander/wire-codec');
  const initiate = {
    from: FROM,
    requestedVersion: 12,
    minVersion: 12,
    maxVersion: 12,
    category: 0 as const,
  };
  const lz4 = encodeInitiate({ ...initiate, streaming: true, framing: 'lz4' });
  const refused = await acceptFrom([lz4], { min: 12, max: 12 });
  assert.is(refused.answered, hex(ACCEPT_12));
  assert.is(refusal(refused.outcome).code, 'SCM_NET_HANDSHAKE');
  await refused.close();
  const messaging = encodeInitiate({ ...initiate, streaming: false, framing: 'crc', category: 2 });
  const taken = await acceptFrom([messaging]);
  assert.equal(unwrap(taken.outcome), {
    from: FROM,
    version: 12,
    streaming: false,
    framing: 'crc',
    category: 2,
  });
  await taken.close();
});

test.run();
