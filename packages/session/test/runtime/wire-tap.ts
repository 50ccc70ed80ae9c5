// Remembers every byte of every connection a transport dials, and finds where its messages end. Called by tests only.
import type { Connection, Transport } from '@scamander/transport';
import { decodeStreamMessage } from '@scamander/wire-codec';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { partitioner } from '../partitioner.ts';

/** Both directions of one connection, as the side that dialled sees them. */
export interface Taped {
  readonly out: Buffer[];
  readonly in: Buffer[];
}

const tape = (inner: Connection, taped: Taped): Connection => {
  const outer: Connection = Object.create(inner) as Connection;
  return Object.assign(outer, {
    local: inner.local,
    remote: inner.remote,
    closed: inner.closed,
    read: async () => {
      const bytes = await inner.read();
      if (bytes !== null) taped.in.push(Buffer.from(bytes));
      return bytes;
    },
    unread: (bytes: Uint8Array) => {
      // what is given back is read again: take it off the tape
      let give = bytes.length;
      while (give > 0) {
        const last = taped.in.pop();
        if (last === undefined) throw new RangeError('more given back than was read');
        if (last.length > give) taped.in.push(last.subarray(0, last.length - give));
        give -= Math.min(give, last.length);
      }
      inner.unread(bytes);
    },
    write: (bytes: Uint8Array) => {
      taped.out.push(Buffer.from(bytes));
      return inner.write(bytes);
    },
    end: () => inner.end(),
    destroy: (reason?: never) => inner.destroy(reason),
  });
};

/** Puts a tape on every dialled connection, in the order of dialling. */
export const tapedTransport = (inner: Transport, tapes: Taped[]): Transport => ({
  name: `taped(${inner.name})`,
  listen: (at) => inner.listen(at),
  connect: async (to, options) => {
    const dialled = await inner.connect(to, options);
    if (isLeft(dialled)) return dialled;
    const taped: Taped = { out: [], in: [] };
    tapes.push(taped);
    return right(tape(dialled.right, taped));
  },
});

/** Bytes of Initiate with an IPv4 address, and of Accept (spec: streaming-4.0-plus §1.2, §1.3). */
const HANDSHAKE = { out: 19, in: 12 } as const;

/** Where messages and payloads end, the handshake's included; payloads have the sizes their headers say. */
export const boundariesOf = (taped: Taped, direction: 'out' | 'in'): number[] => {
  const bytes = Buffer.concat(taped[direction]);
  const ends = [0];
  if (bytes.length === 0) return ends;
  let at: number = HANDSHAKE[direction];
  ends.push(at);
  while (at < bytes.length) {
    const decoded = decodeStreamMessage(bytes.subarray(at), { version: 14, partitioner });
    if (decoded.kind !== 'message') break;
    at += decoded.bytes;
    ends.push(at);
    if (decoded.value.type !== 'Stream') continue;
    const { entire, sections } = decoded.value.header;
    const size =
      entire?.manifest.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0n) ??
      sections.reduce((sum, { lower, upper }) => sum + upper - lower, 0n);
    at += Number(size);
    ends.push(at);
  }
  return [...new Set(ends)];
};
