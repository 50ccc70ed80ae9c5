// Control plane. The closed union of everything a session asks for. Called by step() (makes them) and the runtime (performs them). Types only.
import type {
  StreamFile,
  StreamMessageHeader,
  StreamRequest,
  StreamSummary,
  UuidText,
} from '@scamander/wire-codec';
import type { StreamEvent } from '../events.ts';
import type { ControlMessage } from './inputs.ts';
import type { TimerName } from './model.ts';

type WithoutContext<T> = T extends unknown ? Omit<T, 'session' | 'atMs'> : never;

/** An event before the runtime adds session and time. */
export type EventBody = WithoutContext<StreamEvent>;

/** What to do, in order. */
export type SessionEffect =
  /** Open the control connection; answer Connected or DialFailed. */
  | { readonly type: 'DialControl' }
  /** Write on the control connection, after what was written before. */
  | { readonly type: 'Send'; readonly message: ControlMessage }
  /** Find the files for the peer's requests; answer FilesSelected or PrepareFailed. */
  | { readonly type: 'SelectFiles'; readonly requests: readonly StreamRequest[] }
  /** Ask the receiving end; answer IncomingPrepared or PrepareFailed. */
  | { readonly type: 'PrepareIncoming'; readonly summaries: readonly StreamSummary[] }
  /** Dial for file data; answer FileConnectionOpened or FileConnectionFailed. */
  | { readonly type: 'OpenFileConnection'; readonly connection: number }
  /** Write STREAM, the header and the payload; answer FileHandedOver and FileSent, or FileFailed. */
  | {
      readonly type: 'SendFile';
      readonly connection: number;
      readonly file: number;
      readonly header: StreamMessageHeader;
    }
  /** Open, take the payload, verify; answer FileOpened, FileReceived or FileFailed. Only then read on. */
  | {
      readonly type: 'ReceiveFile';
      readonly connection: number;
      readonly incoming: number;
      readonly file: StreamFile;
    }
  /** Make a table visible; answer TableCommitted or CommitFailed. */
  | { readonly type: 'CommitTable'; readonly tableId: UuidText }
  /** The session is done with a file it sent. */
  | { readonly type: 'ReleaseFile'; readonly file: number }
  /** Replaces a timer of that name. */
  | { readonly type: 'ArmTimer'; readonly timer: TimerName; readonly afterMs: number }
  | { readonly type: 'CancelTimer'; readonly timer: TimerName }
  | { readonly type: 'Emit'; readonly event: EventBody }
  /**
   * The end: stop every transfer and dial, release every file not yet released, remove what was received and not committed
   * (`keep` false), let what was sent before leave, close every connection. No input changes the session any more.
   */
  | { readonly type: 'CloseEverything'; readonly keep: boolean };
