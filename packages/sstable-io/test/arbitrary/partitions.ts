// Random partitions of a random table, well-formed and in order: rows, range tombstones, static rows, cells of every kind. Called by property
// tests and by the lanes that show written SSTables to real nodes.
import { ByteWriter } from '@scamander/bytes';
import { type CqlType, comparatorOf } from '@scamander/cql-types';
import type { Partitioner } from '@scamander/ring';
import fc from 'fast-check';
import { valuesOf as cqlValues } from '../../../cql-types/test/arbitrary-values.ts';
import {
  ClusteringComparator,
  type ClusteringPlace,
  opensRange,
} from '../../src/rows/clustering-comparator.ts';
import {
  type Cell,
  type ClusteringValue,
  type Column,
  type ColumnData,
  type DeletionTime,
  type Liveness,
  MARKER_KIND,
  type Marker,
  type MarkerKind,
  NO_DELETION_TIME,
  type Row,
  type Unfiltered,
} from '../../src/rows/model.ts';
import { type RowHeader, rowHeaderOf } from '../../src/rows/row-header.ts';
import { headerOfTable, type RandomTable } from './tables.ts';

/** One partition, all of it. */
export interface RandomPartition {
  readonly key: Uint8Array;
  readonly deletion: DeletionTime | undefined;
  readonly staticRow: Row | undefined;
  readonly unfiltereds: readonly Unfiltered[];
}

/** What the data may hold. */
export interface DataOptions {
  readonly partitionsMax: number;
  readonly rowsMax: number;
  /** Deletions, TTLs and markers; without them all cells live. */
  readonly deletions: boolean;
  /** Whether values and clustering values may be empty where CQL allows it. */
  readonly empty: boolean;
  /** For partitions that shall meet others: what they are made of, and few times, so that they are equal now and then. @default anything */
  readonly meeting?: Places | undefined;
}

/** Keys and clusterings to choose from. */
export interface Places {
  readonly keys: fc.Arbitrary<Bytes>;
  readonly clusterings: fc.Arbitrary<readonly Bytes[]>;
}

/** About when everything is written. */
export const NOW_SECONDS = 1_700_000_000;
const NOW_MICROS = BigInt(NOW_SECONDS) * 1_000_000n;

/** Microseconds in which deletions of one level lie: those of partitions are older than those of ranges, rows, complex columns, and all cells. */
export const LEVEL_MICROS = 1_000_000;
type Level = 'partition' | 'range' | 'row' | 'column';
const LEVELS: readonly Level[] = ['partition', 'range', 'row', 'column'];

/**
 * Cells and liveness are newer than every deletion around them: Cassandra neither writes what a deletion in the same SSTable shadows, nor looks
 * for it where it reads one SSTable alone.
 */
const timestamps = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.integer({ min: 0, max: 1_000_000 }).map((n) => NOW_MICROS + BigInt(n)),
  },
  { weight: 2, arbitrary: fc.constant(NOW_MICROS) },
  { weight: 1, arbitrary: fc.bigInt({ min: NOW_MICROS, max: (1n << 62n) - 1n }) },
);
/** Of partitions that meet others: so many times, and so far from each other that a whole day can stand between two of them. */
const TIMES = 4;
export const MEETING_STEP_SECONDS = 100_000;
const secondsOf = ({ meeting }: DataOptions): fc.Arbitrary<number> =>
  meeting === undefined
    ? fc.integer({ min: NOW_SECONDS, max: NOW_SECONDS + 1_000_000 })
    : fc.nat(TIMES - 1).map((n) => NOW_SECONDS + n * MEETING_STEP_SECONDS);
/** So far ahead that nothing expires while a test runs. */
const ttls = fc.integer({ min: 300_000_000, max: 360_000_000 });
/** Partitions that meet others have also cells that expired long ago. */
const ttlsOf = ({ meeting }: DataOptions): fc.Arbitrary<number> =>
  meeting === undefined
    ? ttls
    : fc.oneof(ttls, fc.constantFrom(MEETING_STEP_SECONDS, 3 * MEETING_STEP_SECONDS));

const deletionsOf = (level: Level, options: DataOptions): fc.Arbitrary<DeletionTime> =>
  fc
    .tuple(fc.nat((options.meeting === undefined ? LEVEL_MICROS : TIMES) - 1), secondsOf(options))
    .map(([n, localDeletionTime]) => ({
      markedForDeleteAt:
        NOW_MICROS - BigInt((LEVELS.length - LEVELS.indexOf(level)) * LEVEL_MICROS - n),
      localDeletionTime,
    }));

const maybe = <T>(
  arbitrary: fc.Arbitrary<T>,
  isOn: boolean,
  freq: number,
): fc.Arbitrary<T | undefined> =>
  isOn ? fc.option(arbitrary, { nil: undefined, freq }) : fc.constant(undefined);

const liveness = (options: DataOptions): fc.Arbitrary<Liveness> =>
  fc
    .tuple(timestamps, secondsOf(options), maybe(ttlsOf(options), options.deletions, 3))
    .map(([timestamp, at, ttl]) => ({
      timestamp,
      ttl: ttl ?? 0,
      localExpirationTime: ttl === undefined ? NO_DELETION_TIME : at + ttl,
    }));

/** The smallest column of a type as the value of a cell. */
type Bytes = Uint8Array;

const cellOf = (
  value: fc.Arbitrary<Bytes>,
  path: Bytes | undefined,
  options: DataOptions,
): fc.Arbitrary<Cell> => {
  const live = fc.record({
    timestamp: timestamps,
    ttl: fc.constant(0),
    localDeletionTime: fc.constant(NO_DELETION_TIME),
    path: fc.constant(path),
    value,
  });
  if (!options.deletions) return live;
  const tombstone = fc.record({
    timestamp: timestamps,
    ttl: fc.constant(0),
    localDeletionTime: secondsOf(options),
    path: fc.constant(path),
    value: fc.constant(new Uint8Array(0)),
  });
  const expiring = fc
    .tuple(timestamps, ttlsOf(options), secondsOf(options), value)
    .map(([timestamp, ttl, at, bytes]) => ({
      timestamp,
      ttl,
      localDeletionTime: at + ttl,
      path,
      value: bytes,
    }));
  return fc.oneof(
    { weight: 6, arbitrary: live },
    { weight: 1, arbitrary: tombstone },
    { weight: 1, arbitrary: expiring },
  );
};

const nothing = fc.constant(new Uint8Array(0));
const timeuuid: CqlType = { kind: 'native', name: 'timeuuid' };

const sortedUnique = (list: readonly Bytes[], compare: (a: Bytes, b: Bytes) => number): Bytes[] => {
  const sorted = [...list].sort(compare);
  return sorted.filter((item, i) => i === 0 || compare(sorted[i - 1] as Bytes, item) !== 0);
};

const complexCells = (type: CqlType, options: DataOptions): fc.Arbitrary<readonly Cell[]> => {
  const [pathType, valueType]: [CqlType, CqlType | undefined] =
    type.kind === 'map'
      ? [type.key, type.value]
      : type.kind === 'list'
        ? [timeuuid, type.element]
        : type.kind === 'set'
          ? [type.element, undefined]
          : [timeuuid, undefined];
  // An empty path or element is nothing that CQL lets in.
  const paths = fc.array(cqlValues(pathType, { empty: false, modest: true }), {
    minLength: 1,
    maxLength: 4,
  });
  const value =
    valueType === undefined ? nothing : cqlValues(valueType, { empty: false, modest: true });
  return paths.chain((list) =>
    fc.tuple(
      ...sortedUnique(list, comparatorOf(pathType)).map((path) => cellOf(value, path, options)),
    ),
  );
};

const columnData = (column: Column, options: DataOptions): fc.Arbitrary<ColumnData> => {
  if (!column.isComplex)
    return cellOf(
      cqlValues(column.type, { empty: options.empty, modest: true }),
      undefined,
      options,
    ).map((cell) => ({
      column,
      deletion: undefined,
      cells: [cell],
    }));
  const cells = complexCells(column.type, options);
  const deletion = maybe(deletionsOf('column', options), options.deletions, 2);
  return fc.tuple(deletion, cells, fc.boolean()).map(([deleted, list, keeps]) => ({
    column,
    deletion: deleted,
    cells: deleted !== undefined && !keeps ? [] : list,
  }));
};

const columnsOf = (
  columns: readonly Column[],
  options: DataOptions,
): fc.Arbitrary<readonly ColumnData[]> =>
  fc
    .tuple(
      ...columns.map((column) =>
        fc.option(columnData(column, options), { nil: undefined, freq: 3 }),
      ),
    )
    .map((list) => list.filter((data) => data !== undefined));

const rowWith = (
  clustering: readonly ClusteringValue[],
  header: RowHeader,
  options: DataOptions,
): fc.Arbitrary<Row> =>
  fc
    .record({
      given: fc.option(liveness(options), { nil: undefined, freq: 4 }),
      deletion: maybe(deletionsOf('row', options), options.deletions, 5),
      columns: columnsOf(header.regularColumns, options),
      fallback: liveness(options),
    })
    .map(({ given, deletion, columns, fallback }) => ({
      kind: 'row',
      isStatic: false,
      clustering,
      // a row with nothing in it is no row
      liveness: given ?? (columns.length === 0 && deletion === undefined ? fallback : undefined),
      deletion,
      isShadowable: false,
      columns,
    }));

const staticRow = (header: RowHeader, options: DataOptions): fc.Arbitrary<Row | undefined> =>
  columnsOf(header.staticColumns, options).map((columns) =>
    columns.length === 0
      ? undefined
      : {
          kind: 'row',
          isStatic: true,
          clustering: [],
          liveness: undefined,
          deletion: undefined,
          isShadowable: false,
          columns,
        },
  );

const STARTS: readonly MarkerKind[] = ['INCL_START_BOUND', 'EXCL_START_BOUND'];
const ENDS: readonly MarkerKind[] = ['EXCL_END_BOUND', 'INCL_END_BOUND'];

/** The bound of the same rank that does the other thing. */
const OPPOSITE: Readonly<Record<string, MarkerKind>> = {
  INCL_START_BOUND: 'EXCL_END_BOUND',
  EXCL_START_BOUND: 'INCL_END_BOUND',
  EXCL_END_BOUND: 'INCL_START_BOUND',
  INCL_END_BOUND: 'EXCL_START_BOUND',
};
const BOUNDARY: Readonly<Record<string, MarkerKind>> = {
  INCL_START_BOUND: 'EXCL_END_INCL_START_BOUNDARY',
  EXCL_START_BOUND: 'INCL_END_EXCL_START_BOUNDARY',
};

interface Bound {
  readonly kind: MarkerKind;
  readonly values: readonly ClusteringValue[];
  readonly deletion: DeletionTime;
}

const bounds = (
  values: fc.Arbitrary<readonly Bytes[]>,
  options: DataOptions,
): fc.Arbitrary<Bound> =>
  fc
    .tuple(fc.constantFrom(...STARTS, ...ENDS), values, fc.nat(3), deletionsOf('range', options))
    .map(([kind, list, cut, deletion]) => ({
      kind,
      values: list.slice(0, Math.max(1, list.length - cut)),
      deletion,
    }));

const sameDeletion = (a: DeletionTime, b: DeletionTime): boolean =>
  a.markedForDeleteAt === b.markedForDeleteAt && a.localDeletionTime === b.localDeletionTime;

/** Makes bounds in order into markers that open and close in turn. */
const markersOf = (sorted: readonly Bound[]): readonly Marker[] => {
  const markers: Marker[] = [];
  let open: DeletionTime | undefined;
  for (const [i, { kind, values, deletion }] of sorted.entries()) {
    const isStart = opensRange(MARKER_KIND[kind]);
    const isLast = i === sorted.length - 1;
    if (open === undefined) {
      if (isLast) break;
      const bound = isStart ? kind : (OPPOSITE[kind] as MarkerKind);
      markers.push({ kind: 'marker', bound, values, closes: undefined, opens: deletion });
      open = deletion;
    } else if (isStart && !isLast && !sameDeletion(open, deletion)) {
      const bound = BOUNDARY[kind] as MarkerKind;
      markers.push({ kind: 'marker', bound, values, closes: open, opens: deletion });
      open = deletion;
    } else {
      const bound = isStart ? (OPPOSITE[kind] as MarkerKind) : kind;
      markers.push({ kind: 'marker', bound, values, closes: open, opens: undefined });
      open = undefined;
    }
  }
  return markers;
};

const placesInOrder = <T>(
  list: readonly T[],
  placeOf: (item: T) => ClusteringPlace,
  comparator: ClusteringComparator,
): T[] => {
  const sorted = [...list].sort((a, b) => comparator.comparePlaces(placeOf(a), placeOf(b)));
  return sorted.filter(
    (item, i) =>
      i === 0 || comparator.comparePlaces(placeOf(sorted[i - 1] as T), placeOf(item)) !== 0,
  );
};

const CLUSTERING_KIND = 4;

/** Empty elements inside tuples and collections look like nulls in byte-comparable form, so that tries go astray over them. */
const isNative = (type: CqlType): boolean =>
  (type.kind === 'reversed' ? type.base : type).kind === 'native';

const clusteringOf = (table: RandomTable, options: DataOptions): fc.Arbitrary<readonly Bytes[]> =>
  fc.tuple(
    ...table.clustering.map((type) =>
      cqlValues(type, { empty: options.empty && isNative(type), modest: true }),
    ),
  );

const unfilteredsOf = (
  table: RandomTable,
  header: RowHeader,
  options: DataOptions,
): fc.Arbitrary<readonly Unfiltered[]> => {
  const comparator = new ClusteringComparator(table.clustering);
  const clustering = options.meeting?.clusterings ?? clusteringOf(table, options);
  const rowsMax = table.clustering.length === 0 ? 1 : options.rowsMax;
  const markers =
    options.deletions && table.clustering.length > 0
      ? fc.array(bounds(clustering, options), { maxLength: 6 })
      : fc.constant([]);
  return fc
    .tuple(fc.array(clustering, { minLength: 1, maxLength: rowsMax }), markers)
    .chain(([places, boundList]) => {
      const rows = placesInOrder(
        places,
        (values) => ({ kind: CLUSTERING_KIND, values }),
        comparator,
      ).map((values) => rowWith(values, header, options));
      const sortedBounds = placesInOrder(
        boundList,
        ({ kind, values }) => ({ kind: MARKER_KIND[kind], values }),
        comparator,
      );
      return fc
        .tuple(...rows)
        .map((list) =>
          [...list, ...markersOf(sortedBounds)].sort((a, b) => comparator.compareUnfiltered(a, b)),
        );
    });
};

const keyOf = (table: RandomTable, options: DataOptions): fc.Arbitrary<Bytes> => {
  const parts = table.keyTypes.map((type) => cqlValues(type, { empty: false, modest: true }));
  void options;
  if (parts.length === 1) return (parts[0] as fc.Arbitrary<Bytes>).filter((key) => key.length > 0);
  return fc.tuple(...parts).map((values) => {
    const writer = new ByteWriter();
    for (const value of values) {
      writer.bytes16(value);
      writer.u8(0);
    }
    return Uint8Array.from(writer.toBytes());
  });
};

/** Partitions in the order of the partitioner, none of them empty. */
export const partitionsOf = (
  table: RandomTable,
  partitioner: Partitioner,
  options: DataOptions,
): fc.Arbitrary<readonly RandomPartition[]> => {
  const header = rowHeaderOf(headerOfTable(table));
  const inOrder = (a: Bytes, b: Bytes): number =>
    partitioner.compare(partitioner.tokenOf(a), partitioner.tokenOf(b)) || Buffer.compare(a, b);
  const partition = (key: Bytes): fc.Arbitrary<RandomPartition> =>
    fc.record({
      key: fc.constant(key),
      deletion: maybe(deletionsOf('partition', options), options.deletions, 4),
      staticRow: staticRow(header, options),
      unfiltereds: unfilteredsOf(table, header, options),
    });
  return fc
    .array(options.meeting?.keys ?? keyOf(table, options), {
      minLength: 1,
      maxLength: options.partitionsMax,
    })
    .chain((keys) => fc.tuple(...sortedUnique(keys, inOrder).map(partition)));
};

/** A table and its partitions. */
export const tablesWithPartitions = (
  random: fc.Arbitrary<RandomTable>,
  partitioner: Partitioner,
  options: DataOptions,
): fc.Arbitrary<{ readonly table: RandomTable; readonly partitions: readonly RandomPartition[] }> =>
  random.chain((table) =>
    partitionsOf(table, partitioner, options).map((partitions) => ({ table, partitions })),
  );

/** A few keys and clusterings of a table: partitions that are made of the same ones meet. */
export const placesOf = (table: RandomTable, options: DataOptions): fc.Arbitrary<Places> => {
  const list = <T>(arbitrary: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<readonly T[]> =>
    fc.array(arbitrary, { minLength: 1, maxLength });
  return fc
    .tuple(
      list(keyOf(table, options), options.partitionsMax),
      list(clusteringOf(table, options), options.rowsMax),
    )
    .map(([keys, clusterings]) => ({
      keys: fc.constantFrom(...keys),
      clusterings: fc.constantFrom(...clusterings),
    }));
};
