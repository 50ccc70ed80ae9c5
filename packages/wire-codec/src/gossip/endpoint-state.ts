// Control plane. EndpointState: what is known of one node (spec: gossip §1, §2). Called by the codecs of gossip messages and by
// whoever reads a cluster's state. Keeps unknown states, and the order of the wire.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import type { Decoded } from '../decoded.ts';
import { GOSSIP_STATE_COUNT_MAX, UTF_BYTES_MAX } from '../limits.ts';
import { decodeWith, readCount, readLength, readList, readUtf } from '../reading.ts';
import { encodeWith } from '../writing.ts';
import { type ApplicationStateName, applicationStateOrdinal } from './application-state.ts';

/** One application state with its version. */
export interface VersionedValue {
  /** Position in APPLICATION_STATES; unknown ones are kept ("readers should tolerate unknown ordinals"). */
  readonly ordinal: number;
  /** Text; TOKENS holds bytes as characters, see decodeTokens. */
  readonly value: string;
  readonly version: number;
}

/** Heartbeat and application states of one endpoint. */
export interface EndpointState {
  /** Seconds since the epoch at start, or more: a restart has a higher one. */
  readonly generation: number;
  readonly heartbeatVersion: number;
  readonly states: readonly VersionedValue[];
}

// EndpointState  => generation heartbeatVersion count (ordinal VersionedValue)*
//   all numbers   i32
// VersionedValue => utf value, i32 version

/** Fewest bytes of an EndpointState. */
export const ENDPOINT_STATE_BYTES_MIN = 12;
const VALUE_BYTES_MIN = 4 + 2 + 4;

export const putEndpointState = (out: ByteWriter, state: EndpointState): void => {
  out.i32(state.generation);
  out.i32(state.heartbeatVersion);
  out.i32(state.states.length);
  for (const { ordinal, value, version } of state.states) {
    out.i32(ordinal);
    out.utf(value);
    out.i32(version);
  }
};

/** The bytes of an EndpointState, also the payload of GOSSIP_SHUTDOWN at version 13 (empty at 12). */
export const encodeEndpointState = (state: EndpointState): Uint8Array => {
  return encodeWith(256, (out) => {
    putEndpointState(out, state);
  });
};

const readValue = (reader: ByteReader): VersionedValue => ({
  ordinal: readLength(reader, 'application state', 0x7fffffff),
  value: readUtf(reader, 'application state value', UTF_BYTES_MAX),
  version: reader.i32(),
});

export const readEndpointState = (reader: ByteReader): EndpointState => {
  const generation = reader.i32();
  const heartbeatVersion = reader.i32();
  const count = readCount(reader, 'state count', GOSSIP_STATE_COUNT_MAX, VALUE_BYTES_MIN);
  return { generation, heartbeatVersion, states: readList(count, () => readValue(reader)) };
};

/** Incremental decoder of an EndpointState. */
export const decodeEndpointState = (bytes: Uint8Array): Decoded<EndpointState> =>
  decodeWith(bytes, readEndpointState);

/** The text of one application state; undefined where the node has not set it. */
export const applicationState = (
  state: EndpointState,
  name: ApplicationStateName,
): string | undefined => {
  const ordinal = applicationStateOrdinal(name);
  return state.states.find((value) => value.ordinal === ordinal)?.value;
};
