// Data plane. File to connection and back by the kernel (sendfile, splice) in the worker thread. Called by sendSlices and receiveSinks. The
// bytes never enter this process, so its chunks carry none.
import type { FileHandle } from 'node:fs/promises';
import { getSystemErrorName } from 'node:util';
import type { Connection, KernelLoan } from '../connection.ts';
import { TransportError } from '../errors.ts';
import { socketError } from '../socket/node-errors.ts';
import { KernelGrants } from './kernel-grants.ts';
import { type KernelJobEnd, kernelWorker } from './kernel-worker-client.ts';
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

/** One file of a transfer: from `startBytes` of its place, `lengthBytes` long. */
type Part = {
  readonly kind: 'send' | 'receive';
  readonly path: string;
  readonly component: string;
  readonly startBytes: number;
  readonly lengthBytes: number;
};

/** Runs with the descriptor lent, gives it back on every path, and ends early when the connection takes it back. */
const borrowing = async (
  run: TransferRun,
  connection: Connection,
  direction: 'read' | 'write',
  body: (loan: KernelLoan, moved: { bytes: number }) => Promise<void>,
): Promise<void> => {
  const { kernel } = connection;
  if (kernel === undefined) throw new Error('the connection lends no descriptor');
  const loan = kernel.borrow(direction);
  const moved = { bytes: 0 };
  const onRevoked = (): void => run.abort(loan.revoked.reason as TransportError);
  loan.revoked.addEventListener('abort', onRevoked, { once: true });
  try {
    await body(loan, moved);
  } finally {
    loan.revoked.removeEventListener('abort', onRevoked);
    const [read, written] = direction === 'read' ? [moved.bytes, 0] : [0, moved.bytes];
    loan.release({ read, written });
  }
};

const failureOf = (
  run: TransferRun,
  part: Part,
  end: KernelJobEnd & { type: 'failed' },
): TransportError => {
  const cause = Object.assign(new Error(`errno ${end.errno}`), {
    code: end.errno === 0 ? '' : getSystemErrorName(-end.errno),
  });
  if (end.where === 'file')
    return end.errno === 0
      ? fileTooShort(
          run.peer,
          { ...part, offsetBytes: part.startBytes },
          part.startBytes + end.moved,
        )
      : fileError(run.peer, part.path, cause);
  if (end.errno !== 0) return socketError(run.peer, cause);
  const missing = part.lengthBytes - end.moved;
  return new TransportError({
    code: 'SCM_NET_CLOSED',
    peer: run.peer,
    while: `${missing} bytes of ${part.component} were missing`,
  });
};

/** One job of the worker. Resolves when the worker has let go of both descriptors. */
const move = async (
  run: TransferRun,
  loan: KernelLoan,
  handle: FileHandle,
  part: Part,
  counted: { bytes: number },
  onMoved: (movedBytes: number) => void = () => undefined,
): Promise<void> => {
  let reported = 0;
  const before = counted.bytes;
  const progress = (movedBytes: number): void => {
    counted.bytes = before + movedBytes;
    const offsetBytes = part.startBytes + reported;
    const lengthBytes = movedBytes - reported;
    reported = movedBytes;
    onMoved(movedBytes);
    if (lengthBytes > 0 && !run.signal.aborted)
      run.chunk(
        { file: part.path, component: part.component, offsetBytes },
        lengthBytes,
        undefined,
      );
  };
  const job = kernelWorker.start({
    kind: part.kind,
    socket: loan.fd,
    file: handle.fd,
    offsetBytes: part.startBytes,
    lengthBytes: part.lengthBytes,
    onMoved: (movedBytes) => {
      guarded(() => progress(movedBytes));
      if (!run.signal.aborted) grants.moved(movedBytes);
    },
  });
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    job.cancel();
  };
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      fail(error);
    }
  };
  const onAbort = (): void => fail(run.signal.reason);
  const grants = new KernelGrants(run, part.lengthBytes, (bytes) => job.grant(bytes), fail);
  run.signal.addEventListener('abort', onAbort, { once: true });
  run.waits.blockedMs = job.blockedMs;
  try {
    if (run.signal.aborted) onAbort();
    else guarded(() => grants.moved(0));
    const end = await job.ended;
    run.pause('own');
    counted.bytes = before + end.moved;
    if (failure !== undefined) throw failure;
    if (end.type === 'failed') throw failureOf(run, part, end);
    progress(end.moved);
  } finally {
    run.signal.removeEventListener('abort', onAbort);
  }
};

/** Sends the slices one after the other. */
export const sendSlicesByKernel = (
  run: TransferRun,
  connection: Connection,
  slices: readonly FileSlice[],
): Promise<void> =>
  borrowing(run, connection, 'write', async (loan, moved) => {
    for (const slice of slices) {
      if (slice.lengthBytes === 0) continue;
      const part: Part = { kind: 'send', ...slice, startBytes: slice.offsetBytes };
      await withSource(run, slice, (handle) => move(run, loan, handle, part, moved));
    }
  });

/** The first bytes of a sink may have left the kernel already: they are written by hand. Returns how many. */
const writeBuffered = async (
  run: TransferRun,
  sink: FileSink,
  handle: FileHandle,
  bytes: Uint8Array,
): Promise<void> => {
  if (bytes.length === 0) return;
  await run.acquire(bytes.length);
  run.chunk({ file: sink.path, component: sink.component, offsetBytes: 0 }, bytes.length, bytes);
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await onDisk(run, sink.path, () =>
      handle.write(bytes, at, bytes.length - at, at),
    );
    at += bytesWritten;
  }
};

/** Fills the sinks one after the other. */
export const receiveSinksByKernel = async (
  run: TransferRun,
  connection: Connection,
  sinks: readonly FileSink[],
  options: SinkOptions,
): Promise<void> => {
  let buffered: Uint8Array = new Uint8Array(0);
  try {
    await borrowing(run, connection, 'read', async (loan, moved) => {
      buffered = loan.buffered;
      for (const sink of sinks)
        await withSink(run, sink, options, async (handle, written) => {
          const first = buffered.subarray(0, sink.lengthBytes);
          buffered = buffered.subarray(first.length);
          await writeBuffered(run, sink, handle, first);
          const lengthBytes = sink.lengthBytes - first.length;
          const part: Part = { kind: 'receive', ...sink, startBytes: first.length, lengthBytes };
          if (lengthBytes > 0)
            await move(run, loan, handle, part, moved, (bytes) => written(first.length + bytes));
        });
    });
  } finally {
    // What followed the files belongs to the next reader.
    connection.unread(buffered);
  }
};
