// Control plane around the data plane: subscribes the cold transfers of files, counts their chunks, and stops them all at once. Called by
// FileSender and FileReceiver. Nothing is queued: chunks are passed on in the call that brings them.
import type { FileChunk } from '@scamander/transport';
import { type Observable, Subscription } from 'rxjs';

/** How a transfer ended. */
export type TransferEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'stopped' };

/** The running transfers of one session. */
export class FileTransfers {
  readonly #all = new Subscription();

  /** Subscribes and passes every chunk on; resolves when it is over on any path. Never rejects. */
  run(transfer: Observable<FileChunk>, onChunk: (chunk: FileChunk) => void): Promise<TransferEnd> {
    if (this.#all.closed) return Promise.resolve({ kind: 'stopped' });
    return new Promise((resolve) => {
      const one = new Subscription();
      this.#all.add(one);
      one.add(() => {
        this.#all.remove(one);
        resolve({ kind: 'stopped' });
      });
      const end = (how: TransferEnd): void => {
        resolve(how);
        one.unsubscribe();
      };
      one.add(
        transfer.subscribe({
          next: onChunk,
          complete: () => end({ kind: 'done' }),
          error: (error: unknown) => end({ kind: 'failed', error }),
        }),
      );
    });
  }

  /** Stops everything that runs, for good. */
  stop(): void {
    this.#all.unsubscribe();
  }
}
