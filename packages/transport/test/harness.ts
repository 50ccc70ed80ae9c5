// Builders shared by this package's tests: connected pairs, unwrapping, reading to the end.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import {
  type Connection,
  type FileChunk,
  type Listener,
  memoryNetwork,
  type Transport,
  type TransportError,
} from '@scamander/transport';
import type { Endpoint } from '@scamander/wire-codec';
import type { Either } from 'fp-ts/lib/Either.js';
import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';

export const LOOPBACK: Endpoint = { host: '127.0.0.1', port: 0 };

export const unwrap = <T>(result: Either<TransportError, T>): T => {
  if (result._tag === 'Left') throw result.left;
  return result.right;
};

export const refusal = <T>(result: Either<TransportError, T>): TransportError => {
  if (result._tag === 'Right') throw new Error('it succeeded');
  return result.left;
};

export type Pair = {
  readonly listener: Listener;
  readonly dialler: Connection;
  readonly acceptor: Connection;
  readonly close: () => Promise<void>;
};

/** Two ends of one connection over the transport. */
export const pairOver = async (
  dialling: Transport,
  at: Endpoint = LOOPBACK,
  listening: Transport = dialling,
): Promise<Pair> => {
  const listener = unwrap(await listening.listen(at));
  const accepted = firstValueFrom(listener.connections$);
  const dialler = unwrap(await dialling.connect(listener.endpoint));
  const acceptor = await accepted;
  return {
    listener,
    dialler,
    acceptor,
    close: async () => {
      dialler.destroy();
      acceptor.destroy();
      await Promise.all([dialler.closed, acceptor.closed, listener.close()]);
    },
  };
};

export const memoryPair = (): Promise<Pair> =>
  pairOver(memoryNetwork().transport('10.0.0.1'), { host: '10.0.0.1', port: 7000 });

/** A plain Node server, for peers that are not ours. */
export const rawServer = async (
  onSocket: (socket: Socket) => void,
): Promise<{ readonly at: Endpoint; readonly close: () => Promise<void> }> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    at: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

export const readAll = async (connection: Connection): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for (;;) {
    const bytes = await connection.read();
    if (bytes === null) return Buffer.concat(pieces);
    pieces.push(Buffer.from(bytes));
  }
};

export const readExactly = async (connection: Connection, length: number): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for (let have = 0; have < length; ) {
    const bytes = await connection.read();
    if (bytes === null) throw new Error(`ended after ${have} of ${length} bytes`);
    const piece = Buffer.from(bytes.subarray(0, length - have));
    connection.unread(bytes.subarray(piece.length));
    pieces.push(piece);
    have += piece.length;
  }
  return Buffer.concat(pieces);
};

export const chunksOf = (transfer: Observable<FileChunk>): Promise<FileChunk[]> =>
  lastValueFrom(transfer.pipe(toArray()));

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const unhex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** Bytes without a visible period, the same for the same seed. */
export const someBytes = (length: number, seed = 1): Buffer => {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 16;
  }
  return bytes;
};
