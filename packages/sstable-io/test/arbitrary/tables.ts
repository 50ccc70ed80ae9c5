// Random tables: key, clustering, static and regular columns of every type that a release knows. Called by property tests and by the lanes that
// show written SSTables to real nodes.
import { type CqlType, type NativeName, typeString } from '@scamander/cql-types';
import fc from 'fast-check';
import { types } from '../../../cql-types/test/arbitrary-values.ts';
import { orderColumns } from '../../src/rows/row-header.ts';
import type { SerializationHeader } from '../../src/types.ts';

/** A table without options. */
export interface RandomTable {
  readonly keyTypes: readonly CqlType[];
  /** Descending ones are `reversed`. */
  readonly clustering: readonly CqlType[];
  readonly staticColumns: readonly { readonly name: string; readonly type: CqlType }[];
  readonly regularColumns: readonly { readonly name: string; readonly type: CqlType }[];
}

/** What a release knows. */
export interface TableOptions {
  /** Vectors came with 5.0. */
  readonly vectors: boolean;
}

/** Types that CQL lets be keys and clustering columns. */
const COMPARABLE: readonly NativeName[] = [
  'ascii',
  'text',
  'blob',
  'boolean',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'varint',
  'decimal',
  'float',
  'double',
  'timestamp',
  'date',
  'time',
  'uuid',
  'timeuuid',
  'inet',
];
const VALUES: readonly NativeName[] = [...COMPARABLE, 'duration'];
/**
 * Random bytes are often NaNs, which all compare as equal while their bytes differ: Cassandra's own tries go astray with them as keys.
 * Fixtures have tables with floats as clustering columns.
 */
const KEYS: readonly NativeName[] = COMPARABLE.filter(
  (name) => name !== 'float' && name !== 'double',
);

/** User types would have to be created first, each under a name of its own: they are tested by hand-made tables. */
const hasKind = (type: CqlType, kinds: ReadonlySet<CqlType['kind']>): boolean => {
  if (kinds.has(type.kind)) return true;
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'vector':
      return hasKind(type.element, kinds);
    case 'map':
      return hasKind(type.key, kinds) || hasKind(type.value, kinds);
    case 'tuple':
    case 'composite':
      return type.components.some((component) => hasKind(component, kinds));
    case 'reversed':
      return hasKind(type.base, kinds);
    default:
      return false;
  }
};

const frozenTypes = (
  natives: readonly NativeName[],
  depth: number,
  { vectors }: TableOptions,
): fc.Arbitrary<CqlType> => {
  const without: ReadonlySet<CqlType['kind']> = new Set(vectors ? ['udt'] : ['udt', 'vector']);
  return types({ natives, depth, tops: false }).filter((type) => !hasKind(type, without));
};

/** Set elements and map keys: no durations, anywhere within. */
const columnTypes = (options: TableOptions): fc.Arbitrary<CqlType> => {
  const plain = frozenTypes(VALUES, 0, options);
  const ordered = frozenTypes(COMPARABLE, 1, options);
  return fc.oneof(
    { weight: 5, arbitrary: plain },
    { weight: 2, arbitrary: ordered },
    {
      weight: 1,
      arbitrary: ordered.map((element): CqlType => ({ kind: 'list', element, frozen: false })),
    },
    {
      weight: 1,
      arbitrary: ordered.map((element): CqlType => ({ kind: 'set', element, frozen: false })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(ordered, ordered)
        .map(([key, value]): CqlType => ({ kind: 'map', key, value, frozen: false })),
    },
  );
};

const named = (prefix: string, list: readonly CqlType[]): RandomTable['regularColumns'] =>
  list.map((type, i) => ({ name: `${prefix}${i}`, type }));

/** Tables with a key of one to three columns, up to three clustering columns and up to twelve others; now and then seventy. */
export const tables = (options: TableOptions): fc.Arbitrary<RandomTable> => {
  const keys = frozenTypes(KEYS, 1, options);
  const direction = fc.tuple(keys, fc.boolean());
  const columns = columnTypes(options);
  return fc
    .record({
      keyTypes: fc.array(keys, { minLength: 1, maxLength: 3 }),
      clustering: fc.array(direction, { maxLength: 3 }),
      statics: fc.array(columns, { maxLength: 3 }),
      regulars: fc.oneof(
        { weight: 9, arbitrary: fc.array(columns, { minLength: 1, maxLength: 9 }) },
        {
          weight: 1,
          arbitrary: fc.array(frozenTypes(VALUES, 0, options), { minLength: 64, maxLength: 70 }),
        },
      ),
    })
    .map(({ keyTypes, clustering, statics, regulars }) => ({
      keyTypes,
      clustering: clustering.map(
        ([base, isDescending]): CqlType => (isDescending ? { kind: 'reversed', base } : base),
      ),
      // CQL has static columns in tables with clustering columns only
      staticColumns: clustering.length === 0 ? [] : named('s', statics),
      regularColumns: named('r', regulars),
    }));
};

/** Its header, columns in Cassandra's order; the bases are those of NO_STATS. */
export const headerOfTable = (table: RandomTable): SerializationHeader => {
  const [first] = table.keyTypes;
  const key: CqlType =
    table.keyTypes.length === 1
      ? (first as CqlType)
      : { kind: 'composite', components: table.keyTypes };
  const columns = (list: RandomTable['regularColumns'], isStatic: boolean) =>
    orderColumns(
      list.map(({ name, type }) => ({ name: new Uint8Array(Buffer.from(name)), type })),
      isStatic,
    ).map(({ name, type }) => ({ name, type: typeString(type) }));
  return {
    minTimestamp: 1_442_880_000_000_000n,
    minLocalDeletionTime: 1_442_880_000n,
    minTtl: 0n,
    keyType: typeString(key),
    clusteringTypes: table.clustering.map(typeString),
    staticColumns: columns(table.staticColumns, true),
    regularColumns: columns(table.regularColumns, false),
  };
};
