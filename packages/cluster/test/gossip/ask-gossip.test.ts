// Gossip exchanges with recorded nodes (fixtures/messages/live) in a memory network with virtual time; each ends with nothing left open.
import { readFileSync } from 'node:fs';
import { askGossip, type GossipQuestion } from '@scamander/cluster';
import { Murmur3Partitioner as murmur3 } from '@scamander/ring';
import { memoryNetwork, type Transport } from '@scamander/transport';
import { encodeInitiate, INITIATE_BYTES, type Initiate } from '@scamander/wire-codec';
import { fixture, sharedTest, VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refusal, value } from '../harness.ts';
import { playBack, type Reaction, recordedNode } from './recorded-node.ts';

const NODE = { host: '10.0.0.1', port: 7000 };
const OUTSIDER = '10.0.0.99';

type Answer = Awaited<ReturnType<typeof askGossip>>;

/** One question in a world of its own; `advanceMs` lets virtual time pass meanwhile. */
const asked = async (
  react: Reaction,
  options: { readonly advanceMs?: number } & Pick<
    GossipQuestion,
    'listenHost' | 'announce' | 'listenPort'
  > = {},
): Promise<{ readonly answer: Answer; readonly syn: Uint8Array | undefined }> => {
  const clock = new VirtualClock();
  const network = memoryNetwork();
  const node = await recordedNode({ network, clock }, NODE, react);
  const listened: string[] = [];
  const own = network.transport(OUTSIDER);
  const transport: Transport = {
    ...own,
    listen: async (at) => {
      const listener = await own.listen(at);
      if (listener._tag === 'Right') listened.push(JSON.stringify(listener.right.endpoint));
      return listener;
    },
  };
  const parts = { transport, clock, unixMs: () => 1_700_000_000_000, random: () => 0.5 };
  const { advanceMs: _, ...addresses } = options;
  const asking = askGossip(parts, {
    node: NODE,
    clusterName: 'scm',
    partitioner: murmur3,
    ...addresses,
  });
  if (options.advanceMs !== undefined) await clock.advance(options.advanceMs);
  const answer = await asking;
  await node.close();
  await Promise.all(node.connections.map((connection) => connection.closed));
  // The listener is gone: its address can be dialled no more.
  for (const text of listened) {
    const dialled = await network.transport('10.0.0.50').connect(JSON.parse(text));
    assert.is(dialled._tag, 'Left');
  }
  await clock.advance(0);
  assert.is(clock.pendingTimers, 0);
  return { answer, syn: node.syns[0] };
};

interface Expected {
  readonly gossip: Record<
    string,
    { generation: number; states: Record<string, [unknown, number]> }
  >;
}

const live = (release: string, file: string): Uint8Array =>
  new Uint8Array(readFileSync(fixture('messages', 'live', release, file)));

/** Tokens are beyond 2^53: keep their digits. */
const expectedOf = (release: string): Expected =>
  JSON.parse(
    readFileSync(fixture('messages', 'live', release, 'expected.json'), 'utf8').replaceAll(
      /(?<=[\s[])(-?\d{16,})(?=[,\s\]])/g,
      '"$1"',
    ),
  ) as Expected;

for (const release of ['4.0.19', '4.1.10', '5.0.6-none']) {
  for (const framing of ['crc', 'lz4', 'unprotected']) {
    sharedTest(test, `${release} answers (its recording of ${framing})`, async () => {
      const recorded = live(release, `${framing}-urgent-from-node.bin`);
      const { answer, syn } = await asked(playBack(INITIATE_BYTES.ipv4, recorded));
      const states = value(answer);
      const expected = Object.entries(expectedOf(release).gossip);
      assert.is(states.length, expected.length);
      for (const [address, { generation, states: texts }] of expected) {
        const state = states.find(({ endpoint }) => address.includes(endpoint.host));
        assert.ok(state);
        assert.is(state.generation, generation);
        assert.is(state.hostId, texts['HOST_ID']?.[0]);
        assert.is(state.dc, texts['DC']?.[0]);
        assert.is(state.rack, texts['RACK']?.[0]);
        assert.is(state.releaseVersion, texts['RELEASE_VERSION']?.[0]);
        assert.equal(
          state.tokens.map((token) => murmur3.tokenToText(token)).sort(),
          ((texts['TOKENS']?.[0] ?? []) as string[]).map(String).sort(),
        );
        assert.is(state.status?.state, 'NORMAL');
      }
      // The SYN that the recorded outsider sent to get this answer: cluster "scm", Murmur3, no digests.
      const sent = Buffer.from(live(release, 'unprotected-urgent-to-node.bin')).toString('hex');
      assert.ok(syn !== undefined && sent.includes(Buffer.from(syn).toString('hex')));
    });
  }
}

sharedTest(test, 'the answer comes byte by byte', async () => {
  const recorded = live('4.1.10', 'crc-urgent-from-node.bin');
  const { answer } = await asked(playBack(INITIATE_BYTES.ipv4, recorded, 1));
  assert.is(value(answer).length, 1);
});

sharedTest(test, 'strangers dial in first: they are dropped, the answer still comes', async () => {
  const recorded = live('4.1.10', 'crc-urgent-from-node.bin');
  const { answer } = await asked(async (transport, outsider) => {
    for (const greeting of ['GET / HTTP/1.1\r\n\r\n', 'x']) {
      const dialled = await transport.connect(outsider);
      assert.ok(dialled._tag === 'Right');
      await dialled.right.write(new Uint8Array(Buffer.from(greeting)));
      await dialled.right.end();
    }
    await playBack(INITIATE_BYTES.ipv4, recorded)(transport, outsider);
  });
  assert.is(value(answer).length, 1);
});

sharedTest(test, 'we announce the address we are told to listen on', async () => {
  const recorded = live('4.1.10', 'crc-urgent-from-node.bin');
  let announced = '';
  const { answer } = await asked(
    async (transport, outsider) => {
      announced = outsider.host;
      await playBack(INITIATE_BYTES.ipv4, recorded)(transport, outsider);
    },
    { listenHost: '10.0.0.42' },
  );
  assert.is(value(answer).length, 1);
  assert.is(announced, '10.0.0.42');
});

sharedTest(test, 'we announce another address and port than we listen on', async () => {
  const recorded = live('4.1.10', 'crc-urgent-from-node.bin');
  const told: unknown[] = [];
  const { answer } = await asked(
    async (transport, outsider) => {
      told.push(outsider);
      // What a translating router does: the announced address leads to the listening one.
      await playBack(INITIATE_BYTES.ipv4, recorded)(transport, { host: OUTSIDER, port: 7100 });
    },
    { announce: { host: '192.0.2.7', port: 17_000 }, listenPort: 7100 },
  );
  assert.is(value(answer).length, 1);
  assert.equal(told, [{ host: '192.0.2.7', port: 17_000 }]);
});

const initiate = (more: Partial<Initiate> = {}): Uint8Array =>
  encodeInitiate({
    from: NODE,
    requestedVersion: 12,
    minVersion: 12,
    maxVersion: 12,
    streaming: false,
    framing: 'crc',
    category: 1,
    ...more,
  });

const frames = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const withFrames = (first: Uint8Array, hex: string): Uint8Array =>
  new Uint8Array([...first, ...frames(hex)]);

test('the node never dials back: a named wait, after the whole time', async () => {
  const { answer } = await asked(async () => undefined, { advanceMs: 5000 });
  const message = refusal(answer, 'SCM_GOSSIP_TIMEOUT');
  assert.match(message, /within 5000 ms \(waiting for dialling back\); .*another cluster name/);
});

test('the node dials back and says nothing', async () => {
  const react = playBack(INITIATE_BYTES.ipv4, initiate());
  const { answer } = await asked(react, { advanceMs: 5000 });
  assert.match(refusal(answer, 'SCM_GOSSIP_TIMEOUT'), /waiting for GOSSIP_DIGEST_ACK/);
});

test('the node dials back for streaming only', async () => {
  const streaming = initiate({ streaming: true, framing: 'unprotected', category: 0 });
  const { answer } = await asked(playBack(INITIATE_BYTES.ipv4, streaming), { advanceMs: 5000 });
  assert.match(refusal(answer, 'SCM_GOSSIP_TIMEOUT'), /waiting for dialling back/);
});

test('the node dials back with versions we do not speak', async () => {
  const newer = initiate({ requestedVersion: 14, minVersion: 14, maxVersion: 14 });
  const { answer } = await asked(playBack(INITIATE_BYTES.ipv4, newer));
  refusal(answer, 'SCM_GOSSIP_VERSION');
});

test('a frame whose header is damaged', async () => {
  const { answer } = await asked(
    playBack(INITIATE_BYTES.ipv4, withFrames(initiate(), '0500020000006162636465deadbeef')),
  );
  assert.match(refusal(answer, 'SCM_GOSSIP_PROTOCOL'), /checksum/);
});

test('nobody listens, and a node that closes at once', async () => {
  const clock = new VirtualClock();
  const network = memoryNetwork();
  const parts = { transport: network.transport(OUTSIDER), clock, unixMs: () => 0, random: () => 0 };
  const question = { node: NODE, clusterName: 'scm', partitioner: murmur3 };
  const nobody = await askGossip(parts, question);
  assert.match(refusal(nobody, 'SCM_GOSSIP_UNREACHABLE'), /refuses connections/);
  const listening = await network.transport(NODE.host).listen(NODE);
  assert.ok(listening._tag === 'Right');
  listening.right.connections$.subscribe((connection) => void connection.end());
  refusal(await askGossip(parts, question), 'SCM_GOSSIP_CLOSED');
  await listening.right.close();
  assert.is(clock.pendingTimers, 0);
});

test.run();
