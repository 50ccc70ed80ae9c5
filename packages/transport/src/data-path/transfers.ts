// Data plane. The two transfers of whole files, and the choice of their path. Called by the OutgoingFile and IncomingFile implementations.
// Cold: nothing happens before subscribe, and unsubscribing stops it.
import type { Observable } from 'rxjs';
import type { Connection } from '../connection.ts';
import {
  CRC_HERE_BYTES_MAX,
  KERNEL_COLD_TRANSFER_BYTES_MIN,
  KERNEL_TRANSFER_BYTES_MIN,
} from '../limits.ts';
import { receiveSinksByBuffers, sendSlicesByBuffers } from './buffers-path.ts';
import { sendHeldBack } from './held-back.ts';
import { receiveSinksByKernel, sendSlicesByKernel } from './kernel-path.ts';
import { checksumWorker, kernelWorker } from './kernel-worker-client.ts';
import { kernelPathAvailable } from './native-modules.ts';
import type { SinkOptions } from './transfer-files.ts';
import { transfer } from './transfer-run.ts';
import type { FileChunk, FileSink, FileSlice, SendContext, TransferContext } from './types.ts';

const isByKernel = (
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

/** What {@link prepareDataPath} prepares for. */
export interface DataPathNeeds {
  /** Of the largest file. */
  readonly bytes: number;
  /** The kernel will move it: over plain TCP. */
  readonly byKernel: boolean;
}

/** Starts the threads that a file will want, so that they are there when its first byte moves. */
export const prepareDataPath = ({ bytes, byKernel }: DataPathNeeds): void => {
  if (bytes > CRC_HERE_BYTES_MAX) checksumWorker.prepare();
  if (byKernel && bytes >= KERNEL_COLD_TRANSFER_BYTES_MIN && kernelPathAvailable())
    kernelWorker.prepare();
};

/**
 * Writes the slices to the connection, one after the other and nothing else. Completes when every byte was handed to the network. Errors:
 * {@link TransportError} SCM_NET_FILE (missing, too short, shrank, unreadable), SCM_NET_TIMEOUT (stalled), SCM_NET_CLOSED,
 * SCM_NET_RESET, SCM_NET_ABORTED. A transfer that did not complete leaves the connection in the middle of the payload: destroy it.
 */
export const sendSlices = (
  connection: Connection,
  slices: readonly FileSlice[],
  context: SendContext,
): Observable<FileChunk> =>
  transfer(connection, context, 'out', (run) => {
    const send = isByKernel(connection, slices, context.path)
      ? sendSlicesByKernel
      : sendSlicesByBuffers;
    const { lastBytesAfter } = context;
    return lastBytesAfter === undefined
      ? send(run, connection, slices)
      : sendHeldBack(run, slices, lastBytesAfter, (some) => send(run, connection, some));
  });

/** {@link TransferContext} of a receiver. */
export interface ReceiveContext extends TransferContext, SinkOptions {}

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
    isByKernel(connection, sinks, context.path)
      ? receiveSinksByKernel(run, connection, sinks, context)
      : receiveSinksByBuffers(run, connection, sinks, context),
  );
