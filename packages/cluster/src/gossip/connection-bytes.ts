// Control plane. One decoded value off a connection, the rest given back. Called by the gossip exchange for both handshakes.
import type { Connection } from '@scamander/transport';
import type { CodecError, Decoded } from '@scamander/wire-codec';
import { type Either, left, right } from 'fp-ts/lib/Either.js';

/**
 * Reads until the decoder has a value; what came behind it is unread. Right of undefined: the peer ended first.
 * Rejects with a TransportError, as read() does. The decoder bounds how much is gathered.
 */
export const readDecoded = async <T>(
  connection: Connection,
  decode: (bytes: Uint8Array) => Decoded<T>,
): Promise<Either<CodecError, T | undefined>> => {
  let gathered = new Uint8Array(0);
  for (;;) {
    const piece = await connection.read();
    if (piece === null) return right(undefined);
    const joined = new Uint8Array(gathered.length + piece.length);
    joined.set(gathered);
    joined.set(piece, gathered.length);
    gathered = joined;
    const answer = decode(gathered);
    if (answer.kind === 'error') return left(answer.error);
    if (answer.kind === 'message') {
      const rest = gathered.subarray(answer.bytes);
      if (rest.length > 0) connection.unread(rest);
      return right(answer.value);
    }
  }
};
