// Random tables, of every kind of type that CQL can write. Called by the property tests of schemas only.
import { createHash } from 'node:crypto';
import {
  type CqlType,
  type DroppedSchemaColumn,
  freeze,
  isMultiCell,
  nativeType,
  reversedType,
  type SchemaColumn,
  type TableOptionValue,
  type UdtType,
} from '@scamander/cql-types';
import fc from 'fast-check';

/** What a CREATE statement is made of. */
export interface SchemaParts {
  readonly keyspace: string;
  readonly table: string;
  readonly id: string | undefined;
  readonly partitionKey: readonly SchemaColumn[];
  readonly clustering: readonly SchemaColumn[];
  readonly staticColumns: readonly SchemaColumn[];
  readonly regularColumns: readonly SchemaColumn[];
  readonly dropped: readonly DroppedSchemaColumn[];
  readonly isCompactStorage: boolean;
  readonly options: ReadonlyMap<string, TableOptionValue>;
}

const NATIVES = [
  ...(['ascii', 'text', 'blob', 'boolean', 'tinyint', 'smallint', 'int', 'bigint'] as const),
  ...(['varint', 'decimal', 'float', 'double', 'timestamp', 'date', 'time', 'duration'] as const),
  ...(['uuid', 'timeuuid', 'inet'] as const),
];

const native: fc.Arbitrary<CqlType> = fc.constantFrom(...NATIVES).map(nativeType);

const plainRest = fc.stringMatching(/^[a-z0-9_]{0,6}$/);
const anyText = fc.string({ unit: 'grapheme', maxLength: 12 });

/** Plain names, and names that need quotes; the prefix keeps names of different kinds apart. */
const nameOf = (prefix: string): fc.Arbitrary<string> =>
  fc.oneof(
    plainRest.map((rest) => `${prefix}${rest}`),
    anyText.map((rest) => `${prefix}"${rest}`),
  );

/** Types of one keyspace, up to two levels deep within each other. */
const typeIn = (keyspace: string, depth: number): fc.Arbitrary<CqlType> => {
  if (depth === 0) return native;
  const inner = typeIn(keyspace, depth - 1).map(freeze);
  const field = fc.tuple(nameOf('f'), inner);
  const fields = fc.uniqueArray(field, { minLength: 1, maxLength: 3, selector: ([name]) => name });
  const element = fc.tuple(inner, fc.boolean());
  return fc.oneof(
    { arbitrary: native, weight: 4 },
    element.map(([type, frozen]): CqlType => ({ kind: 'list', element: type, frozen })),
    element.map(([type, frozen]): CqlType => ({ kind: 'set', element: type, frozen })),
    fc
      .tuple(inner, inner, fc.boolean())
      .map(([key, value, frozen]): CqlType => ({ kind: 'map', key, value, frozen })),
    fc
      .array(inner, { minLength: 1, maxLength: 3 })
      .map((components): CqlType => ({ kind: 'tuple', components })),
    fc
      .tuple(inner, fc.integer({ min: 1, max: 2000 }))
      .map(([type, dimension]): CqlType => ({ kind: 'vector', element: type, dimension })),
    fc.tuple(fields, fc.boolean()).map(([pairs, frozen]): CqlType => {
      // the name says what it is made of, so that two types never share one
      const made = pairs.map(([name, type]) => ({ name, type }));
      const name = `u_${createHash('md5').update(JSON.stringify(made)).digest('hex')}`;
      const udt: UdtType = { kind: 'udt', keyspace, name, fields: made, frozen: false };
      return frozen ? freeze(udt) : udt;
    }),
  );
};

const optionText = fc.oneof(
  anyText,
  fc.constantFrom('0.1', '-5', 'true', '99p', "it's", '{}', '$$', '/* */'),
);

const options: fc.Arbitrary<ReadonlyMap<string, TableOptionValue>> = fc
  .tuple(
    fc.option(optionText),
    fc.option(fc.dictionary(fc.string({ maxLength: 5 }), optionText, { maxKeys: 3 })),
    fc.option(fc.constantFrom('0.01', '0.1', '1.0')),
    fc.option(fc.constantFrom('16', '4')),
  )
  .map(([comment, caching, chance, chunk]) => {
    const map = new Map<string, TableOptionValue>();
    if (comment !== null) map.set('comment', comment);
    if (caching !== null) map.set('caching', new Map(Object.entries(caching)));
    if (chance !== null) map.set('bloom_filter_fp_chance', chance);
    if (chunk !== null)
      map.set(
        'compression',
        new Map([
          ['class', 'LZ4Compressor'],
          ['chunk_length_in_kb', chunk],
        ]),
      );
    return map;
  });

const columnsIn = (keyspace: string, prefix: string, minLength: number, maxLength: number) =>
  fc.uniqueArray(fc.record({ name: nameOf(prefix), type: typeIn(keyspace, 2) }), {
    minLength,
    maxLength,
    selector: ({ name }) => name,
  });

/** Key columns are frozen. */
const frozen = (columns: readonly SchemaColumn[]): SchemaColumn[] =>
  columns.map(({ name, type }) => ({ name, type: freeze(type) }));

const tablesIn = (keyspace: string): fc.Arbitrary<SchemaParts> =>
  fc
    .record({
      table: nameOf('t'),
      id: fc.option(fc.uuid(), { nil: undefined }),
      partitionKey: columnsIn(keyspace, 'p', 1, 3),
      clustering: columnsIn(keyspace, 'c', 0, 3),
      descending: fc.infiniteStream(fc.boolean()),
      staticColumns: columnsIn(keyspace, 's', 0, 3),
      regularColumns: columnsIn(keyspace, 'r', 0, 4),
      dropped: columnsIn(keyspace, 'd', 0, 2),
      droppedAtMicros: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), {
        nil: undefined,
      }),
      wantsCompact: fc.boolean(),
      options,
    })
    .map(({ descending, droppedAtMicros, wantsCompact, ...parts }) => {
      const clustering = frozen(parts.clustering);
      const isPlain = parts.regularColumns.every(({ type }) => !isMultiCell(type));
      const isCompactStorage =
        wantsCompact && isPlain && (clustering.length === 0 || parts.regularColumns.length <= 1);
      const mayHaveStatic = clustering.length > 0 && !isCompactStorage;
      return {
        keyspace,
        table: parts.table,
        id: parts.id,
        partitionKey: frozen(parts.partitionKey),
        clustering: clustering.map(({ name, type }) => ({
          name,
          type: descending.next().value === true ? reversedType(type) : type,
        })),
        staticColumns: mayHaveStatic ? parts.staticColumns : [],
        regularColumns: parts.regularColumns,
        dropped: isCompactStorage
          ? []
          : parts.dropped.map((column, index) => ({
              ...column,
              isStatic: mayHaveStatic && index === 1,
              droppedAtMicros,
            })),
        isCompactStorage,
        options: parts.options,
      };
    });

/** Tables whose names and columns collide with nothing. */
export const arbitrarySchema: fc.Arbitrary<SchemaParts> = fc.oneof(
  tablesIn('ks'),
  tablesIn('Ks_2'),
);
