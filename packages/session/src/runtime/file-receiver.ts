// Control plane around the data plane: takes files off connections into the receiving end, one transaction per table (spec:
// streaming-4.0-plus §5.2, §5.3). Called by the session runtime. Knows files only through IncomingSession and IncomingFile.
import type { Connection } from '@scamander/transport';
import type { StreamFile, StreamSummary, UuidText } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { IncomingFile, IncomingFiles, IncomingSession } from '../ports.ts';
import { fileCause, transferCause } from './causes.ts';
import { guarded, type SessionLink } from './session-link.ts';
import type { FileCounter } from './session-progress.ts';

/** The files one session receives. */
export class FileReceiver {
  readonly #link: SessionLink;
  readonly #incoming: IncomingFiles | undefined;
  #session: IncomingSession | undefined;
  readonly #open = new Set<IncomingFile>();
  readonly #work = new Set<Promise<void>>();
  /** Per connection: the file that is being verified while the next one arrives. */
  readonly #finishing = new Map<Connection, Promise<void>>();

  constructor(link: SessionLink, incoming: IncomingFiles | undefined) {
    this.#link = link;
    this.#incoming = incoming;
  }

  /** Opens the receiving end and asks it about every table. */
  prepare(summaries: readonly StreamSummary[]): Promise<void> {
    return this.#tracked(async () => {
      const link = this.#link;
      const { planId, sessionIndex, peer, operation, pendingRepair } = link.identity;
      const info = { planId, sessionIndex, peer, operation, pendingRepair };
      const session = await guarded(async () => this.#incoming?.begin(info));
      if (session instanceof Error || session === undefined)
        return link.feed({
          type: 'PrepareFailed',
          error: transferCause(session ?? new Error('nothing takes files'), link.peer, 'PREPARE'),
        });
      this.#session = session;
      for (const summary of summaries) {
        const answer = await guarded(() => session.prepare(summary));
        if (answer instanceof Error)
          return link.feed({
            type: 'PrepareFailed',
            error: transferCause(answer, link.peer, `table ${summary.tableId}`),
          });
        if (isLeft(answer))
          return link.feed({ type: 'PrepareFailed', error: fileCause(answer.left, link.peer) });
      }
      link.feed({ type: 'IncomingPrepared' });
    });
  }

  /** Takes one file. Resolves true when its last byte is off the connection, so that the next message may be read. */
  async receive(connection: Connection, incoming: number, stream: StreamFile): Promise<boolean> {
    const file = await this.#openFile(stream);
    if (file === undefined) return false;
    const link = this.#link;
    const counter = link.progress.add({
      direction: 'in',
      file: file.name,
      tableId: stream.message.tableId,
      sizeBytes: file.transferSizeBytes,
    });
    link.feed({
      type: 'FileOpened',
      incoming,
      name: file.name,
      summaryFiles: file.summaryFiles,
      sizeBytes: file.transferSizeBytes,
    });
    if (link.closing) return false;
    link.progress.begin(counter);
    const context = link.transferContext(stream.header.entire !== undefined);
    const end = await link.transfers.run(file.receive(connection, context), (chunk) => {
      link.progress.moved(counter, chunk.lengthBytes);
      link.chunk(chunk);
    });
    if (end.kind !== 'done') {
      link.progress.finish(counter, 'failed');
      if (end.kind === 'failed')
        link.feed({
          type: 'FileFailed',
          error: transferCause(end.error, link.peer, file.name),
        });
      return false;
    }
    // one file may be verified while the next arrives, not more: memory and dirty pages stay bounded
    await this.#finishing.get(connection);
    this.#finishing.set(connection, this.#finish(file, incoming, counter));
    return !link.closing;
  }

  /** Makes a table visible. */
  commit(tableId: UuidText): Promise<void> {
    return this.#tracked(async () => {
      const { link, session } = { link: this.#link, session: this.#session };
      const answer = await guarded(async () => session?.commitTable(tableId));
      if (answer instanceof Error || answer === undefined) {
        const error = transferCause(answer ?? new Error('no session'), link.peer, tableId);
        link.feed({ type: 'CommitFailed', tableId, error });
      } else if (isLeft(answer)) {
        link.feed({ type: 'CommitFailed', tableId, error: fileCause(answer.left, link.peer) });
      } else {
        link.feed({ type: 'TableCommitted', tableId, received: answer.right });
      }
    });
  }

  /** The end. With `keep` false everything that was not committed is removed; a commit under way is waited for. */
  async close(keep: boolean): Promise<void> {
    await Promise.all([...this.#open].map((file) => guarded(() => file.abort())));
    await Promise.all(this.#work);
    // files that were opened while we waited
    await Promise.all([...this.#open].map((file) => guarded(() => file.abort())));
    this.#open.clear();
    const session = this.#session;
    if (!keep && session !== undefined) await guarded(() => session.abort());
  }

  #tracked(work: () => Promise<void>): Promise<void> {
    const promise = work().finally(() => this.#work.delete(promise));
    this.#work.add(promise);
    return promise;
  }

  async #openFile(stream: StreamFile): Promise<IncomingFile | undefined> {
    const link = this.#link;
    const label = `file ${stream.message.sequenceNumber} of table ${stream.message.tableId}`;
    let opened: IncomingFile | undefined;
    await this.#tracked(async () => {
      const session = this.#session;
      const answer = await guarded(async () => session?.open(stream));
      if (answer instanceof Error || answer === undefined) {
        const error = transferCause(answer ?? new Error('no session'), link.peer, label);
        link.feed({ type: 'FileFailed', error });
      } else if (isLeft(answer)) {
        link.feed({ type: 'FileFailed', error: fileCause(answer.left, link.peer) });
      } else {
        opened = answer.right;
        this.#open.add(opened);
      }
    });
    return link.closing ? undefined : opened;
  }

  #finish(file: IncomingFile, incoming: number, counter: FileCounter): Promise<void> {
    return this.#tracked(async () => {
      const link = this.#link;
      const answer = await guarded(() => file.finish());
      if (answer instanceof Error || isLeft(answer)) {
        link.progress.finish(counter, 'failed');
        const error =
          answer instanceof Error
            ? transferCause(answer, link.peer, file.name)
            : fileCause(answer.left, link.peer);
        link.feed({ type: 'FileFailed', error });
        return;
      }
      link.progress.finish(counter, 'done');
      if (link.closing) return;
      this.#open.delete(file);
      link.feed({ type: 'FileReceived', incoming, received: answer.right });
    });
  }
}
