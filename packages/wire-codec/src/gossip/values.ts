// Control plane. The values of application states that need parsing: TOKENS and STATUS (spec: gossip §3).
// Called by whoever reads a cluster's state.
import { ByteReader, ByteWriter, NeedMoreBytes } from '@scamander/bytes';
import type { Partitioner, Token } from '@scamander/ring';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { CodecError } from '../errors.ts';
import { GOSSIP_TOKEN_COUNT_MAX, TOKEN_BYTES_MAX } from '../limits.ts';
import { fail, readCopy, within } from '../reading.ts';
import { applicationState, type EndpointState } from './endpoint-state.ts';

// Tokens => (length token)* 0
//   length  i32;  token  that many bytes of the partitioner's form;  every byte stands as one character

const badTokens = (found: string, offset: number): never =>
  fail({
    code: 'SCM_WIRE_BAD_VALUE',
    field: 'TOKENS',
    found,
    expected: 'lengths and tokens, ended by a length of 0',
    offset,
  });

const bytesOfText = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0xff) badTokens(`a character above 255`, index);
    bytes[index] = unit;
  }
  return bytes;
};

const readTokens = (reader: ByteReader, partitioner: Partitioner): readonly Token[] => {
  const tokens: Token[] = [];
  for (;;) {
    const offset = reader.position;
    // TokenSerializer ends at the first length below 1.
    const length = within('token', reader.i32(), TOKEN_BYTES_MAX, offset);
    if (length < 1) return tokens;
    within('TOKENS', tokens.length + 1, GOSSIP_TOKEN_COUNT_MAX, offset);
    tokens.push(partitioner.tokenFromBytes(readCopy(reader, length)));
  }
};

/** The tokens of a TOKENS value, in the node's order. Left: SCM_WIRE_BAD_VALUE or SCM_WIRE_TOO_LONG. */
export const decodeTokens = (
  value: string,
  partitioner: Partitioner,
): Either<CodecError, readonly Token[]> => {
  try {
    return right(readTokens(new ByteReader(bytesOfText(value)), partitioner));
  } catch (fault) {
    if (fault instanceof CodecError) return left(fault);
    const found = fault instanceof NeedMoreBytes ? 'an early end' : 'a token that is none';
    if (!(fault instanceof NeedMoreBytes || fault instanceof RangeError)) throw fault;
    return left(
      new CodecError({
        code: 'SCM_WIRE_BAD_VALUE',
        field: 'TOKENS',
        found,
        expected: `tokens of ${partitioner.name}, ended by a length of 0`,
        offset: 0,
      }),
    );
  }
};

/** The TOKENS value of a list of tokens. */
export const encodeTokens = (tokens: readonly Token[], partitioner: Partitioner): string => {
  const out = new ByteWriter();
  for (const token of tokens) out.bytes32(partitioner.tokenToBytes(token));
  out.i32(0);
  return Array.from(out.toBytes(), (byte) => String.fromCharCode(byte)).join('');
};

/** A STATUS value taken apart. */
export interface GossipStatus {
  /** `BOOT`, `BOOT_REPLACE`, `NORMAL`, `LEAVING`, `LEFT`, `MOVING`, `removing`, `removed`, `hibernate`, `shutdown`. */
  readonly state: string;
  /** What follows, such as a token, a host id, an expiry. */
  readonly pieces: readonly string[];
}

/** The status of a node: STATUS_WITH_PORT where it is set, else the legacy STATUS (spec: gossip §5). */
export const statusOf = (endpoint: EndpointState): GossipStatus | undefined => {
  const text =
    applicationState(endpoint, 'STATUS_WITH_PORT') ?? applicationState(endpoint, 'STATUS');
  if (text === undefined) return undefined;
  const [state = '', ...pieces] = text.split(',');
  return { state, pieces };
};
