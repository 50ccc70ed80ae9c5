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
