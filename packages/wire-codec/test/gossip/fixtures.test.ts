// Serialized gossip of 4.0, 5.0 and 5.1 (spec: gossip §2).
import { readFileSync } from 'node:fs';
import {
  applicationStateOrdinal,
  decodeEndpointState,
  decodeGossipDigestAck,
  decodeGossipDigestAck2,
  decodeGossipDigestSyn,
  type EndpointState,
  encodeEndpointState,
  encodeGossipDigestAck,
  encodeGossipDigestAck2,
  encodeGossipDigestSyn,
  type GossipDigest,
} from '@scamander/wire-codec';
import { fixture, sharedTest } from '@scamander-tools/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodesWholeAndCut, hex, hexOf, messageOf } from '../harness.ts';

const test = suite('serialized gossip');

const bytesOf = (release: string, file: string): Uint8Array =>
  new Uint8Array(readFileSync(fixture('messages', release, file)));

const state = { generation: 101, heartbeatVersion: 201, states: [] };
/** 5.1 wrote two values and another heartbeat. */
const stateOf51 = {
  generation: 101,
  heartbeatVersion: 3,
  states: [
    { ordinal: applicationStateOrdinal('LOAD'), value: '23.0', version: 1 },
    {
      ordinal: applicationStateOrdinal('STATUS_WITH_PORT'),
      value: 'BOOT,5937bac24afcfab044fce68fdb55b81f',
      version: 2,
    },
  ],
};
const statesOf = (each: EndpointState) =>
  ['127.0.0.1', '127.0.0.2'].map((host) => ({ endpoint: { host, port: 7012 }, state: each }));
const DIGEST_BYTES = 15;

/** The file holds bare digests, then an ACK, an ACK2 and a SYN with the same digests (GossipDigestSynTest's writer). */
const checkGossip = (
  bytes: Uint8Array,
  digestCount: number,
  each: EndpointState,
  version: number,
): void => {
  const states = statesOf(each);
  let at = digestCount * DIGEST_BYTES;
  const bare = hexOf(bytes.subarray(0, at));
  const ack = messageOf(decodeGossipDigestAck(bytes.subarray(at)));
  assert.equal(ack.value.states, states);
  const digests: readonly GossipDigest[] = ack.value.digests;
  assert.is(digests.length, digestCount);
  assert.is(hexOf(encodeGossipDigestAck({ digests, states: [] })).slice(8, 8 + bare.length), bare);
  assert.is(hexOf(encodeGossipDigestAck(ack.value)), hexOf(bytes.subarray(at, at + ack.bytes)));
  at += ack.bytes;
  const ack2 = messageOf(decodeGossipDigestAck2(bytes.subarray(at)));
  assert.equal(ack2.value, { states });
  assert.is(hexOf(encodeGossipDigestAck2(ack2.value)), hexOf(bytes.subarray(at, at + ack2.bytes)));
  at += ack2.bytes;
  const syn = messageOf(decodeGossipDigestSyn(bytes.subarray(at), version));
  assert.is(syn.bytes, bytes.length - at);
  assert.is(syn.value.clusterName, 'Not a real cluster name');
  assert.is(syn.value.partitioner, 'org.apache.cassandra.dht.ByteOrderedPartitioner');
  assert.equal(syn.value.digests, digests);
  assert.is(hexOf(encodeGossipDigestSyn(syn.value)), hexOf(bytes.subarray(at)));
};

for (const [release, digestCount, each, version] of [
  ['4.0', 0, state, 12],
  ['5.0', 0, state, 13],
  ['5.1', 100, stateOf51, 14],
] as const) {
  sharedTest(test, `${release}: ACK, ACK2 and SYN`, () =>
    checkGossip(bytesOf(release, 'gms.Gossip.bin'), digestCount, each, version),
  );

  sharedTest(test, `${release}: heartbeat, endpoint state and versioned values`, () => {
    const bytes = bytesOf(release, 'gms.EndpointState.bin');
    assert.is(hexOf(bytes.subarray(0, 8)), '00000065000000c9');
    decodesWholeAndCut(decodeEndpointState, bytes.slice(8, 20), state);
    // The two values of the file behind a heartbeat and their count, with ordinals in front.
    assert.is(hexOf(bytes.subarray(20, 30)), '000432332e3000000001');
    const rest = bytes.slice(30);
    const whole = hex(
      `${hexOf(bytes.subarray(8, 16))} 00000002 00000005 ${hexOf(bytes.subarray(20, 30))}
       00000063 ${hexOf(rest)}`,
    );
    const boot = Buffer.from(rest.subarray(2, rest.length - 4)).toString('latin1');
    assert.match(boot, /^BOOT,[0-9a-f]{32}$/);
    const value2 = {
      ...state,
      states: [
        { ordinal: 5, value: '23.0', version: 1 },
        { ordinal: 99, value: boot, version: 2 },
      ],
    };
    decodesWholeAndCut(decodeEndpointState, whole, value2);
    assert.is(hexOf(encodeEndpointState(value2)), hexOf(whole));
  });
}

test.run();
