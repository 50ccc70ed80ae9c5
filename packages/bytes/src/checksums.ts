// Data plane. The checksums of files and of internode connections. Called by codecs and by file verification; pure functions.
import { crc32 as zlibCrc32 } from 'node:zlib';

/** Plain CRC-32 (IEEE, as in zlib), unsigned; `seed` is the checksum of what came before. */
export const crc32 = (bytes: Uint8Array, seed = 0): number => zlibCrc32(bytes, seed);

/** Checksum of `FA 2D 55 CA`, which every internode CRC-32 is fed first. */
const INTERNODE_SEED = zlibCrc32(Uint8Array.of(0xfa, 0x2d, 0x55, 0xca));

/** CRC-32 of handshakes and frames, unsigned: fed `FA 2D 55 CA` first (spec: streaming-4.0-plus §1.4; Crc#crc32). */
export const internodeCrc32 = (bytes: Uint8Array): number => zlibCrc32(bytes, INTERNODE_SEED);

const CRC24_INIT = 0x875060;
const CRC24_POLYNOMIAL = 0x1974f0b;

/** CRC-24 of the first `length` bytes of a frame header (spec: repair §6.5; Crc#crc24). */
export const crc24 = (bytes: Uint8Array, length: number): number => {
  let crc = CRC24_INIT;
  for (let index = 0; index < length; index++) {
    crc ^= (bytes[index] as number) << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if ((crc & 0x1000000) !== 0) crc ^= CRC24_POLYNOMIAL;
    }
  }
  return crc & 0xffffff;
};
