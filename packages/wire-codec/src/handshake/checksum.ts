// Control plane. The checksum that ends both handshake messages (spec: streaming-4.0-plus §1.4). Called by initiate.ts and accept.ts.
// CRC-32 over FA 2D 55 CA and then the covered bytes; stored big-endian here, little-endian in frames.
import { type ByteReader, type ByteWriter, internodeCrc32 } from '@scamander/bytes';
import { fail } from '../reading.ts';

/** Appends the checksum of everything written so far. */
export const putHandshakeCrc = (out: ByteWriter): void => out.u32(internodeCrc32(out.toBytes()));

/** Reads the checksum and compares it with that of the message's bytes before it. */
export const checkHandshakeCrc = (reader: ByteReader): void => {
  const offset = reader.position;
  const found = reader.u32();
  reader.position = 0;
  const expected = internodeCrc32(reader.bytes(offset));
  reader.position = offset + 4;
  if (found !== expected) fail({ code: 'SCM_WIRE_BAD_CRC', expected, found, offset });
};
