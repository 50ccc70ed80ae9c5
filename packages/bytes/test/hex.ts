// Bytes as hex text and back, for tables. Called by the tests of this package.

/** Bytes of hex digits; spaces are ignored. */
export const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** Hex digits of bytes. */
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
