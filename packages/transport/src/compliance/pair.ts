// Control plane. What every case of the compliance suite needs: a connected pair, test bytes, reading to the end. Called by the cases only.
import assert from 'node:assert/strict';
import type { Endpoint } from '@scamander/wire-codec';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import type { Connection, Listener, Transport } from '../connection.ts';
import { TransportError, type TransportErrorType } from '../errors.ts';

/** What is put to the test, fresh for each case. */
export interface ComplianceSubject {
  readonly transport: Transport;
  /** Where listening is possible; port 0 picks one. */
  readonly listenAt: Endpoint;
  /** Called at the end of the case, on every path. */
  cleanup(): Promise<void>;
}

/** Two ends of one connection. */
export interface Pair {
  readonly transport: Transport;
  readonly listener: Listener;
  readonly dialler: Connection;
  readonly acceptor: Connection;
}

/** Listens, or fails the case. */
export const listening = async ({ transport, listenAt }: ComplianceSubject): Promise<Listener> => {
  const listener = await transport.listen(listenAt);
  assert.ok(isRight(listener), 'listen() succeeds');
  return listener.right;
};

/** Dials, or fails the case. */
export const dialling = async (transport: Transport, to: Endpoint): Promise<Connection> => {
  const connection = await transport.connect(to);
  if (isLeft(connection)) throw connection.left;
  return connection.right;
};

/** Runs the body with a connected pair, and leaves nothing open. */
export const withPair = async (
  subject: ComplianceSubject,
  body: (pair: Pair) => Promise<void>,
): Promise<void> => {
  const { transport } = subject;
  const listener = await listening(subject);
  const accepted = firstValueFrom(listener.connections$);
  const dialler = await dialling(transport, listener.endpoint);
  const acceptor = await accepted;
  try {
    await body({ transport, listener, dialler, acceptor });
  } finally {
    dialler.destroy();
    acceptor.destroy();
    await listener.close();
    await Promise.all([dialler.closed, acceptor.closed]);
  }
};

/** The same bytes for the same seed, without a visible period. */
export const testBytes = (length: number, seed: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length);
  let state = seed >>> 0;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
};

/** Copies what comes until `length` bytes are there; gives the rest back. */
export const readExactly = async (connection: Connection, length: number): Promise<Buffer> => {
  const bytes = Buffer.allocUnsafe(length);
  for (let have = 0; have < length; ) {
    const piece = await connection.read();
    assert.notEqual(piece, null, `the connection ended after ${have} of ${length} bytes`);
    const taken = piece!.subarray(0, length - have);
    bytes.set(taken, have);
    have += taken.length;
    connection.unread(piece!.subarray(taken.length));
  }
  return bytes;
};

/** Resolves with the error; fails the case when there is none or it is not a TransportError. */
export const failing = async (
  work: Promise<unknown>,
  codes?: readonly TransportErrorType['code'][],
): Promise<TransportError> => {
  let error: unknown;
  try {
    await work;
  } catch (reason) {
    error = reason;
  }
  assert.ok(error instanceof TransportError, `a TransportError is expected, not ${String(error)}`);
  if (codes !== undefined) assert.ok(codes.includes(error.code), `${error.code}: ${error.message}`);
  return error;
};

/** Lets everything that is due happen: the event loop goes round so many times. */
export const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++)
    await new Promise<void>((resolve) => setImmediate(resolve));
};
