// Control plane. The open files of one SSTable, by component name. Called by the open SSTable; closes all of them at once.
import { SSTableError } from '../errors.ts';
import { componentPath } from '../naming/file-name.ts';
import type { SSTableFiles } from '../types.ts';
import { tooLong } from './decoding.ts';
import { PagedFile } from './paged-file.ts';
import { ReadableFile } from './readable-file.ts';

/** Opens components on first use and keeps them until `close()`. */
export class ComponentFiles {
  readonly files: SSTableFiles;
  readonly #open = new Map<string, Promise<ReadableFile>>();
  #isClosed = false;

  constructor(files: SSTableFiles) {
    this.files = files;
  }

  /** Whether the folder had it when it was listed. */
  has(component: string): boolean {
    return this.files.components.has(component);
  }

  path(component: string): string {
    return componentPath(this.files.descriptor, component);
  }

  /** Throws `SCM_SSTABLE_IO` after `close()`. */
  requireOpen(component: string): void {
    if (!this.#isClosed) return;
    const file = this.path(component);
    throw new SSTableError({ code: 'SCM_SSTABLE_IO', file, reason: 'the SSTable is closed' });
  }

  /** Rejects with `SCM_SSTABLE_NOT_FOUND` or `SCM_SSTABLE_IO`. */
  async file(component: string): Promise<ReadableFile> {
    this.requireOpen(component);
    let opened = this.#open.get(component);
    if (opened === undefined) {
      opened = ReadableFile.open(this.path(component));
      // a failed opening is tried again by the next caller
      opened.catch(() => this.#open.delete(component));
      this.#open.set(component, opened);
    }
    return await opened;
  }

  async paged(component: string): Promise<PagedFile> {
    return new PagedFile(await this.file(component));
  }

  /** All bytes of a component that must not be longer than the limit; its file is closed again. */
  async whole(component: string, limitBytes: number): Promise<Uint8Array> {
    const file = await ReadableFile.open(this.path(component));
    try {
      if (file.lengthBytes > limitBytes) {
        throw tooLong(file.path, undefined, 'the file', file.lengthBytes, limitBytes);
      }
      const bytes = new Uint8Array(file.lengthBytes);
      await file.read(bytes, 0, bytes.length);
      return bytes;
    } finally {
      await file.close();
    }
  }

  /** Closes what is open; later reads fail with `SCM_SSTABLE_IO`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const opened = [...this.#open.values()];
    this.#open.clear();
    const close = async (opening: Promise<ReadableFile>): Promise<void> => {
      try {
        await (await opening).close();
      } catch {
        // what could not be opened was reported to whoever asked for it, and needs no closing
      }
    };
    await Promise.all(opened.map(close));
  }
}
