// The merge by its definition, without any order of processing: what covers a row is looked up among all ranges, what wins a cell is the largest
// of all cells. Slow and plain; expected values of property tests come from here (spec: hints-commitlog-compaction F).
import {
  ClusteringComparator,
  type ClusteringPlace,
  placeOf,
} from '../../src/rows/clustering-comparator.ts';
import type {
  Cell,
  ClusteringValue,
  Column,
  ColumnData,
  DeletionTime,
  Liveness,
  Marker,
  MarkerKind,
  Row,
  Unfiltered,
} from '../../src/rows/model.ts';
import { EXPIRED_LIVENESS_TTL, MARKER_KIND, NO_DELETION_TIME } from '../../src/rows/model.ts';
import type { RowHeader } from '../../src/rows/row-header.ts';
import type { HeldPartition } from './held-rows.ts';

interface Bound {
  readonly bound: MarkerKind;
  readonly values: readonly ClusteringValue[];
}

/** What one DELETE of a range says. */
export interface Range {
  readonly start: Bound;
  readonly end: Bound;
  readonly deletion: DeletionTime;
}

const place = ({ bound, values }: Bound): ClusteringPlace => ({ kind: MARKER_KIND[bound], values });

const compareDeletions = (a: DeletionTime, b: DeletionTime): number =>
  Number(a.markedForDeleteAt - b.markedForDeleteAt) || a.localDeletionTime - b.localDeletionTime;

const largest = <T>(list: readonly T[], compare: (a: T, b: T) => number): T | undefined =>
  list.length === 0 ? undefined : list.reduce((a, b) => (compare(b, a) > 0 ? b : a));

/** The deletion that counts just before, or just behind, a place. */
const openAt = (
  ranges: readonly Range[],
  at: ClusteringPlace,
  side: 'before' | 'behind',
  comparator: ClusteringComparator,
): DeletionTime | undefined =>
  largest(
    ranges
      .filter(({ start, end }) => {
        const fromStart = comparator.comparePlaces(place(start), at);
        const toEnd = comparator.comparePlaces(at, place(end));
        return side === 'before' ? fromStart < 0 && toEnd <= 0 : fromStart <= 0 && toEnd < 0;
      })
      .map(({ deletion }) => deletion),
    compareDeletions,
  );

const isBeforeRows = ({ kind }: ClusteringPlace): boolean => kind <= 2;

const markerAt = (
  at: ClusteringPlace,
  closes: DeletionTime | undefined,
  opens: DeletionTime | undefined,
): Marker | undefined => {
  if (closes === opens) return undefined;
  if (closes !== undefined && opens !== undefined && compareDeletions(closes, opens) === 0)
    return undefined;
  const before = isBeforeRows(at);
  const bound: MarkerKind =
    closes === undefined
      ? before
        ? 'INCL_START_BOUND'
        : 'EXCL_START_BOUND'
      : opens === undefined
        ? before
          ? 'EXCL_END_BOUND'
          : 'INCL_END_BOUND'
        : before
          ? 'EXCL_END_INCL_START_BOUNDARY'
          : 'INCL_END_EXCL_START_BOUNDARY';
  return { kind: 'marker', bound, values: at.values, closes, opens };
};

/** Rows, and the markers that ranges come to. */
export const markersOf = (
  ranges: readonly Range[],
  rows: readonly Row[],
  header: RowHeader,
): readonly Unfiltered[] => {
  const comparator = new ClusteringComparator(header.clusteringTypes);
  const real = ranges.filter(
    ({ start, end }) => comparator.comparePlaces(place(start), place(end)) < 0,
  );
  const places = real
    .flatMap(({ start, end }) => [place(start), place(end)])
    .sort((a, b) => comparator.comparePlaces(a, b))
    .filter((at, i, all) => i === 0 || comparator.comparePlaces(all[i - 1] ?? at, at) !== 0);
  const markers = places.flatMap((at) => {
    const marker = markerAt(
      at,
      openAt(real, at, 'before', comparator),
      openAt(real, at, 'behind', comparator),
    );
    return marker === undefined ? [] : [marker];
  });
  return [...rows, ...markers].sort((a, b) => comparator.compareUnfiltered(a, b));
};

/** The ranges that markers stand for. */
const rangesOf = (unfiltereds: readonly Unfiltered[]): Range[] => {
  const ranges: Range[] = [];
  let open: { start: Bound; deletion: DeletionTime } | undefined;
  for (const marker of unfiltereds) {
    if (marker.kind === 'row') continue;
    if (open !== undefined) ranges.push({ ...open, end: marker });
    open = marker.opens === undefined ? undefined : { start: marker, deletion: marker.opens };
  }
  return ranges;
};

/** A total order of livenesses: the largest wins. */
const compareLiveness = (a: Liveness, b: Liveness): number => {
  const rank = ({ ttl }: Liveness): number => (ttl === EXPIRED_LIVENESS_TTL ? 2 : ttl > 0 ? 1 : 0);
  return (
    Number(a.timestamp - b.timestamp) ||
    rank(a) - rank(b) ||
    a.localExpirationTime - b.localExpirationTime
  );
};

/** A total order of cells: the largest wins. */
const compareCells = (a: Cell, b: Cell): number => {
  const rank = ({ ttl, localDeletionTime }: Cell): number =>
    localDeletionTime === NO_DELETION_TIME ? 0 : ttl > 0 ? 1 : 2;
  return (
    Number(a.timestamp - b.timestamp) ||
    rank(a) - rank(b) ||
    a.localDeletionTime - b.localDeletionTime ||
    Buffer.compare(a.value, b.value)
  );
};

/** Global shards only: of each id the highest clock, then the highest count. */
const mergeContexts = (values: readonly Uint8Array[]): Uint8Array => {
  const shards = new Map<string, Buffer>();
  for (const value of values) {
    const buffer = Buffer.from(value);
    for (let at = 2 + 2 * buffer.readInt16BE(0); at < buffer.length; at += 32) {
      const shard = buffer.subarray(at, at + 32);
      const id = shard.toString('hex', 0, 16);
      const known = shards.get(id);
      // clocks and counts are not negative here: their bytes have the same order
      if (known === undefined || shard.compare(known) > 0) shards.set(id, shard);
    }
  }
  const sorted = [...shards].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shard]) => shard);
  const head = Buffer.alloc(2 + 2 * sorted.length);
  head.writeInt16BE(sorted.length);
  for (const i of sorted.keys()) head.writeInt16BE(i - 0x8000, 2 + 2 * i);
  return Buffer.concat([head, ...sorted]);
};

const mergeCounters = (cells: readonly Cell[]): Cell | undefined => {
  const [first] = cells;
  if (first === undefined) return undefined;
  const dead = cells.filter(({ localDeletionTime }) => localDeletionTime !== NO_DELETION_TIME);
  if (dead.length > 0) return largest(dead, compareCells);
  const timestamp = largest(cells, (a, b) => Number(a.timestamp - b.timestamp))?.timestamp ?? 0n;
  return { ...first, timestamp, value: mergeContexts(cells.map(({ value }) => value)) };
};

const isAlive = (timestamp: bigint, covering: DeletionTime | undefined): boolean =>
  covering === undefined || timestamp > covering.markedForDeleteAt;

const mergeColumn = (
  column: Column,
  versions: readonly ColumnData[],
  covering: DeletionTime | undefined,
): ColumnData | undefined => {
  const all = versions.flatMap(({ cells }) => cells);
  if (!column.isComplex) {
    const alive = all.filter(({ timestamp }) => isAlive(timestamp, covering));
    const cell = column.text === 'n' ? mergeCounters(alive) : largest(alive, compareCells);
    return cell === undefined ? undefined : { column, deletion: undefined, cells: [cell] };
  }
  let deletion = largest(
    versions.flatMap((data) => (data.deletion === undefined ? [] : [data.deletion])),
    compareDeletions,
  );
  if (deletion !== undefined && covering !== undefined && compareDeletions(deletion, covering) <= 0)
    deletion = undefined;
  const alive = all.filter(({ timestamp }) => isAlive(timestamp, deletion ?? covering));
  const paths = [...new Set(alive.map(({ path }) => Buffer.from(path ?? []).readInt32BE(0)))];
  const cells = paths
    .sort((a, b) => a - b)
    .map((path) =>
      largest(
        alive.filter((cell) => Buffer.from(cell.path ?? []).readInt32BE(0) === path),
        compareCells,
      ),
    )
    .filter((cell) => cell !== undefined);
  return deletion === undefined && cells.length === 0 ? undefined : { column, deletion, cells };
};

const mergeRows = (
  rows: readonly Row[],
  active: DeletionTime | undefined,
  columns: readonly Column[],
): Row | undefined => {
  const [first] = rows;
  if (first === undefined) return undefined;
  // "One version and active deletion live → unchanged (no cleaning)"
  if (rows.length === 1 && active === undefined) return first;
  let liveness = largest(
    rows.flatMap((row) => (row.liveness === undefined ? [] : [row.liveness])),
    compareLiveness,
  );
  const deleting = largest(
    rows.filter(({ deletion }) => deletion !== undefined),
    (a, b) => compareDeletions(a.deletion as DeletionTime, b.deletion as DeletionTime),
  );
  let deletion = deleting?.deletion;
  if (
    deletion !== undefined &&
    deleting?.isShadowable === true &&
    liveness !== undefined &&
    liveness.timestamp > deletion.markedForDeleteAt
  )
    deletion = undefined;
  if (deletion !== undefined && active !== undefined && compareDeletions(deletion, active) <= 0)
    deletion = undefined;
  const covering = deletion ?? active;
  if (liveness !== undefined && !isAlive(liveness.timestamp, covering)) liveness = undefined;
  const merged = columns
    .map((column) =>
      mergeColumn(
        column,
        rows.flatMap((row) => row.columns.filter((data) => data.column.text === column.text)),
        covering,
      ),
    )
    .filter((data) => data !== undefined);
  if (liveness === undefined && deletion === undefined && merged.length === 0) return undefined;
  return {
    ...first,
    liveness,
    deletion,
    isShadowable: deletion !== undefined && deleting?.isShadowable === true,
    columns: merged,
  };
};

const mergePartitions = (parts: readonly HeldPartition[], header: RowHeader): HeldPartition => {
  const comparator = new ClusteringComparator(header.clusteringTypes);
  const deletion = largest(
    parts.flatMap((part) => (part.deletion === undefined ? [] : [part.deletion])),
    compareDeletions,
  );
  const ranges = parts
    .flatMap(({ unfiltereds }) => rangesOf(unfiltereds))
    .filter((range) => deletion === undefined || compareDeletions(range.deletion, deletion) > 0);
  const rows = parts.flatMap(({ unfiltereds }) =>
    unfiltereds.filter((unfiltered) => unfiltered.kind === 'row'),
  );
  const places = new Map(
    rows.map((row) => [Buffer.concat(row.clustering as Buffer[]).toString('hex'), row]),
  );
  const merged = [...places.values()]
    .map((row) =>
      mergeRows(
        rows.filter((other) => comparator.compareUnfiltered(row, other) === 0),
        openAt(ranges, placeOf(row), 'behind', comparator) ?? deletion,
        header.regularColumns,
      ),
    )
    .filter((row) => row !== undefined);
  return {
    key: (parts[0] as HeldPartition).key,
    deletion,
    staticRow: mergeRows(
      parts.flatMap(({ staticRow }) => (staticRow === undefined ? [] : [staticRow])),
      deletion,
      header.staticColumns,
    ),
    unfiltereds: markersOf(ranges, merged, header),
  };
};

/** What a merge of sources is, keys ascending by their bytes. */
export const naiveMerge = (
  all: readonly (readonly HeldPartition[])[],
  header: RowHeader,
): HeldPartition[] => {
  const byKey = new Map<string, HeldPartition[]>();
  for (const partition of all.flat()) {
    const key = Buffer.from(partition.key).toString('hex');
    byKey.set(key, [...(byKey.get(key) ?? []), partition]);
  }
  return [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, parts]) => mergePartitions(parts, header));
};
