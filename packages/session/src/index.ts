export type {
  FileError,
  IncomingFile,
  IncomingFiles,
  IncomingSession,
  IncomingSessionInfo,
  OutgoingFile,
  OutgoingFiles,
  ReceivedFile,
} from './ports.ts';
