// Control plane. The edge of the encoders: what the writing primitives throw becomes a RangeError, since a value that fits no field
// is the caller's mistake. Called by every encoder of this package.
import { ByteWriter, LimitExceeded, MalformedBytes } from '@scamander/bytes';

/** Runs an encoder over a fresh writer. Throws a RangeError when a text, address, UUID or length fits no field. */
export const encodeWith = (initialBytes: number, put: (out: ByteWriter) => void): Uint8Array => {
  const out = new ByteWriter(initialBytes);
  try {
    put(out);
  } catch (fault) {
    if (fault instanceof LimitExceeded || fault instanceof MalformedBytes)
      throw new RangeError(`can't be written: ${fault.message}`, { cause: fault });
    throw fault;
  }
  return out.toBytes();
};
