export type {
  Connection,
  ConnectionClosed,
  ConnectOptions,
  KernelAccess,
  Listener,
  Transport,
} from './connection.ts';
export type { FileChunk, FileSink, FileSlice, TransferContext } from './data-path/types.ts';
export { TransportError, type TransportErrorType, transportErrorMessage } from './errors.ts';
