// Data plane. Index.db, Summary.db and the atoms of Data.db read side by side (spec: sstable-index-and-stats §10 rules 4–6, as far as they
// hold before `ma`). Called by the deep verification of old SSTables.
import { BigIndex } from '../../big-index/big-index.ts';
import { IndexScanner } from '../../big-index/index-scanner.ts';
import { corrupt } from '../../io/decoding.ts';
import { PROMOTED_INDEX_BYTES_MAX } from '../../limits.ts';
import { DataRowSource } from '../../rows/data-row-source.ts';
import type { Findings } from '../../verify/findings.ts';
import { hex } from '../../verify/key-order.ts';
import { PartitionSizes } from '../../verify/partition-sizes.ts';
import { SummaryCheck } from '../../verify/summary.ts';
import type { LegacyAtom } from '../atom.ts';
import { LegacyAtomReader } from '../atom-reader.ts';
import type { LegacyParts } from '../legacy-parts.ts';
import type { LegacyPartition } from '../row-decoder.ts';
import type { LegacyRowForm } from '../row-form.ts';
import { LegacyPromotedIndex } from './legacy-promoted-index.ts';

/** Smallest and largest timestamp of what a file holds. */
class Timestamps {
  min: bigint | undefined;
  max: bigint | undefined;

  add(timestamp: bigint): void {
    if (this.min === undefined || timestamp < this.min) this.min = timestamp;
    if (this.max === undefined || timestamp > this.max) this.max = timestamp;
  }

  addAtom(atom: LegacyAtom): void {
    this.add(atom.kind === 'cell' ? atom.timestamp : atom.deletion.markedForDeleteAt);
  }
}

/** One pass over the data and its index. */
class PartitionCheck {
  readonly #parts: LegacyParts;
  readonly #findings: Findings;
  readonly #atoms: LegacyAtomReader;
  readonly #sizes: PartitionSizes;
  readonly #timestamps = new Timestamps();
  readonly #form: LegacyRowForm;

  constructor(parts: LegacyParts, form: LegacyRowForm, findings: Findings) {
    this.#parts = parts;
    this.#form = form;
    this.#findings = findings;
    const { source, partitioner, statistics } = parts;
    const storedShare = source.file.lengthBytes / source.dataLengthBytes;
    let done = 0;
    const progress = (bytes: number): void => {
      findings.read(Math.floor((bytes - done) * storedShare));
      done = bytes;
    };
    this.#atoms = new LegacyAtomReader(new DataRowSource(source), {
      ...form,
      partitioner,
      progress,
    });
    this.#sizes = new PartitionSizes(statistics.estimatedPartitionSize);
  }

  async run(): Promise<void> {
    const { files, index } = this.#parts;
    const file = await files.file('Index.db');
    const scanner = new IndexScanner(file, 0, 'scan', this.#parts.features.indexLayout);
    const summary =
      index instanceof BigIndex && index.summary !== undefined
        ? await SummaryCheck.begin(index.summary, files.path('Summary.db'))
        : undefined;
    while (await scanner.next()) {
      await this.#partition(scanner, file.path);
      const { count } = this.#sizes;
      const { key, entryOffset } = scanner;
      if (summary?.wants(entryOffset)) await summary.entry(key, entryOffset, count - 1);
    }
    const surplus = await this.#atoms.nextPartition();
    if (surplus !== undefined) {
      const found = `its end, though there is key ${hex(surplus.key)} at ${surplus.position}`;
      throw corrupt(file.path, file.lengthBytes, found, 'an entry for every row of Data.db');
    }
    summary?.end(this.#sizes.count);
    this.#compareStatistics();
  }

  async #partition(scanner: IndexScanner, path: string): Promise<void> {
    const { key, entryOffset, dataPosition } = scanner;
    const row = await this.#atoms.nextPartition();
    if (row === undefined || row.position !== dataPosition || Buffer.compare(row.key, key) !== 0) {
      const found = `key ${hex(key)} at ${dataPosition}`;
      const expected = row === undefined ? 'the end' : `${hex(row.key)} at ${row.position}`;
      throw corrupt(path, entryOffset, found, `${expected}, as in Data.db`);
    }
    const promoted = await this.#promotedOf(scanner, path, row);
    if (row.deletion !== undefined) this.#timestamps.add(row.deletion.markedForDeleteAt);
    for (;;) {
      const batch = await this.#atoms.nextBatch();
      if (batch.length === 0) break;
      for (const [i, atom] of batch.entries()) {
        this.#timestamps.addAtom(atom);
        promoted?.atom(atom, this.#atoms.batchStarts[i] as number);
      }
    }
    promoted?.end(this.#atoms.position);
    this.#sizes.add(this.#atoms.position - row.position);
  }

  async #promotedOf(
    { promotedBytes, promotedOffset, entryOffset }: IndexScanner,
    path: string,
    row: LegacyPartition,
  ): Promise<LegacyPromotedIndex | undefined> {
    if (promotedBytes === 0) return undefined;
    if (promotedBytes > PROMOTED_INDEX_BYTES_MAX) {
      this.#findings.warn(
        `Index.db: the ${promotedBytes} bytes of blocks at byte ${entryOffset} were not checked`,
      );
      return undefined;
    }
    const bytes = new Uint8Array(promotedBytes);
    await (await this.#parts.files.file('Index.db')).read(bytes, promotedOffset, promotedBytes);
    return new LegacyPromotedIndex(path, promotedOffset, bytes, row, {
      endMarkBytes: this.#form.layout === 'marked' ? 2 : 0,
      hasFilter: this.#parts.features.hasPromotedFilter,
      isSuper: this.#form.isSuper,
    });
  }

  /** Nodes of 3.x live with any histogram; timestamps that are wrong make them leave an SSTable out of a read. */
  #compareStatistics(): void {
    const difference = this.#sizes.difference();
    if (difference !== undefined) this.#findings.warn(difference);
    const { version } = this.#parts.features;
    const { minTimestamp, maxTimestamp } = this.#parts.statistics;
    const { min, max } = this.#timestamps;
    if (minTimestamp !== undefined && min !== undefined && minTimestamp > min) {
      this.#findings.warn(`Statistics.db says timestamps from ${minTimestamp} on, there is ${min}`);
    }
    // before `hd` the maximum left out deletions
    const isTrue = version >= 'hd' && maxTimestamp !== undefined;
    if (isTrue && max !== undefined && maxTimestamp < max) {
      this.#findings.warn(`Statistics.db says timestamps to ${maxTimestamp}, there is ${max}`);
    }
  }
}

/** Throws the first contradiction as SSTableError. */
export const checkLegacyPartitions = async (
  parts: LegacyParts,
  findings: Findings,
): Promise<void> => new PartitionCheck(parts, await parts.form(), findings).run();
