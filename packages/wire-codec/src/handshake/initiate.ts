// Control plane. Initiate, the connector's first message (spec: streaming-4.0-plus §1.2, repair §6.2).
// Called by the transport's handshake. Carries streaming and messaging connections alike.
import type { ByteReader } from '@scamander/bytes';
import type { Decoded } from '../decoded.ts';
import type { Endpoint } from '../endpoint.ts';
import { decodeWith, fail, readEndpoint } from '../reading.ts';
import { encodeWith } from '../writing.ts';
import { checkHandshakeCrc, putHandshakeCrc } from './checksum.ts';
import { VERSION_40 } from './versions.ts';

/** How messages are framed after the handshake; the position is the id on the wire. Streaming must use `unprotected`. */
export const FRAMINGS = ['unprotected', 'lz4', 'crc'] as const;
/** One of {@link FRAMINGS}. */
export type Framing = (typeof FRAMINGS)[number];

/** HandshakeProtocol.Initiate: who connects, what for, and with which versions. */
export interface Initiate {
  /** The connector's own address and storage port; the TCP source address says nothing. */
  readonly from: Endpoint;
  /** Legacy field: 4.x sends the version it wants, 5.0 its minimum; acceptors demand 12 or more. Send the minimum. */
  readonly requestedVersion: number;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly streaming: boolean;
  readonly framing: Framing;
  /** Messaging connections: 1 urgent, 2 small, 3 large messages; 0 for streaming. */
  readonly category: 0 | 1 | 2 | 3;
}

/** First four bytes of every internode connection since 4.0. */
export const HANDSHAKE_MAGIC = 0xca552dfa;

/** Bytes of an Initiate whose `from` is IPv4, and IPv6. */
export const INITIATE_BYTES = { ipv4: 19, ipv6: 31 } as const;

const STREAMING_FLAG = 1 << 3;

// Initiate => magic flags from crc
//   magic  i32   CA 55 2D FA
//   flags  i32   bits 0-1 category | 2 low bit of framing | 3 streaming | 4 high bit of framing
//                | 8-15 requested | 16-23 min | 24-31 max
//   from   inet  6|18, address, port
//   crc    i32   CRC-32 of all before, see checksum.ts

/** The 19 or 31 bytes of an Initiate. Throws a RangeError when `from` is no IP address and port, or a version no byte. */
export const encodeInitiate = (initiate: Initiate): Uint8Array => {
  const framing = FRAMINGS.indexOf(initiate.framing);
  for (const version of [initiate.requestedVersion, initiate.minVersion, initiate.maxVersion])
    if (!Number.isInteger(version) || version < 0 || version > 255)
      throw new RangeError(`messaging version ${version} does not fit a byte`);
  return encodeWith(INITIATE_BYTES.ipv6, (out) => {
    out.i32(HANDSHAKE_MAGIC | 0);
    out.u8(initiate.maxVersion);
    out.u8(initiate.minVersion);
    out.u8(initiate.requestedVersion);
    out.u8(
      initiate.category |
        ((framing & 1) << 2) |
        (initiate.streaming ? STREAMING_FLAG : 0) |
        ((framing >> 1) << 4),
    );
    out.inet(initiate.from);
    putHandshakeCrc(out);
  });
};

const readFraming = (flags: number): Framing => {
  const id = ((flags >> 2) & 1) | (((flags >> 4) & 1) << 1);
  return (
    FRAMINGS[id] ??
    fail({
      code: 'SCM_WIRE_BAD_VALUE',
      field: 'framing',
      found: `${id}`,
      expected: '0 unprotected, 1 LZ4 or 2 CRC',
      offset: 7,
    })
  );
};

const readInitiate = (reader: ByteReader): Initiate => {
  const magic = reader.i32() >>> 0;
  if (magic !== HANDSHAKE_MAGIC) fail({ code: 'SCM_WIRE_BAD_MAGIC', found: magic, offset: 0 });
  const [maxVersion, minVersion, requestedVersion] = [reader.u8(), reader.u8(), reader.u8()];
  const flags = reader.u8();
  // "requested < 12: treat the message as pre-4.0"; its remaining bytes are then laid out otherwise (§1.5, old peers).
  if (requestedVersion < VERSION_40)
    fail({
      code: 'SCM_WIRE_PEER_TOO_OLD',
      requested: requestedVersion,
      min: minVersion,
      max: maxVersion,
      offset: 6,
    });
  const framing = readFraming(flags);
  const from = readEndpoint(reader);
  checkHandshakeCrc(reader);
  return {
    from,
    requestedVersion,
    minVersion,
    maxVersion,
    streaming: (flags & STREAMING_FLAG) !== 0,
    framing,
    category: (flags & 3) as Initiate['category'],
  };
};

/**
 * Incremental decoder of an Initiate. Errors: SCM_WIRE_BAD_MAGIC, SCM_WIRE_PEER_TOO_OLD, SCM_WIRE_BAD_VALUE (framing 3, an
 * address of another size), SCM_WIRE_BAD_CRC. Real nodes close without an answer on each of them, except that 4.x answers a
 * peer that is too old.
 */
export const decodeInitiate = (bytes: Uint8Array): Decoded<Initiate> =>
  decodeWith(bytes, readInitiate);
