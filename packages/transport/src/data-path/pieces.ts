// Data plane. Payloads that are made or consumed piece by piece, such as the LZ4 blocks of uncompressed sections. Called by the
// OutgoingFile and IncomingFile implementations. Keeps no piece: each is gone before the next is asked for.
import type { Observable } from 'rxjs';
import type { Connection } from '../connection.ts';
import { readPiece } from './buffers-path.ts';
import { type PiecePlace, transfer } from './transfer-run.ts';
import type { FileChunk, TransferContext } from './types.ts';

/** Where the piece that starts at this byte of the payload belongs. */
export type DescribePiece = (payloadOffsetBytes: number) => PiecePlace;

/**
 * Writes pieces until `next` gives null. A piece may be reused by its maker once `next` is called again. Errors as sendSlices; an error
 * of `next` passes as it is.
 */
export const sendPieces = (
  connection: Connection,
  next: () => Promise<Uint8Array | null>,
  describe: DescribePiece,
  context: TransferContext,
): Observable<FileChunk> =>
  transfer(connection, context, 'out', async (run) => {
    let offsetBytes = 0;
    for (;;) {
      run.pause();
      const piece = await next();
      run.check();
      if (piece === null) return;
      if (piece.length === 0) continue;
      await run.acquire(piece.length);
      run.chunk(describe(offsetBytes), piece.length, piece);
      await run.wait(connection.write(piece));
      offsetBytes += piece.length;
    }
  });

const PAYLOAD: DescribePiece = (offsetBytes) => ({ file: '', component: 'payload', offsetBytes });

/**
 * Takes exactly `totalBytes` off the connection and gives them to `consume`, view by view; a view is valid until the promise it returns
 * is settled. Errors as receiveSinks; an error of `consume` passes as it is.
 */
export const receivePieces = (
  connection: Connection,
  totalBytes: number,
  consume: (view: Uint8Array) => Promise<void> | void,
  context: TransferContext & { readonly describe?: DescribePiece },
): Observable<FileChunk> =>
  transfer(connection, context, 'in', async (run) => {
    const describe = context.describe ?? PAYLOAD;
    for (let offsetBytes = 0; offsetBytes < totalBytes; ) {
      const view = await readPiece(run, connection, totalBytes - offsetBytes, 'the payload');
      await run.acquire(view.length);
      run.chunk(describe(offsetBytes), view.length, view);
      run.pause();
      await consume(view);
      run.check();
      offsetBytes += view.length;
    }
  });

/** Takes exactly `totalBytes` off the connection and drops them: a refused file's payload. */
export const skipBytes = (
  connection: Connection,
  totalBytes: number,
  context: TransferContext & { readonly describe?: DescribePiece },
): Observable<FileChunk> => receivePieces(connection, totalBytes, () => undefined, context);

/** What the consumer of a payload whose length it finds out itself takes its bytes from. */
export interface PayloadPull {
  /** The next bytes of the payload, 1 to `bytesMax`; a view that is valid until the next call. Rejects when the transfer has to end. */
  read(bytesMax: number): Promise<Uint8Array>;
  /**
   * Tells of bytes that the consumer has used: what progress counts. Where the payload is compressed on the way, these are the bytes
   * before. The view is valid during the call only.
   */
  moved(lengthBytes: number, bytes: Uint8Array | undefined): void;
}

/**
 * Lets `consume` pull the payload off the connection, and nothing more: what it does not read stays there. Errors as receiveSinks; an
 * error of `consume` passes as it is. The time that it takes between two reads is no stall of the peer; it ends early only by itself, at
 * its next read.
 */
export const receivePulled = (
  connection: Connection,
  consume: (payload: PayloadPull) => Promise<void>,
  context: TransferContext & { readonly describe?: DescribePiece },
): Observable<FileChunk> =>
  transfer(connection, context, 'in', async (run) => {
    const describe = context.describe ?? PAYLOAD;
    let movedBytes = 0;
    run.pause();
    await consume({
      read: async (bytesMax) => {
        run.check();
        const view = await readPiece(run, connection, bytesMax, 'the payload');
        await run.acquire(view.length);
        run.pause();
        return view;
      },
      moved: (lengthBytes, bytes) => {
        run.chunk(describe(movedBytes), lengthBytes, bytes);
        movedBytes += lengthBytes;
      },
    });
    run.check();
  });
