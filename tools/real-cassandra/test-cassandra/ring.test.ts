// Rings of real nodes, with TLS required between them; one member down, one joining.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { makeCertificates } from '@scamander-tools/testing';
import { types } from 'cassandra-driver';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Node, parseStatus, type Ring, releases, startRing } from '../src/index.ts';
import { waitUntil } from '../src/readiness.ts';

const certificates = await makeCertificates();

const stateOf = async (observer: Node, address: string): Promise<string | undefined> => {
  const members = parseStatus(await observer.nodetool('status'));
  return members.find((member) => member.address === address)?.state;
};

const untilState = (observer: Node, node: Node, state: string): Promise<void> =>
  waitUntil(
    observer,
    `${node.address} being ${state}`,
    async () => (await stateOf(observer, node.address)) === state,
  );

const withRing = async (
  options: Parameters<typeof startRing>[0],
  body: (ring: Ring) => Promise<void>,
): Promise<void> => {
  const ring = await startRing(options);
  try {
    await body(ring);
  } finally {
    await ring.stop();
  }
};

const writeEverywhere = async (node: Node): Promise<number> => {
  const client = await node.cql();
  await client.execute(
    "CREATE KEYSPACE r WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 2}",
  );
  await client.execute('CREATE TABLE r.t (id int PRIMARY KEY)');
  const consistency = types.consistencies.all;
  for (let id = 0; id < 30; id++) {
    await client.execute('INSERT INTO r.t (id) VALUES (?)', [id], { prepare: true, consistency });
  }
  return (await client.execute('SELECT id FROM r.t', [], { consistency })).rowLength;
};

/** What a plain client's handshake gets back before the port closes: nothing, or a TLS alert (record type 21). */
const plainAnswer = (node: Node): Promise<string> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: node.address, port: node.storagePort });
    // CA552DFA is the magic number of an internode handshake (streaming-4.0-plus, handshake).
    socket.once('connect', () => socket.write(Buffer.from('ca552dfa0c0c0a0c00000000', 'hex')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => undefined); // a reset; `close` follows
    socket.once('close', () => resolve(Buffer.concat(chunks).toString('hex')));
  });

const tlsAnswer = (node: Node, withCertificate: boolean): Promise<string> =>
  new Promise((resolve) => {
    const { ca, clientCert, clientKey } = certificates;
    const socket = connectTls({
      host: node.address,
      port: node.storagePort,
      ca,
      ...(withCertificate ? { cert: clientCert, key: clientKey } : {}),
      checkServerIdentity: () => undefined,
      maxVersion: 'TLSv1.2', // 1.3 tells the client of a missing certificate only after its own handshake is done
    });
    socket.once('secureConnect', () => {
      resolve('connected');
      socket.destroy();
    });
    socket.once('error', () => resolve('refused'));
  });

for (const release of releases()) {
  test(`${release.name}: three nodes form a ring over TLS with client certificates`, () =>
    withRing(
      { version: release.version, yaml: release.yaml, nodes: 3, tls: { certificates } },
      async (ring) => {
        const addresses = ring.nodes.map((node) => node.address).sort();
        const members = parseStatus(await ring.first.nodetool('status'));
        assert.equal(members.map((member) => member.address).sort(), addresses);
        assert.ok(members.every((member) => member.state === 'UN'));
        assert.is(await writeEverywhere(ring.first), 30);
        assert.match(await plainAnswer(ring.first), /^(|15.*)$/);
        assert.is(await tlsAnswer(ring.first, false), 'refused');
        assert.is(await tlsAnswer(ring.first, true), 'connected');
      },
    ));
}

const classic = releases().find((release) => release.family !== '6.0');
if (classic !== undefined) {
  test(`${classic.name}: a killed member is down for the others, a joining one is joining`, () =>
    withRing({ version: classic.version, yaml: classic.yaml, nodes: 2 }, async (ring) => {
      const second = ring.nodes[1] as Node;
      const joining = await ring.add({
        waitFor: 'storage',
        jvmProperties: { 'cassandra.ring_delay_ms': '600000' },
      });
      await untilState(ring.first, joining, 'UJ');
      await second.kill();
      await untilState(ring.first, second, 'DN');
      await second.start();
      await untilState(ring.first, second, 'UN');
    }));
}

test.run();
