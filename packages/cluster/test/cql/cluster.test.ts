// What can be had of connectCluster without a node: nobody listens, somebody who is no Cassandra, no contact point.
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { connectCluster } from '@scamander/cluster';
import { makeCertificates } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { namedTls, sslOptionsOf } from '../../src/cql/client-options.ts';
import { refusal } from '../harness.ts';

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

test('nobody listens', async () => {
  const server = createServer();
  const port = await listening(server);
  await closed(server);
  const found = await connectCluster({ contactPoints: [{ host: '127.0.0.1', port }] });
  assert.match(
    refusal(found, 'SCM_CLUSTER_UNREACHABLE'),
    new RegExp(`127.0.0.1:${port}: connect ECONNREFUSED`),
  );
});

/** A server for one test. */
const withServer = async (
  serve: (socket: Socket) => void,
  body: (port: number) => Promise<void>,
): Promise<void> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  try {
    await body(await listening(server));
  } finally {
    for (const socket of sockets) socket.destroy();
    await closed(server);
  }
};

const messages: readonly (readonly [string, (socket: Socket) => void, RegExp])[] = [
  [
    'closes at once',
    (socket) => void socket.destroy(),
    /(closes the connection|ECONNRESET) \(does it demand TLS\?\)/,
  ],
  ['is silent', () => undefined, /is silent for 100 ms/],
  ['is no Cassandra', (socket) => void socket.write('HTTP/1.1 400\r\n'), /not in CQL/],
];
for (const [name, serve, message] of messages) {
  test(`somebody answers who ${name}`, () =>
    withServer(serve, async (port) => {
      const contactPoints = [{ host: '127.0.0.1', port }];
      const found = await connectCluster({ contactPoints, connectTimeoutMs: 100 });
      assert.match(refusal(found, 'SCM_CLUSTER_UNREACHABLE'), message);
    }));
}

test('TLS towards a port that speaks none', () =>
  withServer(
    (socket) => void socket.end('ERROR\n'),
    async (port) => {
      const found = await connectCluster({ contactPoints: [{ host: '127.0.0.1', port }], tls: {} });
      assert.match(refusal(found, 'SCM_CLUSTER_TLS'), /does the port speak TLS/);
    },
  ));

test('TLS with a certificate nobody vouches for', async () => {
  const { serverCert, serverKey, ca } = await makeCertificates();
  const server = createTlsServer({ cert: serverCert, key: serverKey }, (socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('no CQL');
  });
  server.on('tlsClientError', () => undefined);
  const contactPoints = [{ host: '127.0.0.1', port: await listening(server) }];
  const unknown = await connectCluster({ contactPoints, tls: {} });
  const insecure = await connectCluster({ contactPoints, tls: { insecure: true } });
  const trusted = await connectCluster({ contactPoints, tls: { ca } });
  const renamed = await connectCluster({ contactPoints, tls: { ca, serverName: 'ilion.example' } });
  await closed(server);
  refusal(unknown, 'SCM_CLUSTER_TLS');
  for (const one of [insecure, trusted])
    assert.match(refusal(one, 'SCM_CLUSTER_UNREACHABLE'), /not in CQL/);
  assert.match(refusal(renamed, 'SCM_CLUSTER_TLS'), /ilion.example/);
});

test('every contact point is tried and named', async () => {
  const server = createServer();
  const port = await listening(server);
  await closed(server);
  await withServer(
    (socket) => void socket.write('HTTP'.repeat(4)),
    async (second) => {
      const contactPoints = [port, second].map((one) => ({ host: '127.0.0.1', port: one }));
      const message = refusal(await connectCluster({ contactPoints }), 'SCM_CLUSTER_UNREACHABLE');
      assert.match(
        message,
        new RegExp(`:${port}: connect ECONNREFUSED.*; .*:${second}: it answers`),
      );
    },
  );
});

test('no contact point', async () => {
  refusal(await connectCluster({ contactPoints: [] }), 'SCM_CLUSTER_UNREACHABLE');
});

test('certificates are checked unless the user says not to', () => {
  assert.equal(sslOptionsOf({}), { rejectUnauthorized: true });
  assert.equal(sslOptionsOf({ insecure: true }), { rejectUnauthorized: false });
  assert.equal(sslOptionsOf({ ca: 'C', cert: 'X', key: 'K', serverName: 'n' }), {
    rejectUnauthorized: true,
    ca: 'C',
    cert: 'X',
    key: 'K',
    servername: 'n',
  });
  assert.is(namedTls('db.example', {}).serverName, 'db.example');
  assert.is(namedTls('10.0.0.1', {}).serverName, undefined);
  assert.is(namedTls('db.example', { serverName: 'other' }).serverName, 'other');
});

test.run();
