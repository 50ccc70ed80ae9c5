// Messages exchanged with running nodes, in all three framings: every frame and envelope decodes and re-encodes identically, and
// the gossip state is the one that was read off by other means (expected.json).
import { readFileSync } from 'node:fs';
import { Murmur3Partitioner } from '@scamander/ring';
import {
  applicationState,
  applicationStateName,
  decodeAccept,
  decodeFrame,
  decodeGossipDigestAck,
  decodeGossipDigestSyn,
  decodeInitiate,
  decodeTokens,
  type EndpointState,
  encodeAccept,
  encodeFrame,
  encodeGossipDigestAck,
  encodeGossipDigestSyn,
  encodeInitiate,
  encodeMessage,
  encodeTokens,
  endpointText,
  FRAMINGS,
  type Framing,
  type InternodeMessage,
  InternodeMessageReader,
  statusOf,
  VERBS,
} from '@scamander/wire-codec';
import { fixture, sharedTest } from '@scamander-tools/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hexOf, messageOf } from '../harness.ts';
import { decompressBlock } from '../lz4.ts';

const test = suite('messages of running nodes');
const RELEASES = ['4.0.19', '4.1.10', '5.0.6-none'];
const CATEGORIES = ['urgent', 'small'] as const;

interface ExpectedEndpoint {
  readonly generation: number;
  readonly heartbeat: number;
  readonly states: Record<string, [string | number[], number]>;
}

interface Expected {
  readonly fromNode: Record<string, { framing: number; version: number; min: number; max: number }>;
  readonly dialog: Record<string, [string, number, string, number][]>;
  readonly gossip: Record<string, ExpectedEndpoint>;
}

const bytesOf = (release: string, file: string): Uint8Array =>
  new Uint8Array(readFileSync(fixture('messages', 'live', release, file)));

/** Token numbers are beyond 2^53: keep their digits. */
const expectedOf = (release: string): Expected =>
  JSON.parse(
    readFileSync(fixture('messages', 'live', release, 'expected.json'), 'utf8').replaceAll(
      /(?<=[\s[])(-?\d{16,})(?=[,\s\]])/g,
      '"$1"',
    ),
  ) as Expected;

const walkFrames = (bytes: Uint8Array, framing: Framing): void => {
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.subarray(at);
    const { value: frame, bytes: length } = messageOf(decodeFrame(rest, framing, decompressBlock));
    if (frame.kind === 'damaged') throw frame.error;
    const block = rest.subarray(8, length - 4);
    const again = encodeFrame(frame.payload, framing, frame.selfContained, () => block);
    assert.is(hexOf(again), hexOf(rest.subarray(0, length)));
    at += length;
  }
};

const messagesOf = (bytes: Uint8Array, framing: Framing): InternodeMessage[] => {
  const reader = new InternodeMessageReader({ framing, decompress: decompressBlock });
  const messages: InternodeMessage[] = [];
  for (const byte of bytes) {
    reader.push(Uint8Array.of(byte));
    for (let answer = reader.next(); answer.kind !== 'need-more'; answer = reader.next())
      messages.push(messageOf(answer).value);
  }
  assert.is(reader.framesDamaged, 0);
  return messages;
};

const framedMessages = (bytes: Uint8Array): { framing: Framing; messages: InternodeMessage[] } => {
  const initiate = messageOf(decodeInitiate(bytes));
  assert.is(hexOf(encodeInitiate(initiate.value)), hexOf(bytes.subarray(0, initiate.bytes)));
  const { framing } = initiate.value;
  const frames = bytes.subarray(initiate.bytes);
  walkFrames(frames, framing);
  return { framing, messages: messagesOf(frames, framing) };
};

/** Payloads of whole messages laid one after the other are the payloads of the frames. */
const checkEnvelopes = (
  bytes: Uint8Array,
  framing: Framing,
  messages: InternodeMessage[],
): void => {
  let payloads = '';
  for (let at = 0; at < bytes.length; ) {
    const answer = messageOf(decodeFrame(bytes.subarray(at), framing, decompressBlock));
    if (answer.value.kind === 'whole') payloads += hexOf(answer.value.payload);
    at += answer.bytes;
  }
  assert.is(messages.map((message) => hexOf(encodeMessage(message))).join(''), payloads);
};

const tokensText = (value: string): string[] => {
  const tokens = decodeTokens(value, Murmur3Partitioner);
  if (tokens._tag === 'Left') throw tokens.left;
  assert.is(encodeTokens(tokens.right, Murmur3Partitioner), value);
  return tokens.right.map((token) => String(token));
};

const checkState = (state: EndpointState, expected: ExpectedEndpoint): void => {
  assert.is(state.generation, expected.generation);
  const found = Object.fromEntries(
    state.states.map(({ ordinal, value, version }) => {
      const name = applicationStateName(ordinal) ?? `${ordinal}`;
      return [name, [name === 'TOKENS' ? tokensText(value) : value, version]];
    }),
  );
  for (const [name, [value]] of Object.entries(expected.states))
    if (name !== 'LOAD')
      assert.equal(found[name]?.[0], Array.isArray(value) ? value.map(String) : value, name);
};

const checkAck = (message: InternodeMessage, expected: Expected): void => {
  const { value: ack, bytes } = messageOf(decodeGossipDigestAck(message.payload));
  assert.is(bytes, message.payload.length);
  assert.is(hexOf(encodeGossipDigestAck(ack)), hexOf(message.payload));
  assert.is(ack.digests.length, 0);
  const endpoints = ack.states.map(({ endpoint }) => endpointText(endpoint));
  assert.equal(endpoints.sort(), Object.keys(expected.gossip).sort());
  for (const { endpoint, state } of ack.states) {
    checkState(state, expected.gossip[endpointText(endpoint)] as ExpectedEndpoint);
    assert.is(statusOf(state)?.state, 'NORMAL');
    assert.ok((applicationState(state, 'HOST_ID') ?? '').length === 36);
  }
};

for (const release of RELEASES) {
  sharedTest(test, `${release}: what the outsider sent`, () => {
    const { dialog } = expectedOf(release);
    for (const framing of FRAMINGS)
      for (const category of CATEGORIES) {
        const bytes = bytesOf(release, `${framing}-${category}-to-node.bin`);
        const sent = framedMessages(bytes);
        assert.is(sent.framing, framing);
        checkEnvelopes(bytes.subarray(19), framing, sent.messages);
        const accept = bytesOf(release, `${framing}-${category}-to-node.accept.bin`);
        assert.is(hexOf(encodeAccept(messageOf(decodeAccept(accept)).value)), hexOf(accept));
        const ids = (dialog[framing] ?? []).map(([, id]) => id);
        for (const { id } of sent.messages) assert.ok(ids.includes(id), `message ${id}`);
      }
  });

  sharedTest(test, `${release}: SYN payloads re-encode identically`, () => {
    for (const framing of FRAMINGS) {
      const sent = framedMessages(bytesOf(release, `${framing}-urgent-to-node.bin`));
      const syn = sent.messages.find(({ verb }) => verb === VERBS.GOSSIP_DIGEST_SYN);
      const payload = (syn as InternodeMessage).payload;
      const { value } = messageOf(decodeGossipDigestSyn(payload));
      assert.is(value.partitioner, Murmur3Partitioner.className);
      assert.is(value.digests.length, 0);
      assert.is(hexOf(encodeGossipDigestSyn(value)), hexOf(payload));
    }
  });

  sharedTest(test, `${release}: what the node sent, with the gossip state that it told`, () => {
    const expected = expectedOf(release);
    for (const framing of FRAMINGS)
      for (const category of CATEGORIES) {
        const bytes = bytesOf(release, `${framing}-${category}-from-node.bin`);
        const { value: initiate } = messageOf(decodeInitiate(bytes));
        const facts = expected.fromNode[`${framing}-${category}`];
        assert.is(FRAMINGS.indexOf(initiate.framing), facts?.framing);
        assert.equal([initiate.minVersion, initiate.maxVersion], [facts?.min, facts?.max]);
        assert.is(initiate.category, category === 'urgent' ? 1 : 2);
        assert.not(initiate.streaming);
        const received = framedMessages(bytes);
        checkEnvelopes(bytes.subarray(19), received.framing, received.messages);
        if (category !== 'urgent') continue;
        const ack = received.messages.find(({ verb }) => verb === VERBS.GOSSIP_DIGEST_ACK);
        checkAck(ack as InternodeMessage, expected);
      }
  });
}

test.run();
