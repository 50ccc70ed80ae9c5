// Control plane. The SSTables of one table as far as they are checked: all at first, but for those that every replica has by the ledger; those
// too, once a changed ring wants them. Made by load-table.
import type { DiscoveredTable, SSTableFiles } from '@scamander/sstable-io';
import { fileCrc32 } from '@scamander/transport';
import type { ResolvedTable } from '../target/target.ts';
import type { LoadContext } from './load-context.ts';
import { lookBack } from './look-back.ts';
import { dataPathOf } from './source-record.ts';
import {
  type CheckedSources,
  checkSources,
  type SettledSources,
  type SourceSSTable,
} from './sources.ts';

/** See the head of this file. */
export class CheckedTable {
  readonly #source: DiscoveredTable;
  readonly #table: ResolvedTable;
  readonly #context: LoadContext;
  readonly #checks: { readonly of: ReadonlySet<string>; readonly checked: CheckedSources }[] = [];
  #contents: ReadonlyMap<string, string> = new Map();
  #unread = new Set<string>();

  constructor(source: DiscoveredTable, table: ResolvedTable, context: LoadContext) {
    this.#source = source;
    this.#table = table;
    this.#context = context;
  }

  /** Checks what may have to be sent. Throws where the load is given up meanwhile. */
  async begin(): Promise<void> {
    const { sstables, contents, delivered } = await lookBack(
      this.#source,
      this.#table,
      this.#context,
    );
    this.#contents = contents;
    this.#unread = new Set(delivered);
    await this.#check(sstables);
  }

  /** All that may be sent, and all that was delivered before. */
  get sound(): readonly SourceSSTable[] {
    return this.#last(
      ({ sound }) => sound,
      ({ dataPath }) => dataPath,
    );
  }

  /** Checks those of these that were not; says whether there were any. */
  async read(wanted: ReadonlySet<string>): Promise<boolean> {
    const files = this.#source.sstables.filter((one) => {
      const path = dataPathOf(one);
      return wanted.has(path) && this.#unread.delete(path);
    });
    if (files.length > 0) await this.#check(files);
    return files.length > 0;
  }

  /** The last word on all of them. */
  async settled(): Promise<SettledSources> {
    const all = await Promise.all(this.#checks.map(({ checked }) => checked.settled));
    const keep = <T>(part: (one: SettledSources) => readonly T[], path: (item: T) => string) =>
      this.#last((_, index) => part(all[index] as SettledSources), path);
    return {
      sound: keep(
        ({ sound }) => sound,
        ({ dataPath }) => dataPath,
      ),
      records: keep(
        ({ records }) => records,
        ({ sstable }) => sstable,
      ),
      problems: all.flatMap(({ problems }) => problems),
    };
  }

  /** Of each SSTable what its last check says. */
  #last<T>(
    part: (checked: CheckedSources, index: number) => readonly T[],
    path: (item: T) => string,
  ): readonly T[] {
    return this.#checks.flatMap(({ checked }, index) =>
      part(checked, index).filter(
        (item) => !this.#checks.slice(index + 1).some((later) => later.of.has(path(item))),
      ),
    );
  }

  async #check(sstables: readonly SSTableFiles[]): Promise<void> {
    const { options, parts, emit, signal } = this.#context;
    const checked = await checkSources(
      { ...this.#source, sstables },
      {
        target: this.#table.schema,
        level: options.verify ?? 'auto',
        contents: this.#contents,
        delivered: this.#unread,
        digests: options.dryRun === true ? 'crc32' : (options.digests ?? 'crc32'),
        fileCrc32: parts.sourceCrc32 ?? fileCrc32,
        emit,
        signal,
      },
    );
    this.#checks.push({ of: new Set(sstables.map(dataPathOf)), checked });
  }
}
