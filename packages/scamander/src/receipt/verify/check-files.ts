// Control plane. Are the files as the receipt says? Sizes first, then what each file's bytes come to. Called by verifyReceipt; the reading is done in
// threads.
import { stat } from 'node:fs/promises';
import { componentPath } from '@scamander/sstable-io';
import type { fileCrc32 } from '@scamander/transport';
import type { ScamanderErrorType } from '../../errors.ts';
import { fileDigests } from '../component-digests.ts';
import type { ComponentRecord } from '../receipt.ts';
import type { Expected, ExpectedSSTable } from './expected.ts';
import type { VerifyEvent, VerifyFinding } from './verify-types.ts';

/** What the checks need. */
export interface FileCheckParts {
  readonly level: 'quick' | 'whole';
  readonly fileCrc32: typeof fileCrc32;
  readonly signal: AbortSignal;
  readonly emit: (event: VerifyEvent) => void;
}

const DATA = 'Data.db';

const hex = (crc: number): string => crc.toString(16).padStart(8, '0');

const isNotFound = (cause: unknown): boolean =>
  cause instanceof Error &&
  'code' in cause &&
  (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');

const unreadable = (path: string, cause: unknown): ScamanderErrorType => ({
  code: 'SCM_VERIFY_IO',
  kind: 'failed',
  message: `the file can’t be read: ${cause instanceof Error ? cause.message : String(cause)}`,
  where: path,
  lost: 'nothing; this file is not checked',
  advice: 'see to the disk and its permissions, then run again',
  retryable: true,
});

const totalOf = (sstables: readonly ExpectedSSTable[]): number =>
  sstables
    .flatMap(({ components }) => Object.values(components))
    .reduce((sum, { bytes }) => sum + bytes, 0);

/** Checks one SSTable after the other, and counts. */
export class FileCheck {
  readonly findings: VerifyFinding[] = [];
  readonly problems: ScamanderErrorType[] = [];
  files = 0;
  bytes = 0;
  unproven = 0;
  readonly #parts: FileCheckParts;
  #before = 0;
  #totalBytes = 0;

  constructor(parts: FileCheckParts) {
    this.#parts = parts;
  }

  /** Paths of the SSTables that are as they should be, as far as that is known. */
  async check(sstables: readonly ExpectedSSTable[]): Promise<ReadonlySet<string>> {
    this.#totalBytes = totalOf(sstables);
    const sound = new Set<string>();
    for (const sstable of sstables) {
      this.#parts.signal.throwIfAborted();
      const before = this.findings.length + this.problems.length;
      await this.#sstable(sstable);
      if (this.findings.length + this.problems.length === before) sound.add(sstable.path);
    }
    return sound;
  }

  /** What is there beside what is expected. */
  checkSurplus({ sstables, found, isAll, earlier }: Expected): void {
    let others = 0;
    const expected = new Map(sstables.map((one) => [one.path, one]));
    for (const [path, { descriptor, components }] of found) {
      const known = expected.get(path);
      if (known === undefined) {
        if (earlier.has(path)) others += 1;
        else if (isAll) this.#find({ kind: 'surplus', path });
        continue;
      }
      // of a receipt that knows nothing of its files, nothing is surplus
      if (Object.keys(known.components).length === 0) continue;
      for (const name of components.keys())
        if (!Object.hasOwn(known.components, name))
          this.#find({ kind: 'surplus', path: componentPath(descriptor, name) });
    }
    if (others > 0)
      this.#parts.emit({
        type: 'Warning',
        message: `${others} SSTables came with other pulls into this directory; the receipts of those prove them`,
      });
  }

  /** Something could not be looked at. */
  problem(error: ScamanderErrorType): void {
    this.problems.push(error);
    this.#parts.emit({ type: 'Problem', error });
  }

  #find(finding: VerifyFinding): void {
    this.findings.push(finding);
    this.#parts.emit({ type: 'Found', finding });
  }

  async #sstable({ path, components }: ExpectedSSTable): Promise<void> {
    const prefix = path.slice(0, -DATA.length);
    const entries = Object.entries(components);
    if (!Object.hasOwn(components, DATA)) await this.#file(path, path, undefined);
    for (const [name, record] of entries) {
      await this.#file(path, `${prefix}${name}`, record);
      this.#before += record.bytes;
      this.#tell(path, 0);
    }
  }

  #tell(sstable: string, bytes: number): void {
    this.#parts.emit({
      type: 'Checking',
      sstable,
      bytes: this.#before + bytes,
      totalBytes: this.#totalBytes,
    });
  }

  async #file(sstable: string, path: string, record: ComponentRecord | undefined): Promise<void> {
    try {
      const { size } = await stat(path);
      this.files += 1;
      this.bytes += size;
      if (record === undefined) this.unproven += 1;
      else if (size === record.bytes) await this.#contents(sstable, path, record);
      else this.#changed(path, 'size', `${record.bytes} bytes`, `${size} bytes`);
    } catch (cause) {
      this.#parts.signal.throwIfAborted();
      if (isNotFound(cause)) this.#find({ kind: 'missing', path });
      else this.problem(unreadable(path, cause));
    }
  }

  async #contents(sstable: string, path: string, record: ComponentRecord): Promise<void> {
    const { signal, level } = this.#parts;
    const progress = (bytes: number): void => this.#tell(sstable, bytes);
    if (level === 'whole' && record.sha256 !== undefined) {
      const { crc32, sha256 } = await fileDigests({ path, signal, progress }, record.bytes);
      if (record.crc32 !== undefined && crc32 !== record.crc32)
        this.#changed(path, 'CRC-32', hex(record.crc32), hex(crc32));
      else if (sha256 !== record.sha256) this.#changed(path, 'SHA-256', record.sha256, sha256);
    } else if (record.crc32 !== undefined) {
      const crc32 = await this.#parts.fileCrc32(path, { signal, progress });
      if (crc32 !== record.crc32) this.#changed(path, 'CRC-32', hex(record.crc32), hex(crc32));
    } else this.unproven += 1;
  }

  #changed(
    path: string,
    what: Extract<VerifyFinding, { kind: 'changed' }>['what'],
    expected: string,
    found: string,
  ): void {
    this.#find({ kind: 'changed', path, what, expected, found });
  }
}
