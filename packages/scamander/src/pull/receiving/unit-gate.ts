// Control plane. Between the SSTables of a unit that are finished and their becoming visible: what is there already is not kept twice, and the ledger
// knows what is about to appear, and that it did. Called by the receiving port, once for each unit that brings anything.
import { relative } from 'node:path';
import type { FileError } from '@scamander/session';
import { componentPath } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Ledger } from '../../ledger/ledger.ts';
import type { ReceivedSSTable, UnitId } from '../../ledger/records.ts';
import { toFileError } from '../../outgoing/with-sstable.ts';
import type { CommitGate } from '../../serve/incoming-files.ts';
import type { FinishedSSTable } from '../../serve/incoming-sections.ts';
import type { KnownTable } from '../../serve/table-registry.ts';
import { stagedContent, type TableContents } from '../destination/contents.ts';
import { asFileError } from '../errors.ts';

/** An SSTable of a unit, as it came. */
export interface Arrived {
  readonly sstable: ReceivedSSTable;
  readonly version: string;
  /** Path of the Data.db that a stream's events name. */
  readonly name: string;
}

/** What a gate needs. */
export interface GateParts {
  readonly ledger: Ledger;
  readonly dataDirectory: string;
  readonly contents: TableContents;
  readonly unit: UnitId;
  /** Known when the session has begun. */
  readonly planId: () => string;
}

/** The gate of one unit and one session. */
export class UnitGate implements CommitGate {
  readonly #parts: GateParts;
  #arrived: readonly Arrived[] = [];
  #isReceived = false;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** True when everything of the unit is visible and the ledger says so, however the session ends. */
  get isReceived(): boolean {
    return this.#isReceived;
  }

  get arrived(): readonly Arrived[] {
    return this.#arrived;
  }

  commit(
    _table: KnownTable,
    finished: readonly FinishedSSTable[],
    appear: (admitted: readonly FinishedSSTable[]) => Promise<Either<FileError, void>>,
  ): Promise<Either<FileError, void>> {
    // One unit of a table after the other: the next one knows what this one brought.
    return this.#parts.contents.alone(() => this.#commit(finished, appear));
  }

  async #commit(
    finished: readonly FinishedSSTable[],
    appear: (admitted: readonly FinishedSSTable[]) => Promise<Either<FileError, void>>,
  ): Promise<Either<FileError, void>> {
    const kept: FinishedSSTable[] = [];
    const arrived: Arrived[] = [];
    const here = new Map<string, string>();
    for (const one of finished) {
      const next = await this.#arrival(one, here);
      if (isLeft(next)) return next;
      arrived.push(next.right);
      if (next.right.sstable.status === 'kept') kept.push(one);
    }
    this.#arrived = arrived;
    const intended = await this.#append('intended');
    if (isLeft(intended)) return intended;
    const appeared = await appear(kept);
    if (isLeft(appeared)) return appeared;
    for (const [content, path] of here) this.#parts.contents.add(content, path);
    return this.#received();
  }

  async #received(): Promise<Either<FileError, void>> {
    const appended = await this.#append('received');
    this.#isReceived = !isLeft(appended);
    return appended;
  }

  /** A node that has nothing in the ranges announces nothing, and nothing is committed. */
  async nothingCame(): Promise<Either<FileError, void>> {
    return this.#received();
  }

  async #arrival(
    { plan, received, entire }: FinishedSSTable,
    here: Map<string, string>,
  ): Promise<Either<FileError, Arrived>> {
    const { contents, dataDirectory } = this.#parts;
    const staged = await stagedContent(plan);
    if (isLeft(staged)) return left(toFileError(staged.left));
    const content = staged.right;
    const path = componentPath(plan.descriptor, 'Data.db');
    const there = contents.find(content) ?? here.get(content);
    if (there === undefined) here.set(content, path);
    return right({
      version: plan.descriptor.version,
      name: received.name,
      sstable: {
        path: relative(dataDirectory, there ?? path),
        content,
        bytes: Number(received.bytes),
        status: there === undefined ? 'kept' : 'known',
        mode: entire ? 'entire' : 'sections',
      },
    });
  }

  async #append(type: 'intended' | 'received'): Promise<Either<FileError, void>> {
    const { ledger, unit, planId } = this.#parts;
    const sstables = this.#arrived.map(({ sstable }) => sstable);
    const record = { ...unit, planId: planId(), sstables };
    const bytes = sstables.reduce((sum, one) => sum + one.bytes, 0);
    const appended = await ledger.append(
      type === 'intended' ? { type, ...record } : { type, ...record, bytes },
    );
    return isLeft(appended) ? left(asFileError(appended.left)) : right(undefined);
  }
}
