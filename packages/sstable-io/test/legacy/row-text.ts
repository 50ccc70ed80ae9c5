// Rows of any reader as lines that can be compared. Called by this folder's tests only.
import type { Cell, DeletionTime, PartitionHead, Row, Unfiltered } from '../../src/rows/model.ts';
import { NO_DELETION_TIME } from '../../src/rows/model.ts';
import type { RowReader } from '../../src/rows/row-reader.ts';

/** What is left out because two nodes never agree on it. */
export interface TextOptions {
  /** Seconds of deletion and expiry, random parts of list paths, identities and clocks of counters, row markers of static rows (2.0). */
  readonly isAcrossNodes?: boolean;
}

/** A partition: its key in hex, and a line for its deletion, static row, rows and markers each. */
export interface PartitionText {
  readonly key: string;
  readonly lines: readonly string[];
}

const hex = (bytes: Uint8Array | null): string =>
  bytes === null ? 'null' : Buffer.from(bytes).toString('hex');

const seconds = (value: number, { isAcrossNodes }: TextOptions): string =>
  value === NO_DELETION_TIME ? '' : isAcrossNodes === true ? '@' : `@${value}`;

const deletionText = (deletion: DeletionTime | undefined, options: TextOptions): string =>
  deletion === undefined
    ? '-'
    : `${deletion.markedForDeleteAt}${seconds(deletion.localDeletionTime, options)}`;

/** The count of a counter with one shard: its node and clock are the node's own, and so is what tells global shards from old ones. */
const counterText = (value: Uint8Array): string => `counter ${hex(value.subarray(-8))}`;

const cellText = (cell: Cell, kind: string, options: TextOptions): string => {
  const { timestamp, ttl, localDeletionTime, path, value } = cell;
  const isAcross = options.isAcrossNodes === true;
  const isCounter = kind === 'counter';
  const at = isCounter && isAcross ? '' : ` ${timestamp}`;
  const where = path === undefined ? '' : isAcross && kind === 'list' ? '[]' : `[${hex(path)}]`;
  const what = isCounter && isAcross && value.length > 0 ? counterText(value) : hex(value);
  return `${where}${what}${at} ${ttl}${seconds(localDeletionTime, options)}`;
};

const rowText = (row: Row, options: TextOptions): string => {
  const { liveness } = row;
  const parts = [
    row.isStatic ? 'static' : `row ${row.clustering.map(hex).join(',')}`,
    liveness === undefined || (row.isStatic && options.isAcrossNodes === true)
      ? '-'
      : `${liveness.timestamp} ${liveness.ttl}${seconds(liveness.localExpirationTime, options)}`,
    deletionText(row.deletion, options),
    ...row.columns.map(({ column, deletion, cells }) => {
      const kind = column.type.kind === 'native' ? column.type.name : column.type.kind;
      const texts = cells.map((cell) => cellText(cell, kind, options));
      return `${column.text}: ${deletionText(deletion, options)} ${texts.join(' ')}`;
    }),
  ];
  return parts.join(' | ');
};

/** One row or marker. */
export const unfilteredText = (unfiltered: Unfiltered, options: TextOptions = {}): string => {
  if (unfiltered.kind === 'row') return rowText(unfiltered, options);
  const { bound, values, closes, opens } = unfiltered;
  const at = values.map(hex).join(',');
  return `${bound} ${at} | ${deletionText(closes, options)} | ${deletionText(opens, options)}`;
};

const headLines = ({ deletion, staticRow }: PartitionHead, options: TextOptions): string[] => [
  ...(deletion === undefined ? [] : [`deleted ${deletionText(deletion, options)}`]),
  ...(staticRow === undefined ? [] : [rowText(staticRow, options)]),
];

/** Everything that a reader gives. `see` looks at each row or marker while its bytes stand. */
export const readText = async (
  reader: RowReader,
  options: TextOptions = {},
  see: (unfiltered: Unfiltered | undefined) => void = () => undefined,
): Promise<PartitionText[]> => {
  const partitions: PartitionText[] = [];
  for (;;) {
    const head = await reader.nextPartition();
    if (head === undefined) break;
    const lines: string[] = [];
    for (;;) {
      const batch = await reader.nextBatch();
      if (batch.length === 0) break;
      for (const unfiltered of batch) {
        see(unfiltered);
        lines.push(unfilteredText(unfiltered, options));
      }
    }
    see(undefined);
    partitions.push({ key: hex(head.key), lines: [...headLines(head, options), ...lines] });
  }
  await reader.close();
  return partitions;
};
