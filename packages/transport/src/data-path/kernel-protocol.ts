// Data plane. What the main thread and the worker thread say to each other, and what the worker is given. Called by the files of the kernel
// path. Holds types only.

/** What the main thread orders. All numbers of descriptors belong to this process. */
export type KernelOrder =
  | {
      readonly type: 'start';
      readonly id: number;
      readonly kind: 'send' | 'receive' | 'crc';
      readonly socket: number;
      readonly file: number;
      readonly offset: number;
      readonly length: number;
      /** Bytes that may move at once, without a grant. */
      readonly granted: number;
      /** CRC-32 of what comes before, for `crc`. */
      readonly seed: number;
      /** Where in `waits` the job's waits for its socket are added up. */
      readonly slot: number;
    }
  | { readonly type: 'grant'; readonly id: number; readonly bytes: number }
  | { readonly type: 'cancel'; readonly id: number };

/** What it hears. `moved` counts from the start of the job. `errno` 0 means the end of the file or of the connection. */
export type KernelNews =
  | { readonly type: 'ready'; readonly wakeFd: number }
  | { readonly type: 'moved'; readonly id: number; readonly moved: number }
  | { readonly type: 'done'; readonly id: number; readonly moved: number; readonly crc: number }
  | { readonly type: 'cancelled'; readonly id: number; readonly moved: number }
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly moved: number;
      readonly where: 'file' | 'socket';
      readonly errno: number;
    };

/** What the thread starts with: where the optional modules are (empty = absent), and the numbers of limits.ts. */
export interface KernelWorkerSetup {
  readonly koffiPath: string;
  readonly crcPath: string;
  readonly reportBytes: number;
  readonly reportMs: number;
  readonly pipeBytes: number;
  readonly reserveBytes: number;
  readonly turnBytes: number;
  readonly pollMs: number;
  readonly crcBufferBytes: number;
  /**
   * Shared with the main thread, which only reads: milliseconds. The first is the time of all turns, the others belong to the slots of jobs. Where
   * Node runs, eight bytes are written at once.
   */
  readonly waits: Float64Array;
  readonly errnos: {
    readonly again: number;
    readonly interrupted: number;
    readonly invalid: number;
    readonly noSpace: number;
    readonly noQuota: number;
  };
}

/** The calls of libc that are used, all of them on int descriptors; -1 means look at errno(). */
export interface KernelCalls {
  sendfile(out: number, input: number, offset: BigInt64Array, count: number): number;
  splice(
    input: number,
    offsetIn: null,
    output: number,
    offsetOut: BigInt64Array | null,
    length: number,
    flags: number,
  ): number;
  poll(fds: Int32Array, count: number, timeoutMs: number): number;
  fcntl(fd: number, command: number, value: number): number;
  fallocate(fd: number, mode: number, offset: number, length: number): number;
  pipe2(fds: Int32Array, flags: number): number;
  close(fd: number): number;
  errno(): number;
}

/** What the thread takes from Node. */
export interface KernelWorkerParts {
  readonly setup: KernelWorkerSetup;
  readonly nowMs: () => number;
  readonly next: () => KernelOrder | undefined;
  readonly tell: (news: KernelNews) => void;
  readonly readAt: (
    fd: number,
    buffer: Uint8Array,
    count: number,
    position: number | null,
  ) => number;
  readonly writeAt: (fd: number, buffer: Uint8Array, count: number, position: number) => number;
  readonly crc32: (bytes: Uint8Array, start: number) => number;
  readonly calls: KernelCalls | undefined;
}
