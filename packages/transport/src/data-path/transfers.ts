// Data plane. The two transfers of whole files, and the choice of their path. Called by the OutgoingFile and IncomingFile implementations.
// Cold: nothing happens before subscribe, and unsubscribing stops it.
import type { Observable } from 'rxjs';
import type { Connection } from '../connection.ts';
import { KERNEL_COLD_TRANSFER_BYTES_MIN, KERNEL_TRANSFER_BYTES_MIN } from '../limits.ts';
import { receiveSinksByBuffers, sendSlicesByBuffers } from './buffers-path.ts';
import { receiveSinksByKernel, sendSlicesByKernel } from './kernel-path.ts';
import { kernelWorker } from './kernel-worker-client.ts';
import { kernelPathAvailable } from './native-modules.ts';
import { transfer } from './transfer-run.ts';
import type { FileChunk, FileSink, FileSlice, TransferContext } from './types.ts';

const byKernel = (
  connection: Connection,
  files: readonly { readonly lengthBytes: number }[],
  path: TransferContext['path'] = 'auto',
): boolean => {
  if (path === 'buffers' || connection.kernel === undefined) return false;
  const totalBytes = files.reduce((sum, file) => sum + file.lengthBytes, 0);
  const leastBytes = kernelWorker.isStarted
    ? KERNEL_TRANSFER_BYTES_MIN
    : KERNEL_COLD_TRANSFER_BYTES_MIN;
  const worthIt = path === 'kernel' || totalBytes >= leastBytes;
  return worthIt && kernelPathAvailable();
};

/**
 * Writes the slices to the connection, one after the other and nothing else. Completes when every byte was handed to the network. Errors:
 * {@link TransportError} SCM_NET_FILE (missing, too short, shrank, unreadable), SCM_NET_TIMEOUT (stalled), SCM_NET_CLOSED,
 * SCM_NET_RESET, SCM_NET_ABORTED. A transfer that did not complete leaves the connection in the middle of the payload: destroy it.
 */
export const sendSlices = (
  connection: Connection,
  slices: readonly FileSlice[],
  context: TransferContext,
): Observable<FileChunk> =>
  transfer(connection, context, 'out', (run) =>
    byKernel(connection, slices, context.path)
      ? sendSlicesByKernel(run, connection, slices)
      : sendSlicesByBuffers(run, connection, slices),
  );

/** {@link TransferContext} of a receiver. */
export interface ReceiveContext extends TransferContext {
  /** Completes only when every file's bytes are on the disk (fdatasync). @default false */
  readonly sync?: boolean;
}

/**
 * Creates each file, which must not exist, and fills it with exactly its bytes from the connection; what follows stays there. Errors as
 * {@link sendSlices}. Files are closed on every path; after a failure the caller removes them.
 */
export const receiveSinks = (
  connection: Connection,
  sinks: readonly FileSink[],
  context: ReceiveContext,
): Observable<FileChunk> =>
  transfer(connection, context, 'in', (run) =>
    byKernel(connection, sinks, context.path)
      ? receiveSinksByKernel(run, connection, sinks, context.sync ?? false)
      : receiveSinksByBuffers(run, connection, sinks, context.sync ?? false),
  );
