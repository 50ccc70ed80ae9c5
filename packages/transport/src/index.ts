export type {
  Connection,
  ConnectionClosed,
  ConnectOptions,
  KernelAccess,
  KernelLoan,
  Listener,
  Transport,
} from './connection.ts';
export { type DataPathCounters, dataPathCounters } from './data-path/counters.ts';
export { type FileCrc32Options, fileCrc32 } from './data-path/file-crc32.ts';
export { kernelPathAvailable } from './data-path/native-modules.ts';
export {
  type DescribePiece,
  type PayloadPull,
  receivePieces,
  receivePulled,
  sendPieces,
  skipBytes,
} from './data-path/pieces.ts';
export { SinkChecksums } from './data-path/sink-checksums.ts';
export type { SinkOptions } from './data-path/transfer-files.ts';
export type { PiecePlace } from './data-path/transfer-run.ts';
export {
  type DataPathNeeds,
  prepareDataPath,
  type ReceiveContext,
  receiveSinks,
  sendSlices,
} from './data-path/transfers.ts';
export type {
  FileChunk,
  FileSink,
  FileSlice,
  SendContext,
  TransferContext,
} from './data-path/types.ts';
export { DataPathWaits, type PeerWaitSums, type WaitSums } from './data-path/waits.ts';
export {
  type TlsProblem,
  TransportError,
  type TransportErrorType,
  transportErrorMessage,
} from './errors.ts';
export {
  type ConnectionFaults,
  type DirectionFaults,
  type FaultPlan,
  faultsOf,
} from './faulty/fault-plan.ts';
export type { FaultyParts } from './faulty/faulty-connection.ts';
export { faultyTransport } from './faulty/faulty-transport.ts';
export {
  type AcceptInternodeOptions,
  acceptInternode,
  type InternodePeer,
} from './handshake/accept-internode.ts';
export {
  type DialStreamingOptions,
  dialStreaming,
  type StreamingConnection,
} from './handshake/dial-streaming.ts';
export {
  type MemoryNetwork,
  type MemoryNetworkOptions,
  memoryNetwork,
} from './memory/memory-network.ts';
export {
  type CertificateView,
  lookAtTls,
  type TlsLookOptions,
  type TlsView,
} from './socket/look-at-tls.ts';
export { type TcpTransportOptions, tcpTransport } from './socket/tcp-transport.ts';
export { type TlsTransportOptions, tlsTransport } from './socket/tls-transport.ts';
