// Files in memory, for both ports, that remember what was done to them. Called by tests only.
import {
  type Connection,
  type FileChunk,
  type TransferContext,
  TransportError,
} from '@scamander/transport';
import {
  endpointText,
  type ManifestEntry,
  type StreamFile,
  type StreamSummary,
} from '@scamander/wire-codec';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { Observable } from 'rxjs';
import type {
  FileError,
  IncomingFile,
  IncomingFiles,
  IncomingSession,
  IncomingSessionInfo,
  OutgoingFile,
  ReceivedFile,
} from '../../src/ports.ts';
import { streamHeader } from '../machine/story.ts';

/** Bytes a test can recognise. */
export const pattern = (length: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 31 + seed * 17 + (at >> 8)) & 0xff;
  return bytes;
};

const chunkOf = (
  direction: 'out' | 'in',
  file: string,
  offsetBytes: number,
  bytes: Uint8Array,
  context: TransferContext,
): FileChunk => ({
  direction,
  file,
  component: 'Data.db',
  offsetBytes,
  lengthBytes: bytes.length,
  atMs: context.clock.nowMs(),
  bytes,
});

/** Rejects when nothing moves in time, as the data path of transport does. */
const watched = <T>(context: TransferContext, peer: string, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const cancel = context.clock.setTimer(context.stallTimeoutMs, () =>
      reject(
        new TransportError({
          code: 'SCM_NET_TIMEOUT',
          peer,
          waitingFor: 'file bytes',
          afterMs: context.stallTimeoutMs,
        }),
      ),
    );
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });

type Loop = (emit: (chunk: FileChunk) => void, stopped: () => boolean) => Promise<void>;

const cold = (loop: Loop): Observable<FileChunk> =>
  new Observable((subscriber) => {
    let stopped = false;
    loop(
      (chunk) => subscriber.next(chunk),
      () => stopped,
    ).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => {
      stopped = true;
    };
  });

/** A file to send: `parts` are the components of an entire SSTable, or one part of a partial one. */
export class MemoryOutgoing implements OutgoingFile {
  readonly name: string;
  readonly tableId: string;
  readonly repairedAtMs = 0n;
  readonly pendingRepair = undefined;
  readonly summaryFiles: number;
  readonly transferSizeBytes: bigint;
  readonly entire: boolean;
  readonly #parts: readonly Uint8Array[];
  readonly #pieceBytes: number;
  released = 0;
  headers = 0;

  constructor(
    name: string,
    tableId: string,
    parts: readonly Uint8Array[],
    entire = true,
    pieceBytes = 1000,
  ) {
    this.name = name;
    this.tableId = tableId;
    this.#parts = parts;
    this.#pieceBytes = pieceBytes;
    this.entire = entire;
    this.summaryFiles = entire ? parts.length : 1;
    this.transferSizeBytes = BigInt(parts.reduce((sum, part) => sum + part.length, 0));
  }

  async header() {
    this.headers += 1;
    const manifest: ManifestEntry[] = this.#parts.map((part, index) => ({
      name: `${index}.db`,
      lengthBytes: BigInt(part.length),
    }));
    const header = streamHeader(this.tableId);
    if (this.entire) return right({ ...header, entire: { manifest, firstKey: new Uint8Array(4) } });
    return right({ ...header, sections: [{ lower: 0n, upper: this.transferSizeBytes }] });
  }

  send(connection: Connection, context: TransferContext): Observable<FileChunk> {
    return cold(async (emit, stopped) => {
      let offset = 0;
      for (const part of this.#parts)
        for (let at = 0; at < part.length; at += this.#pieceBytes) {
          const piece = part.subarray(at, at + this.#pieceBytes);
          await context.limiter.acquire(piece.length);
          if (stopped()) return;
          emit(chunkOf('out', this.name, offset, piece, context));
          await watched(context, endpointText(connection.remote), connection.write(piece));
          offset += piece.length;
        }
    });
  }

  async release(): Promise<void> {
    this.released += 1;
  }
}

/** Where received files go: what is committed is visible, nothing else. */
export class MemoryStore implements IncomingFiles {
  readonly visible = new Map<string, Uint8Array[]>();
  readonly sessions: MemoryIncomingSession[] = [];
  /** A test may refuse or break any step. */
  refusePrepare: FileError | undefined;
  refuseOpen: FileError | undefined;
  refuseFinish: FileError | undefined;
  refuseCommit: FileError | undefined;
  throws: 'begin' | 'prepare' | 'open' | 'finish' | 'commitTable' | undefined;
  /** How many bytes follow a header; by default the parts of MemoryOutgoing, which sends no LZ4 blocks. */
  payloadBytesOf: ((file: StreamFile) => number) | undefined;
  /** Holds commitTable() back until resolved. */
  commitGate: Promise<void> | undefined;

  begin(info: IncomingSessionInfo): IncomingSession {
    this.breaks('begin');
    const session = new MemoryIncomingSession(this, info);
    this.sessions.push(session);
    return session;
  }

  breaks(step: NonNullable<MemoryStore['throws']>): void {
    if (this.throws === step) throw new Error(`${step} is broken`);
  }

  /** Files being received or not yet committed. */
  get open(): number {
    return this.sessions.reduce((sum, session) => sum + session.files.size, 0);
  }
}

class MemoryIncomingSession implements IncomingSession {
  readonly info: IncomingSessionInfo;
  readonly #store: MemoryStore;
  readonly files = new Set<MemoryIncoming>();
  readonly prepared: StreamSummary[] = [];
  aborted = 0;

  constructor(store: MemoryStore, info: IncomingSessionInfo) {
    this.#store = store;
    this.info = info;
  }

  async prepare(summary: StreamSummary): Promise<Either<FileError, void>> {
    this.#store.breaks('prepare');
    const { refusePrepare } = this.#store;
    if (refusePrepare !== undefined) return left(refusePrepare);
    this.prepared.push(summary);
    return right(undefined);
  }

  async open(file: StreamFile): Promise<Either<FileError, IncomingFile>> {
    this.#store.breaks('open');
    if (this.#store.refuseOpen !== undefined) return left(this.#store.refuseOpen);
    const incoming = new MemoryIncoming(this.#store, this, file);
    this.files.add(incoming);
    return right(incoming);
  }

  async commitTable(tableId: string): Promise<Either<FileError, readonly ReceivedFile[]>> {
    this.#store.breaks('commitTable');
    await this.#store.commitGate;
    if (this.#store.refuseCommit !== undefined) return left(this.#store.refuseCommit);
    const mine = [...this.files].filter((file) => file.tableId === tableId);
    const contents = mine.map((file) => file.bytes());
    this.#store.visible.set(tableId, [...(this.#store.visible.get(tableId) ?? []), ...contents]);
    for (const file of mine) this.files.delete(file);
    return right(mine.map((file) => file.received()));
  }

  async abort(): Promise<void> {
    this.aborted += 1;
    this.files.clear();
  }
}

class MemoryIncoming implements IncomingFile {
  readonly name: string;
  readonly tableId: string;
  readonly summaryFiles: number;
  readonly transferSizeBytes: bigint;
  readonly #store: MemoryStore;
  readonly #session: MemoryIncomingSession;
  readonly #pieces: Uint8Array[] = [];
  readonly #payloadBytes: number;

  constructor(store: MemoryStore, session: MemoryIncomingSession, { message, header }: StreamFile) {
    this.#store = store;
    this.#session = session;
    this.name = `in-${message.tableId.slice(0, 1)}${message.sequenceNumber}`;
    this.tableId = message.tableId;
    const lengths = header.entire?.manifest.map(({ lengthBytes }) => lengthBytes);
    this.summaryFiles = lengths?.length ?? 1;
    this.transferSizeBytes =
      lengths?.reduce((sum, length) => sum + length, 0n) ??
      header.sections.reduce((sum, { lower, upper }) => sum + upper - lower, 0n);
    const size = Number(this.transferSizeBytes);
    this.#payloadBytes = store.payloadBytesOf?.({ type: 'Stream', message, header }) ?? size;
  }

  receive(connection: Connection, context: TransferContext): Observable<FileChunk> {
    return cold(async (emit, stopped) => {
      const peer = endpointText(connection.remote);
      let left = this.#payloadBytes;
      while (left > 0 && !stopped()) {
        const bytes = await watched(context, peer, connection.read());
        if (bytes === null)
          throw new TransportError({ code: 'SCM_NET_CLOSED', peer, while: 'inside a file' });
        const mine = bytes.subarray(0, left);
        this.#pieces.push(Uint8Array.from(mine));
        emit(chunkOf('in', this.name, this.#payloadBytes - left, mine, context));
        left -= mine.length;
        if (bytes.length > mine.length) connection.unread(bytes.subarray(mine.length));
      }
    });
  }

  async finish(): Promise<Either<FileError, ReceivedFile>> {
    this.#store.breaks('finish');
    const { refuseFinish } = this.#store;
    return refuseFinish === undefined ? right(this.received()) : left(refuseFinish);
  }

  async abort(): Promise<void> {
    this.#session.files.delete(this);
  }

  received(): ReceivedFile {
    return { name: this.name, bytes: this.transferSizeBytes, checksums: {} };
  }

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#pieces));
  }
}
