// Control plane. Waits for the ACK on a connection that the node opened to us. Called by the exchange. Passes over everything else.
import type { Partitioner } from '@scamander/ring';
import type { Connection } from '@scamander/transport';
import {
  type CodecError,
  decodeGossipDigestAck,
  type Framing,
  InternodeMessageReader,
  VERBS,
} from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { GOSSIP_MESSAGE_BYTES_MAX } from '../limits.ts';
import { type GossipState, gossipStateOf } from './gossip-state.ts';
import { decompressLz4Block } from './lz4-block.ts';

/** The states of an ACK's payload. */
export const statesOfAck = (
  payload: Uint8Array,
  partitioner: Partitioner,
): Either<CodecError | 'cut short', readonly GossipState[]> => {
  const ack = decodeGossipDigestAck(payload);
  if (ack.kind === 'error') return left(ack.error);
  if (ack.kind === 'need-more') return left('cut short');
  const states: GossipState[] = [];
  for (const entry of ack.value.states) {
    const state = gossipStateOf(entry, partitioner);
    if (isLeft(state)) return state;
    states.push(state.right);
  }
  return right(states);
};

/** The states of the first ACK, an error, or undefined when the connection ended without one. Rejects as read() does. */
export const readAnswer = async (
  connection: Connection,
  framing: Framing,
  partitioner: Partitioner,
): Promise<Either<Error, readonly GossipState[]> | undefined> => {
  const reader = new InternodeMessageReader({
    framing,
    decompress: decompressLz4Block,
    messageBytesMax: GOSSIP_MESSAGE_BYTES_MAX,
  });
  for (;;) {
    const bytes = await connection.read();
    if (bytes === null) return undefined;
    reader.push(bytes);
    for (let answer = reader.next(); answer.kind !== 'need-more'; answer = reader.next()) {
      if (answer.kind === 'error') return left(answer.error);
      if (answer.value.verb !== VERBS.GOSSIP_DIGEST_ACK) continue;
      const states = statesOfAck(answer.value.payload, partitioner);
      if (isLeft(states) && states.left === 'cut short')
        return left(new Error('GOSSIP_DIGEST_ACK is cut short'));
      return states as Either<Error, readonly GossipState[]>;
    }
    if (reader.framesDamaged > 0) return left(new Error('a damaged frame'));
  }
};
