// Control plane. Digests of large SSTables, computed while the SSTables are already being sent. Filled by sources.ts, asked by clearance.ts.
// One at a time, so that each is known as early as can be: those whose files are on their way first, then in the order of the load.
import { openSSTable, type SSTableError, type SSTableFiles } from '@scamander/sstable-io';
import type { fileCrc32 } from '@scamander/transport';
import { isLeft } from 'fp-ts/lib/Either.js';

/** What Data.db's checksum came to. */
export interface DigestVerdict {
  /** Undefined where the file could not be read. */
  readonly checksum: number | undefined;
  /** Why the SSTable may not be loaded. */
  readonly error: SSTableError | undefined;
}

/** What the digests are computed with. */
export interface LateDigestParts {
  readonly fileCrc32: typeof fileCrc32;
  readonly signal: AbortSignal;
  readonly progress: (files: SSTableFiles, bytes: number) => void;
}

/** One SSTable's digest. */
export class LateDigest {
  readonly files: SSTableFiles;
  /** Resolves when it is known. Rejects only when it or the load was given up. */
  readonly verdict: Promise<DigestVerdict>;
  /** Set when it is known. */
  known: DigestVerdict | undefined;
  readonly #cancel = new AbortController();
  readonly #hurry: (digest: LateDigest) => void;

  /** Called by {@link LateDigests} only. */
  constructor(
    files: SSTableFiles,
    verdict: Promise<DigestVerdict>,
    hurry: (digest: LateDigest) => void,
  ) {
    this.files = files;
    this.#hurry = hurry;
    this.verdict = verdict.then((known) => {
      this.known = known;
      return known;
    });
    this.verdict.catch(() => undefined);
  }

  /** Nobody needs it any more. */
  cancel(): void {
    this.#cancel.abort();
  }

  get cancelled(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Resolves when the digest is right, rejects with what is wrong. The file waits for it, so it is computed next. */
  async cleared(): Promise<void> {
    this.#hurry(this);
    const { error } = await this.verdict;
    if (error !== undefined) throw error;
  }
}

type Waiting = {
  readonly digest: LateDigest;
  readonly resolve: (verdict: DigestVerdict) => void;
  readonly reject: (reason: unknown) => void;
  isWanted: boolean;
};

const digestOf = async (
  { files, cancelled }: LateDigest,
  parts: LateDigestParts,
): Promise<DigestVerdict> => {
  const signal = AbortSignal.any([parts.signal, cancelled]);
  signal.throwIfAborted();
  const opened = await openSSTable(files, { fileCrc32: parts.fileCrc32 });
  if (isLeft(opened)) return { checksum: undefined, error: opened.left };
  try {
    const { checksums, errors } = await opened.right.verify('quick', {
      part: 'digest',
      signal,
      progress: (bytes) => parts.progress(files, bytes),
    });
    return { checksum: checksums['Data.db'], error: errors[0] };
  } finally {
    await opened.right.close();
  }
};

/** The digests of one table's SSTables. */
export class LateDigests {
  readonly #parts: LateDigestParts;
  readonly #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(parts: LateDigestParts) {
    this.#parts = parts;
  }

  /** Puts one at the end of the line. */
  add(files: SSTableFiles): LateDigest {
    let settle: Pick<Waiting, 'resolve' | 'reject'> | undefined;
    const verdict = new Promise<DigestVerdict>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const digest = new LateDigest(files, verdict, (one) => this.#want(one));
    if (settle !== undefined) this.#waiting.push({ digest, ...settle, isWanted: false });
    void this.#run();
    return digest;
  }

  #want(digest: LateDigest): void {
    const at = this.#waiting.findIndex((one) => one.digest === digest);
    const [found] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (found === undefined) return;
    found.isWanted = true;
    const before = this.#waiting.findIndex(({ isWanted }) => !isWanted);
    this.#waiting.splice(before < 0 ? this.#waiting.length : before, 0, found);
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      try {
        next.resolve(await digestOf(next.digest, this.#parts));
      } catch (reason) {
        next.reject(reason);
      }
    }
    this.#isRunning = false;
  }
}
