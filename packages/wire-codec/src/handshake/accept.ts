// Control plane. Accept, the acceptor's 12 bytes of the handshake (spec: streaming-4.0-plus §1.3).
// Called by the transport's handshake.
import type { ByteReader } from '@scamander/bytes';
import type { Decoded } from '../decoded.ts';
import { decodeWith, need } from '../reading.ts';
import { encodeWith } from '../writing.ts';
import { checkHandshakeCrc, putHandshakeCrc } from './checksum.ts';

/** HandshakeProtocol.Accept: the versions the acceptor chose. */
export interface Accept {
  /** Highest version the acceptor supports for this kind of connection. */
  readonly maxVersion: number;
  /** Version to use, or the nearest the acceptor can do. */
  readonly useVersion: number;
}

/** Bytes of every Accept. */
export const ACCEPT_BYTES = 12;

// Accept => maxVersion useVersion crc
//   maxVersion, useVersion  i32   max comes first
//   crc                     i32   CRC-32 of the first 8 bytes, see checksum.ts

/** The 12 bytes of an Accept. */
export const encodeAccept = (accept: Accept): Uint8Array => {
  return encodeWith(ACCEPT_BYTES, (out) => {
    out.i32(accept.maxVersion);
    out.i32(accept.useVersion);
    putHandshakeCrc(out);
  });
};

const readAccept = (reader: ByteReader): Accept => {
  need(reader, ACCEPT_BYTES);
  const accept = { maxVersion: reader.i32(), useVersion: reader.i32() };
  checkHandshakeCrc(reader);
  return accept;
};

/** Incremental decoder of an Accept. Error: SCM_WIRE_BAD_CRC. */
export const decodeAccept = (bytes: Uint8Array): Decoded<Accept> => decodeWith(bytes, readAccept);
