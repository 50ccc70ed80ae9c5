// Control plane. GOSSIP_DIGEST_SYN, ACK and ACK2, the three messages of a gossip round (spec: gossip §2).
// Called by whoever speaks gossip. One file, since the three share every element.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import type { Decoded } from '../decoded.ts';
import type { Endpoint } from '../endpoint.ts';
import { VERSION_40, VERSION_60 } from '../handshake/versions.ts';
import { GOSSIP_ENDPOINT_COUNT_MAX, NAME_BYTES_MAX } from '../limits.ts';
import { decodeWith, readCount, readEndpoint, readList, readUtf } from '../reading.ts';
import { encodeWith } from '../writing.ts';
import {
  ENDPOINT_STATE_BYTES_MIN,
  type EndpointState,
  putEndpointState,
  readEndpointState,
} from './endpoint-state.ts';

/** What the sender knows of one endpoint, in brief. */
export interface GossipDigest {
  readonly endpoint: Endpoint;
  readonly generation: number;
  readonly maxVersion: number;
}

/** GOSSIP_DIGEST_SYN (14). Without digests it asks for everything and leaves no trace (spec: gossip §5). */
export interface GossipDigestSyn {
  readonly clusterName: string;
  /** Full class name; a wrong one is silently ignored by nodes. */
  readonly partitioner: string;
  /** Only from version 14: identifies the cluster metadata; absent before. */
  readonly metadataId?: number;
  readonly digests: readonly GossipDigest[];
}

/** One endpoint with its state. */
export interface EndpointStateEntry {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
}

/** GOSSIP_DIGEST_ACK (15): what the sender wants to know, and what it tells. */
export interface GossipDigestAck {
  readonly digests: readonly GossipDigest[];
  readonly states: readonly EndpointStateEntry[];
}

/** GOSSIP_DIGEST_ACK2 (16). */
export interface GossipDigestAck2 {
  readonly states: readonly EndpointStateEntry[];
}

// GOSSIP_DIGEST_SYN  => clusterName partitioner [metadataId] count GossipDigest*
// GOSSIP_DIGEST_ACK  => count GossipDigest* count (endpoint EndpointState)*
// GOSSIP_DIGEST_ACK2 => count (endpoint EndpointState)*
// GossipDigest       => endpoint generation maxVersion
//   metadataId  i32, only from version 14
//   names  utf;  counts, generation, maxVersion  i32;  endpoint  inet

const INET_BYTES_MIN = 7;
const DIGEST_BYTES_MIN = INET_BYTES_MIN + 4 + 4;

const putDigests = (out: ByteWriter, digests: readonly GossipDigest[]): void => {
  out.i32(digests.length);
  for (const { endpoint, generation, maxVersion } of digests) {
    out.inet(endpoint);
    out.i32(generation);
    out.i32(maxVersion);
  }
};

const putStates = (out: ByteWriter, states: readonly EndpointStateEntry[]): void => {
  out.i32(states.length);
  for (const { endpoint, state } of states) {
    out.inet(endpoint);
    putEndpointState(out, state);
  }
};

const readDigest = (reader: ByteReader): GossipDigest => ({
  endpoint: readEndpoint(reader),
  generation: reader.i32(),
  maxVersion: reader.i32(),
});

const readDigests = (reader: ByteReader): readonly GossipDigest[] => {
  const count = readCount(reader, 'digest count', GOSSIP_ENDPOINT_COUNT_MAX, DIGEST_BYTES_MIN);
  return readList(count, () => readDigest(reader));
};

const readStates = (reader: ByteReader): readonly EndpointStateEntry[] => {
  const bytesEach = INET_BYTES_MIN + ENDPOINT_STATE_BYTES_MIN;
  const count = readCount(reader, 'endpoint count', GOSSIP_ENDPOINT_COUNT_MAX, bytesEach);
  return readList(count, () => ({
    endpoint: readEndpoint(reader),
    state: readEndpointState(reader),
  }));
};

/** Payload of a GOSSIP_DIGEST_SYN; set `metadataId` exactly from version 14 on. */
export const encodeGossipDigestSyn = (syn: GossipDigestSyn): Uint8Array => {
  return encodeWith(256, (out) => {
    out.utf(syn.clusterName);
    out.utf(syn.partitioner);
    if (syn.metadataId !== undefined) out.i32(syn.metadataId);
    putDigests(out, syn.digests);
  });
};

/** Incremental decoder of a SYN's payload, laid out as in the connection's messaging version. */
export const decodeGossipDigestSyn = (
  bytes: Uint8Array,
  version: number = VERSION_40,
): Decoded<GossipDigestSyn> =>
  decodeWith(bytes, (reader) => ({
    clusterName: readUtf(reader, 'cluster name', NAME_BYTES_MAX),
    partitioner: readUtf(reader, 'partitioner', NAME_BYTES_MAX),
    ...(version >= VERSION_60 ? { metadataId: reader.i32() } : {}),
    digests: readDigests(reader),
  }));

/** Payload of a GOSSIP_DIGEST_ACK. */
export const encodeGossipDigestAck = (ack: GossipDigestAck): Uint8Array => {
  return encodeWith(256, (out) => {
    putDigests(out, ack.digests);
    putStates(out, ack.states);
  });
};

/** Incremental decoder of an ACK's payload. */
export const decodeGossipDigestAck = (bytes: Uint8Array): Decoded<GossipDigestAck> =>
  decodeWith(bytes, (reader) => ({ digests: readDigests(reader), states: readStates(reader) }));

/** Payload of a GOSSIP_DIGEST_ACK2. */
export const encodeGossipDigestAck2 = (ack2: GossipDigestAck2): Uint8Array => {
  return encodeWith(256, (out) => {
    putStates(out, ack2.states);
  });
};

/** Incremental decoder of an ACK2's payload. */
export const decodeGossipDigestAck2 = (bytes: Uint8Array): Decoded<GossipDigestAck2> =>
  decodeWith(bytes, (reader) => ({ states: readStates(reader) }));
