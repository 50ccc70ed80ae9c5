// Data plane. CRC-32 of files while they are being received: the checksum worker reads back what was written, some way behind the writer,
// so that little is left to read after the last byte. Called by withSink, and by whoever verifies what was received.
import { type FileHandle, open } from 'node:fs/promises';
import { CRC_BEHIND_BYTES, CRC_HERE_BYTES_MAX } from '../limits.ts';
import { crcOfEnd, type FileCrc32Options, fileCrc32, OURSELVES } from './file-crc32.ts';
import { checksumWorker, type KernelJob } from './kernel-worker-client.ts';
import { fileError } from './transfer-files.ts';
import type { FileSink } from './types.ts';

/** The checksum of one file that grows. */
class GrowingCrc32 {
  readonly #sink: FileSink;
  readonly #result: Promise<number>;
  #job: KernelJob | undefined;
  #writtenBytes = 0;
  #grantedBytes = 0;
  #cancelled = false;

  constructor(sink: FileSink) {
    this.#sink = sink;
    this.#result = this.#run();
    // Whoever asks for it hears of a failure; nobody may, when the transfer itself fails.
    this.#result.catch(() => undefined);
  }

  get result(): Promise<number> {
    return this.#result;
  }

  /** So many bytes, from the first on, are in the file. */
  written(bytes: number): void {
    this.#writtenBytes = bytes;
    this.#grant();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#job?.cancel();
  }

  #grant(): void {
    const fresh = this.#writtenBytes - this.#grantedBytes;
    const isEnd = this.#writtenBytes >= this.#sink.lengthBytes;
    if (this.#job === undefined || fresh <= 0 || (fresh < CRC_BEHIND_BYTES && !isEnd)) return;
    this.#grantedBytes += fresh;
    this.#job.grant(fresh);
  }

  async #run(): Promise<number> {
    const { path, component, lengthBytes } = this.#sink;
    try {
      const handle = await open(path, 'r');
      try {
        return crcOfEnd(await this.#read(handle), { path, component, offsetBytes: 0, lengthBytes });
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw fileError(OURSELVES, path, error);
    }
  }

  #read(handle: FileHandle): KernelJob['ended'] {
    this.#job = checksumWorker.start({
      kind: 'crc',
      socket: -1,
      file: handle.fd,
      offsetBytes: 0,
      lengthBytes: this.#sink.lengthBytes,
      onMoved: () => undefined,
    });
    if (this.#cancelled) this.#job.cancel();
    this.#grant();
    return this.#job.ended;
  }
}

/** The checksums of one transfer's files. Give it to receiveSinks, ask it afterwards, and close it on every path. */
export class SinkChecksums {
  readonly #growing = new Map<string, GrowingCrc32>();

  /** Called when the sink's file exists. Undefined for a file so small that it is quicker to read it when it is asked for. */
  begin(sink: FileSink): { written(bytes: number): void } | undefined {
    if (sink.lengthBytes <= CRC_HERE_BYTES_MAX) return undefined;
    const growing = new GrowingCrc32(sink);
    this.#growing.set(sink.path, growing);
    return growing;
  }

  /**
   * CRC-32 of a whole file, read back from the disk's cache: what was summed up while it was received, or as {@link fileCrc32} where
   * that was not done. Errors as there.
   */
  async crc32(path: string, options: FileCrc32Options = {}): Promise<number> {
    const growing = this.#growing.get(path);
    if (growing === undefined) return fileCrc32(path, options);
    const crc = await growing.result;
    options.signal?.throwIfAborted();
    return crc;
  }

  /** Ends what still runs. */
  close(): void {
    for (const growing of this.#growing.values()) growing.cancel();
    this.#growing.clear();
  }
}
