// Data plane. File to connection and back over one buffer per transfer, whose halves take turns between disk and network. Called by
// sendSlices and receiveSinks where the kernel can't do it. Same chunks, limits and errors as the kernel path.
import type { FileHandle } from 'node:fs/promises';
import type { Connection } from '../connection.ts';
import { TransportError } from '../errors.ts';
import { TRANSFER_BUFFER_BYTES_MAX, TRANSFER_BUFFER_BYTES_MIN } from '../limits.ts';
import {
  fileError,
  fileTooShort,
  onDisk,
  type SinkOptions,
  withSink,
  withSource,
} from './transfer-files.ts';
import type { TransferRun } from './transfer-run.ts';
import type { FileSink, FileSlice } from './types.ts';

type Halves = readonly [Buffer, Buffer];

const halvesFor = (totalBytes: number): Halves => {
  const size = Math.max(
    TRANSFER_BUFFER_BYTES_MIN,
    Math.min(TRANSFER_BUFFER_BYTES_MAX, 2 ** Math.ceil(Math.log2(totalBytes + 1))),
  );
  const buffer = Buffer.allocUnsafeSlow(size);
  return [buffer.subarray(0, size / 2), buffer.subarray(size / 2)];
};

const total = (files: readonly { readonly lengthBytes: number }[]): number =>
  files.reduce((sum, file) => sum + file.lengthBytes, 0);

const ignore = (): undefined => undefined;

const sendSlice = async (
  run: TransferRun,
  connection: Connection,
  slice: FileSlice,
  handle: FileHandle,
  halves: Halves,
): Promise<void> => {
  const end = slice.offsetBytes + slice.lengthBytes;
  const readAt = (position: number, half: Buffer): Promise<{ bytesRead: number }> =>
    handle.read(half, 0, Math.min(half.length, end - position), position);
  let turn = 0;
  let ahead = readAt(slice.offsetBytes, halves[0]);
  try {
    for (let position = slice.offsetBytes; position < end; ) {
      const half = halves[turn]!;
      const reading = ahead;
      const { bytesRead } = await onDisk(run, slice.path, () => reading);
      if (bytesRead === 0) throw fileTooShort(run.peer, slice, position);
      const bytes = half.subarray(0, bytesRead);
      turn = 1 - turn;
      if (position + bytesRead < end) ahead = readAt(position + bytesRead, halves[turn]!);
      await run.acquire(bytesRead);
      const place = { file: slice.path, component: slice.component, offsetBytes: position };
      run.chunk(place, bytesRead, bytes);
      await run.wait(connection.write(bytes));
      position += bytesRead;
    }
  } finally {
    // The handle must not be closed, nor the buffer be let go, under a read.
    await ahead.catch(ignore);
  }
};

/** Sends the slices one after the other. */
export const sendSlicesByBuffers = async (
  run: TransferRun,
  connection: Connection,
  slices: readonly FileSlice[],
): Promise<void> => {
  const halves = halvesFor(total(slices));
  for (const slice of slices) {
    if (slice.lengthBytes === 0) continue;
    await withSource(run, slice, (handle) => sendSlice(run, connection, slice, handle, halves));
  }
};

const writeAll = async (handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> => {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
};

/** The next bytes of a file, at most `bytesMax`; what else came stays in the connection. */
export const readPiece = async (
  run: TransferRun,
  connection: Connection,
  bytesMax: number,
  what: string,
): Promise<Uint8Array> => {
  const piece = await run.wait(connection.read());
  if (piece === null)
    throw new TransportError({
      code: 'SCM_NET_CLOSED',
      peer: run.peer,
      while: `${bytesMax} bytes of ${what} were missing`,
    });
  if (piece.length <= bytesMax) return piece;
  connection.unread(piece.subarray(bytesMax));
  return piece.subarray(0, bytesMax);
};

const fill = async (
  run: TransferRun,
  connection: Connection,
  half: Buffer,
  leftBytes: number,
  what: string,
): Promise<Buffer> => {
  const size = Math.min(half.length, leftBytes);
  for (let have = 0; have < size; ) {
    const piece = await readPiece(run, connection, size - have, what);
    half.set(piece, have);
    have += piece.length;
  }
  return half.subarray(0, size);
};

const receiveSink = async (
  run: TransferRun,
  connection: Connection,
  sink: FileSink,
  handle: FileHandle,
  told: (bytes: number) => void,
  halves: Halves,
): Promise<void> => {
  let turn = 0;
  let writing: Promise<void> = Promise.resolve();
  try {
    for (let position = 0; position < sink.lengthBytes; ) {
      const left = sink.lengthBytes - position;
      await run.acquire(Math.min(halves[turn]!.length, left));
      const bytes = await fill(run, connection, halves[turn]!, left, sink.component);
      const place = { file: sink.path, component: sink.component, offsetBytes: position };
      run.chunk(place, bytes.length, bytes);
      const written = writing;
      await onDisk(run, sink.path, () => written);
      told(position);
      writing = writeAll(handle, bytes, position);
      // Looked at a turn later, at the latest in the finally below.
      writing.catch(ignore);
      turn = 1 - turn;
      position += bytes.length;
    }
  } finally {
    await writing.catch((error: unknown) => {
      if (!run.signal.aborted) throw fileError(run.peer, sink.path, error);
    });
  }
};

/** Fills the sinks one after the other. */
export const receiveSinksByBuffers = async (
  run: TransferRun,
  connection: Connection,
  sinks: readonly FileSink[],
  options: SinkOptions,
): Promise<void> => {
  const halves = halvesFor(total(sinks));
  for (const sink of sinks)
    await withSink(run, sink, options, (handle, written) =>
      receiveSink(run, connection, sink, handle, written, halves),
    );
};
