// A table so small, and times so few, that random partitions of several sources meet all the time. Called by property tests of the merge.
import * as fc from 'fast-check';
import type {
  Cell,
  ClusteringValue,
  Column,
  ColumnData,
  DeletionTime,
  Liveness,
  Row,
} from '../../src/rows/model.ts';
import { EXPIRED_LIVENESS_TTL, NO_DELETION_TIME } from '../../src/rows/model.ts';
import { type RowHeader, rowHeaderOf } from '../../src/rows/row-header.ts';
import type { HeldPartition } from './held-rows.ts';
import { markersOf, type Range } from './naive-merge.ts';

const M = 'org.apache.cassandra.db.marshal.';

/** Seconds around which everything happens. */
export const NOW = 1_000;

/** An int. */
export const int = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value);
  return bytes;
};

const columns = (list: readonly (readonly [string, string])[]) =>
  list.map(([name, type]) => ({ name: Buffer.from(name), type }));

/** `CREATE TABLE (pk int, c int, d int, s int static, sm map static, a int, b text, l list, m map, t set, n counter, PRIMARY KEY (pk, c, d))` without the rule that counters stand alone. */
export const headerOf = (regulars: readonly string[]): RowHeader =>
  rowHeaderOf({
    minTimestamp: 0n,
    minLocalDeletionTime: 0n,
    minTtl: 0n,
    keyType: `${M}Int32Type`,
    clusteringTypes: [`${M}Int32Type`, `${M}ReversedType(${M}Int32Type)`],
    staticColumns: columns([
      ['s', `${M}Int32Type`],
      ['sm', `${M}MapType(${M}Int32Type,${M}Int32Type)`],
    ]),
    regularColumns: columns(
      (
        [
          ['a', `${M}Int32Type`],
          ['b', `${M}UTF8Type`],
          ['m', `${M}MapType(${M}Int32Type,${M}Int32Type)`],
          ['n', `${M}CounterColumnType`],
          ['t', `${M}SetType(${M}Int32Type)`],
        ] as const
      ).filter(([name]) => regulars.includes(name)),
    ),
  });

const timestamps = fc.bigInt({ min: -1n, max: 5n });
const seconds = fc.integer({ min: NOW - 3, max: NOW + 3 });
const deletions: fc.Arbitrary<DeletionTime> = fc.record({
  markedForDeleteAt: timestamps,
  localDeletionTime: seconds,
});
const few = fc.integer({ min: 0, max: 2 });

const liveness: fc.Arbitrary<Liveness> = fc
  .tuple(timestamps, fc.constantFrom(0, 0, 0, 2, EXPIRED_LIVENESS_TTL), seconds)
  .map(([timestamp, ttl, at]) => ({
    timestamp,
    ttl,
    localExpirationTime: ttl === 0 ? NO_DELETION_TIME : at,
  }));

const EMPTY = new Uint8Array(0);

const cells = (
  value: fc.Arbitrary<Uint8Array>,
  path: Uint8Array | undefined,
  ttlMax = 2,
): fc.Arbitrary<Cell> =>
  fc
    .tuple(timestamps, fc.constantFrom('live', 'live', 'dead', 'ttl'), seconds, value)
    .map(([timestamp, kind, at, bytes]): Cell => {
      if (kind === 'dead') return { timestamp, ttl: 0, localDeletionTime: at, path, value: EMPTY };
      return kind === 'ttl' && ttlMax > 0
        ? { timestamp, ttl: ttlMax, localDeletionTime: at, path, value: bytes }
        : { timestamp, ttl: 0, localDeletionTime: NO_DELETION_TIME, path, value: bytes };
    });

/** One global shard of a few ids, or none. */
const contexts = fc
  .uniqueArray(fc.tuple(few, few, few), { maxLength: 3, selector: ([id]) => id })
  .map((shards) => {
    const sorted = [...shards].sort((a, b) => a[0] - b[0]);
    const bytes = new Uint8Array(2 + sorted.length * 34);
    const view = new DataView(bytes.buffer);
    view.setInt16(0, sorted.length);
    for (const [i, [id, clock, count]] of sorted.entries()) {
      view.setInt16(2 + 2 * i, i - 0x8000);
      const at = 2 + 2 * sorted.length + 32 * i;
      view.setUint8(at, id);
      view.setBigInt64(at + 16, BigInt(clock));
      view.setBigInt64(at + 24, BigInt(count));
    }
    return bytes;
  });

const simpleCell = (column: Column): fc.Arbitrary<Cell> => {
  if (column.text === 'n') return cells(contexts, undefined, 0);
  if (column.text === 'b')
    return cells(
      fc.constantFrom('', 'a', 'ab', 'b').map((text) => Uint8Array.from(Buffer.from(text))),
      undefined,
    );
  return cells(fc.oneof(few.map(int), fc.constant(EMPTY)), undefined);
};

const dataOf = (column: Column): fc.Arbitrary<ColumnData | undefined> => {
  if (!column.isComplex)
    return fc.option(
      simpleCell(column).map((cell) => ({ column, deletion: undefined, cells: [cell] })),
      { nil: undefined },
    );
  const value = column.text === 't' ? fc.constant(EMPTY) : few.map(int);
  return fc
    .record({
      deletion: fc.option(deletions, { nil: undefined }),
      cells: fc.tuple(
        ...[-1, 0, 1].map((path) => fc.option(cells(value, int(path)), { nil: undefined })),
      ),
    })
    .map(({ deletion, cells: list }): ColumnData | undefined => {
      const present = list.filter((cell) => cell !== undefined);
      return deletion === undefined && present.length === 0
        ? undefined
        : { column, deletion, cells: present };
    });
};

const listOf = (list: readonly Column[]): fc.Arbitrary<readonly ColumnData[]> =>
  fc.tuple(...list.map(dataOf)).map((all) => all.filter((data) => data !== undefined));

const isSomething = ({ liveness: alive, deletion, columns: data }: Row): boolean =>
  alive !== undefined || deletion !== undefined || data.length > 0;

/** What rows may have. */
interface WorldOptions {
  readonly shadowable: boolean;
}

const rowsOf = (
  clustering: readonly ClusteringValue[],
  { regularColumns }: RowHeader,
  { shadowable }: WorldOptions,
): fc.Arbitrary<Row | undefined> =>
  fc.option(
    fc
      .record({
        liveness: fc.option(liveness, { nil: undefined }),
        deletion: fc.option(deletions, { nil: undefined, freq: 2 }),
        isShadowable: fc.integer({ min: 0, max: 3 }).map((n) => shadowable && n === 0),
        columns: listOf(regularColumns),
      })
      .map(
        ({ isShadowable, ...rest }): Row => ({
          kind: 'row',
          isStatic: false,
          clustering,
          ...rest,
          isShadowable: isShadowable && rest.deletion !== undefined,
        }),
      )
      .filter(isSomething),
    { nil: undefined },
  );

const statics = ({ staticColumns }: RowHeader): fc.Arbitrary<Row | undefined> =>
  listOf(staticColumns).map((data) =>
    data.length === 0
      ? undefined
      : {
          kind: 'row',
          isStatic: true,
          clustering: [],
          liveness: undefined,
          deletion: undefined,
          isShadowable: false,
          columns: data,
        },
  );

const bounds = fc.tuple(
  fc.array(few, { minLength: 0, maxLength: 2 }).map((list) => list.map(int)),
  fc.boolean(),
);

const ranges: fc.Arbitrary<Range> = fc
  .tuple(bounds, bounds, deletions)
  .map(([[start, isStartIncluded], [end, isEndIncluded], deletion]) => ({
    start: {
      // the end of everything has one form: inclusive
      bound: isStartIncluded || start.length === 0 ? 'INCL_START_BOUND' : 'EXCL_START_BOUND',
      values: start,
    },
    end: {
      bound: isEndIncluded || end.length === 0 ? 'INCL_END_BOUND' : 'EXCL_END_BOUND',
      values: end,
    },
    deletion,
  }));

/** Places of rows, in the order of the table: `d` descends. */
const PLACES = [0, 1, 2].flatMap((c) => [2, 1, 0].map((d) => [int(c), int(d)]));

const partition = (
  key: Uint8Array,
  header: RowHeader,
  options: WorldOptions,
): fc.Arbitrary<HeldPartition | undefined> =>
  fc.option(
    fc
      .record({
        deletion: fc.option(deletions, { nil: undefined, freq: 2 }),
        staticRow: statics(header),
        rows: fc.tuple(...PLACES.map((place) => rowsOf(place, header, options))),
        ranges: fc.array(ranges, { maxLength: 3 }),
      })
      .map(({ deletion, staticRow, rows, ranges: list }) => ({
        key,
        deletion,
        staticRow,
        unfiltereds: markersOf(
          list,
          rows.filter((row) => row !== undefined),
          header,
        ),
      })),
    { nil: undefined, freq: 4 },
  );

/** Partitions of one source; keys ascend by their bytes. */
export const sources = (
  header: RowHeader,
  options: WorldOptions = { shadowable: true },
): fc.Arbitrary<readonly HeldPartition[]> =>
  fc
    .tuple(...[1, 2, 3].map((key) => partition(int(key), header, options)))
    .map((list) => list.filter((held) => held !== undefined));
