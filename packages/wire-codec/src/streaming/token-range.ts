// Control plane. Tokens and token ranges on the wire (spec: streaming-4.0-plus §2.2.6, §2.6). Called by the codecs of requests and summaries.
import type { ByteReader, ByteWriter } from '@scamander/bytes';
import type { Partitioner, Token } from '@scamander/ring';
import { TOKEN_BYTES_MAX } from '../limits.ts';
import { fail, readCopy, readLength } from '../reading.ts';
import type { WireTokenRange } from './types.ts';

const MURMUR3 = 'Murmur3Partitioner';
const MURMUR3_TOKEN_BYTES = 8;

// Range      => left right, left exclusive, right inclusive
// Token      => i32 length, then that many bytes of the partitioner's own form
// BareToken  => 8 bytes; only for Murmur3, only in summaries of version 14

/** Fewest bytes of one range: exact for Murmur3, so that a list of them is waited for once. */
export const rangeBytesMin = (partitioner: Partitioner): number =>
  partitioner.name === MURMUR3 ? 2 * (4 + MURMUR3_TOKEN_BYTES) : 2 * 4;

/** Bytes of a range of bare tokens. */
export const BARE_RANGE_BYTES = 2 * MURMUR3_TOKEN_BYTES;

const tokenOf = (partitioner: Partitioner, bytes: Uint8Array, offset: number): Token => {
  try {
    return partitioner.tokenFromBytes(bytes);
  } catch (cause) {
    return fail({
      code: 'SCM_WIRE_BAD_VALUE',
      field: 'token',
      found: `${bytes.length} bytes`,
      expected: `a token of ${partitioner.name} (${cause instanceof Error ? cause.message : 'refused'})`,
      offset,
    });
  }
};

const readToken = (reader: ByteReader, partitioner: Partitioner): Token => {
  const offset = reader.position;
  const length = readLength(reader, 'token', TOKEN_BYTES_MAX);
  if (partitioner.name === MURMUR3 && length !== MURMUR3_TOKEN_BYTES)
    fail({
      code: 'SCM_WIRE_BAD_VALUE',
      field: 'token',
      found: `${length} bytes`,
      expected: '8 bytes, as Murmur3 tokens are',
      offset,
    });
  return tokenOf(partitioner, readCopy(reader, length), offset);
};

export const readTokenRange = (reader: ByteReader, partitioner: Partitioner): WireTokenRange => ({
  left: readToken(reader, partitioner),
  right: readToken(reader, partitioner),
});

const putToken = (out: ByteWriter, partitioner: Partitioner, token: Token): void => {
  const bytes = partitioner.tokenToBytes(token);
  out.i32(bytes.length);
  out.bytes(bytes);
};

export const putTokenRange = (
  out: ByteWriter,
  partitioner: Partitioner,
  range: WireTokenRange,
): void => {
  putToken(out, partitioner, range.left);
  putToken(out, partitioner, range.right);
};

/** True where ranges of bare tokens are known: only Murmur3 was seen on the wire (spec §2.6, §11). */
export const hasBareTokens = (partitioner: Partitioner): boolean => partitioner.name === MURMUR3;

export const readBareTokenRange = (
  reader: ByteReader,
  partitioner: Partitioner,
): WireTokenRange => {
  const offset = reader.position;
  return {
    left: tokenOf(partitioner, reader.bytes(MURMUR3_TOKEN_BYTES), offset),
    right: tokenOf(partitioner, reader.bytes(MURMUR3_TOKEN_BYTES), offset + MURMUR3_TOKEN_BYTES),
  };
};

export const putBareTokenRange = (
  out: ByteWriter,
  partitioner: Partitioner,
  range: WireTokenRange,
): void => {
  out.bytes(partitioner.tokenToBytes(range.left));
  out.bytes(partitioner.tokenToBytes(range.right));
};
