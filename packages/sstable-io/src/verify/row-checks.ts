// Data plane. Everything that deep verification looks at in a row, in one pass: values, times, and what the statistics should say. Called by the
// walk over the partitions.
import type { SSTableParts } from '../io/sstable-parts.ts';
import type { PartitionHead, Row, Unfiltered } from '../rows/model.ts';
import type { RowHeader } from '../rows/row-header.ts';
import { StatisticsCollector } from '../statistics/statistics-collector.ts';
import type { Findings } from './findings.ts';
import { HistogramRecount } from './histogram-recount.ts';
import type { RowVisitor } from './partition-walk.ts';
import { checkRecount, releaseOf } from './statistics-recount.ts';
import { TimeChecks } from './time-checks.ts';
import { ValueChecks } from './value-checks.ts';

const cellCount = (row: Row): number => {
  let count = 0;
  for (let i = 0; i < row.columns.length; i++)
    count += (row.columns[i] as Row['columns'][0]).cells.length;
  return count;
};

/** One instance for an SSTable. */
export class RowChecks implements RowVisitor {
  readonly #parts: SSTableParts;
  readonly #header: RowHeader;
  readonly #values: ValueChecks;
  readonly #times = new TimeChecks();
  readonly #statistics: StatisticsCollector;
  readonly #cells: HistogramRecount;
  #cellsOfPartition = 0;

  constructor(parts: SSTableParts, header: RowHeader) {
    const { features, statistics } = parts;
    this.#parts = parts;
    this.#header = header;
    this.#values = new ValueChecks(header);
    this.#statistics = new StatisticsCollector({
      header,
      features,
      release: releaseOf(statistics, features),
    });
    this.#cells = new HistogramRecount(statistics.stats.estimatedCellPerPartitionCount);
  }

  startPartition(head: PartitionHead): void {
    const { key, deletion, staticRow } = head;
    this.#statistics.startPartition(key, deletion, staticRow);
    this.#values.startPartition(key, staticRow);
    this.#times.startPartition(deletion, staticRow);
    this.#cellsOfPartition = staticRow === undefined ? 0 : cellCount(staticRow);
  }

  add(unfiltered: Unfiltered): void {
    this.#statistics.add(unfiltered);
    this.#values.add(unfiltered);
    this.#times.add(unfiltered);
    if (unfiltered.kind === 'row') this.#cellsOfPartition += cellCount(unfiltered);
  }

  endPartition(lengthBytes: number): void {
    this.#statistics.endPartition(lengthBytes);
    this.#cells.add(this.#cellsOfPartition);
  }

  /** After the last partition. */
  report(findings: Findings): void {
    const { files, statistics, index } = this.#parts;
    this.#values.report(files.path('Data.db'), findings);
    this.#times.report(findings);
    const header = this.#header;
    const recount = this.#statistics.finish({
      compressionRatio: statistics.stats.compressionRatio,
      firstKey: index.firstKey,
      lastKey: index.lastKey,
    });
    checkRecount(this.#parts, { header, ...recount }, findings);
    // mc and na files of early releases count every partition twice
    const isTwice = this.#parts.features.version < 'nb' && this.#cells.isSame(2);
    if (!this.#cells.isSame() && !isTwice) {
      findings.warn('Statistics.db counts other numbers of cells in partitions than there are');
    }
  }
}
