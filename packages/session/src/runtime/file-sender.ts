// Control plane around the data plane: sends one file after another over file connections, and releases each exactly once (spec:
// streaming-4.0-plus §2.7). Called by the session runtime. Knows files only through OutgoingFile.
import type { Connection } from '@scamander/transport';
import { encodeStreamMessage, type StreamMessageHeader } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { OutgoingInfo } from '../machine/model.ts';
import type { OutgoingFile } from '../ports.ts';
import { fileCause, transferCause } from './causes.ts';
import { writeWatched } from './control-writer.ts';
import { guarded, type SessionLink } from './session-link.ts';
import type { FileCounter } from './session-progress.ts';

/** What the machine needs to know of a file. */
export const outgoingInfo = (file: OutgoingFile): Omit<OutgoingInfo, 'sequenceNumber'> => ({
  name: file.name,
  tableId: file.tableId,
  summaryFiles: file.summaryFiles,
  transferSizeBytes: file.transferSizeBytes,
  entire: file.entire,
  repairedAtMs: file.repairedAtMs,
  pendingRepair: file.pendingRepair,
});

/** The files one session sends. */
export class FileSender {
  readonly #link: SessionLink;
  #files: readonly OutgoingFile[] = [];
  #counters: readonly FileCounter[] = [];
  readonly #held = new Set<OutgoingFile>();

  constructor(link: SessionLink) {
    this.#link = link;
  }

  /** Takes the files over; from here on they are released by this object. */
  take(files: readonly OutgoingFile[]): void {
    this.#files = files;
    for (const file of files) this.#held.add(file);
    this.#counters = files.map((file) =>
      this.#link.progress.add({
        direction: 'out',
        file: file.name,
        tableId: file.tableId,
        sizeBytes: file.transferSizeBytes,
      }),
    );
  }

  /** Writes STREAM and the payload of one file; tells the session how it went. */
  async send(connection: Connection, index: number, header: StreamMessageHeader): Promise<void> {
    const file = this.#files[index];
    const counter = this.#counters[index];
    if (file === undefined || counter === undefined) throw new RangeError(`no file ${index}`);
    this.#link.progress.begin(counter);
    const headed = await this.#writeHeader(connection, file, header);
    if (!headed || this.#link.closing) return;
    await this.#writePayload(connection, index, file, counter);
  }

  /** The session is done with a file. */
  async release(index: number): Promise<void> {
    const file = this.#files[index];
    const counter = this.#counters[index];
    if (counter !== undefined) counter.status = 'done';
    if (file !== undefined) await this.#release(file);
  }

  /** Releases what is left. */
  async releaseAll(): Promise<void> {
    await Promise.all([...this.#held].map((file) => this.#release(file)));
  }

  async #release(file: OutgoingFile): Promise<void> {
    if (!this.#held.delete(file)) return;
    // a file that can't be let go is its owner's trouble, not the session's
    await guarded(() => file.release());
  }

  #failed(thrown: unknown, file: OutgoingFile): false {
    const error = transferCause(thrown, this.#link.peer, file.name);
    this.#link.feed({ type: 'FileFailed', error });
    return false;
  }

  async #writeHeader(
    connection: Connection,
    file: OutgoingFile,
    message: StreamMessageHeader,
  ): Promise<boolean> {
    const link = this.#link;
    const answer = await guarded(() => file.header());
    if (answer instanceof Error) return this.#failed(answer, file);
    if (isLeft(answer)) {
      link.feed({ type: 'FileFailed', error: fileCause(answer.left, link.peer) });
      return false;
    }
    if (link.closing) return false;
    try {
      const bytes = encodeStreamMessage(
        { type: 'Stream', message, header: answer.right },
        link.wireContext(),
      );
      const { messageMs } = link.timeouts;
      const written = await writeWatched(link.clock, connection, bytes, messageMs);
      if (written === 'written') return true;
      link.feed({ type: 'ConnectionStalled', connection: -1, afterMs: messageMs });
      return false;
    } catch (error) {
      return this.#failed(error, file);
    }
  }

  async #writePayload(
    connection: Connection,
    index: number,
    file: OutgoingFile,
    counter: FileCounter,
  ): Promise<void> {
    const link = this.#link;
    const size = Number(file.transferSizeBytes);
    let handedOver = false;
    const context = link.transferContext(file.entire);
    const end = await link.transfers.run(file.send(connection, context), (chunk) => {
      link.progress.moved(counter, chunk.lengthBytes);
      if (!handedOver && counter.bytes >= size) {
        handedOver = true;
        link.feed({ type: 'FileHandedOver', file: index });
      }
      link.chunk(chunk);
    });
    if (end.kind === 'done') {
      link.progress.finish(counter, 'sent');
      link.feed({ type: 'FileSent', file: index, bytes: BigInt(counter.bytes) });
    } else {
      link.progress.finish(counter, 'failed');
      if (end.kind === 'failed') this.#failed(end.error, file);
    }
  }
}
