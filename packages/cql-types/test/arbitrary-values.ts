// Random types, and random well-formed values of a type as bytes (spec: sstable-data §6.2–6.6). Called by the property tests of this package.
import { ByteWriter } from '@scamander/bytes';
import {
  type CqlType,
  comparatorOf,
  freeze,
  type NativeName,
  nativeType,
  reversedType,
  valueLengthIfFixed,
} from '@scamander/cql-types';
import fc from 'fast-check';

type Bytes = fc.Arbitrary<Uint8Array>;

const bytesOfHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

/** Minimal two's complement. */
export const varintBytes = (value: bigint): Uint8Array => {
  let length = 1;
  while (BigInt.asIntN(8 * length, value) !== value) length += 1;
  const hex = BigInt.asUintN(8 * length, value).toString(16);
  return bytesOfHex(hex.padStart(2 * length, '0'));
};

const written = (write: (writer: ByteWriter) => void): Uint8Array => {
  const writer = new ByteWriter();
  write(writer);
  return writer.toBytes().slice();
};

const fixed = (lengthBytes: number): Bytes =>
  fc.uint8Array({ minLength: lengthBytes, maxLength: lengthBytes });

/** Bytes with many zeros and ones among them, so that values often share their beginnings. */
const coarse = (lengthBytes: number): Bytes =>
  fc
    .array(fc.constantFrom(0, 0, 0, 1, 0x7f, 0x80, 0xff), {
      minLength: lengthBytes,
      maxLength: lengthBytes,
    })
    .map((bytes) => Uint8Array.from(bytes));

const either = (lengthBytes: number): Bytes => fc.oneof(fixed(lengthBytes), coarse(lengthBytes));

/** NaN in one form: the others are equal to it, and lost in JavaScript. */
const floating = (lengthBytes: 4 | 8): Bytes =>
  either(lengthBytes).map((bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes);
    if (lengthBytes === 4) {
      if (Number.isNaN(view.getFloat32(0))) view.setUint32(0, 0x7fc00000);
    } else if (Number.isNaN(view.getFloat64(0))) view.setBigUint64(0, 0x7ff8000000000000n);
    return bytes;
  });

const timeuuid: Bytes = either(16).map((bytes) => {
  const copy = Uint8Array.from(bytes);
  copy[6] = ((copy[6] as number) & 0x0f) | 0x10;
  return copy;
});

const varint = fc
  .oneof(fc.bigInt({ min: -300n, max: 300n }), fc.bigInt({ min: -(1n << 80n), max: 1n << 80n }))
  .map(varintBytes);

const scale = fc.oneof(
  fc.integer({ min: -3, max: 8 }),
  fc.integer({ min: -400, max: 400 }),
  fc.integer({ min: -0x80000000, max: 0x7fffffff }),
);

const decimalOf = (scales: fc.Arbitrary<number>): Bytes =>
  fc.tuple(scales, varint).map(([s, unscaled]) =>
    written((w) => {
      w.i32(s);
      w.bytes(unscaled);
    }),
  );

const decimal = decimalOf(scale);
/** For whoever writes them out in full. */
const modestDecimal = decimalOf(fc.integer({ min: -3, max: 8 }));

const part = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 0x7fffffff }));

const duration = fc
  .tuple(part, part, fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }), fc.boolean())
  .map(([months, days, nanos, negative]) =>
    written((w) => {
      const sign = negative ? -1 : 1;
      w.svint(sign * months);
      w.svint(sign * days);
      w.svint(BigInt(sign) * nanos);
    }),
  );

const counter = fc
  .tuple(fc.array(fc.tuple(timeuuid, either(8), either(8)), { maxLength: 3 }), fc.boolean())
  .map(([shards, global]) =>
    written((w) => {
      w.i16(global ? shards.length : 0);
      for (let i = 0; global && i < shards.length; i++) w.i16(i - 0x8000);
      for (const shard of shards) for (const bytes of shard) w.bytes(bytes);
    }),
  );

const text = fc
  .oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ maxLength: 12, unit: 'binary' }),
    fc.string({ maxLength: 3, unit: fc.constantFrom('a', 'b', '\0', '"', "'", '\\', '\n') }),
  )
  .map((value) => new Uint8Array(Buffer.from(value, 'utf8')));

const NATIVE: Readonly<Record<NativeName, Bytes>> = {
  text,
  ascii: fc.string({ maxLength: 12, unit: 'binary-ascii' }).map((value) => Buffer.from(value)),
  blob: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.nat(5).chain(coarse)),
  boolean: fc.constantFrom(Uint8Array.of(0), Uint8Array.of(1)),
  tinyint: fixed(1),
  smallint: either(2),
  int: either(4),
  bigint: either(8),
  timestamp: either(8),
  varint,
  decimal,
  float: floating(4),
  double: floating(8),
  date: either(4),
  time: fc
    .bigInt({ min: 0n, max: 86_399_999_999_999n })
    .map((nanos) => written((w) => w.i64(nanos))),
  duration,
  uuid: fc.oneof(either(16), timeuuid),
  timeuuid,
  legacyTimeuuid: timeuuid,
  lexicalUuid: either(16),
  inet: fc.oneof(either(4), either(16)),
  counter,
  empty: fc.constant(new Uint8Array(0)),
  legacyDate: either(8),
};

/** What values of a native type cannot be empty: CQL accepts empty ones of all others (spec: sstable-data §16, pitfall 24). */
const NEVER_EMPTY: ReadonlySet<NativeName> = new Set([
  'tinyint',
  'smallint',
  'date',
  'time',
  'counter',
  'duration',
]);

const counted = (value: Uint8Array | undefined): Uint8Array =>
  written((w) => {
    w.i32(value === undefined ? -1 : value.length);
    if (value !== undefined) w.bytes(value);
  });

const sequence = (count: number, values: readonly Uint8Array[]): Uint8Array =>
  written((w) => {
    w.i32(count);
    for (const value of values) w.bytes(counted(value));
  });

const sortedBy = <T>(
  type: CqlType,
  items: readonly T[],
  keyOf: (item: T) => Uint8Array,
): readonly T[] => {
  const compare = comparatorOf(type);
  const sorted = [...items].sort((a, b) => compare(keyOf(a), keyOf(b)));
  return sorted.filter(
    (item, i) => i === 0 || compare(keyOf(sorted[i - 1] as T), keyOf(item)) !== 0,
  );
};

/** Options of {@link valuesOf}. */
export interface ValueOptions {
  /** Whether values, also inner ones, may be empty where CQL accepts that. */
  readonly empty: boolean;
  /** Whether decimals have few digits. @default false */
  readonly modest?: boolean;
}

const fieldsOf = (types: readonly CqlType[], options: ValueOptions): Bytes =>
  fc
    .tuple(...types.map((type) => fc.option(valuesOf(type, options), { nil: undefined })))
    .map((fields) => Buffer.concat(fields.map(counted)));

const vectorOf = (type: CqlType & { kind: 'vector' }, options: ValueOptions): Bytes =>
  fc
    .array(valuesOf(type.element, { ...options, empty: false }), {
      minLength: type.dimension,
      maxLength: type.dimension,
    })
    .map((elements) =>
      written((w) => {
        const isFixed = valueLengthIfFixed(type.element) !== undefined;
        for (const element of elements) {
          if (isFixed) w.bytes(element);
          else w.bytesV(element);
        }
      }),
    );

const compositeOf = (types: readonly CqlType[], options: ValueOptions): Bytes =>
  fc.tuple(...types.map((type) => valuesOf(type, options))).map((values) =>
    written((w) => {
      for (const value of values) {
        w.bytes16(value);
        w.u8(0);
      }
    }),
  );

/** Well-formed values of a type; sets and maps are sorted and hold nothing twice. */
export const valuesOf = (type: CqlType, options: ValueOptions): Bytes => {
  switch (type.kind) {
    case 'native': {
      const isModest = type.name === 'decimal' && options.modest === true;
      const values = isModest ? modestDecimal : NATIVE[type.name];
      const mayBeEmpty = options.empty && !NEVER_EMPTY.has(type.name);
      return mayBeEmpty
        ? fc.oneof({ weight: 9, arbitrary: values }, { weight: 1, arbitrary: NATIVE.empty })
        : values;
    }
    case 'list':
      return fc
        .array(valuesOf(type.element, options), { maxLength: 4 })
        .map((values) => sequence(values.length, values));
    case 'set':
      return fc.array(valuesOf(type.element, options), { maxLength: 4 }).map((values) => {
        const sorted = sortedBy(type.element, values, (value) => value);
        return sequence(sorted.length, sorted);
      });
    case 'map':
      return fc
        .array(fc.tuple(valuesOf(type.key, options), valuesOf(type.value, options)), {
          maxLength: 4,
        })
        .map((entries) => {
          const sorted = sortedBy(type.key, entries, ([key]) => key);
          return sequence(sorted.length, sorted.flat());
        });
    case 'tuple':
      return fieldsOf(type.components, options);
    case 'udt':
      return fieldsOf(
        type.fields.map((field) => field.type),
        options,
      );
    case 'vector':
      return vectorOf(type, options);
    case 'composite':
      return compositeOf(type.components, options);
    case 'reversed':
      return valuesOf(type.base, options);
    default:
      return NATIVE.blob;
  }
};

/** Options of {@link types}. */
export interface TypeOptions {
  readonly natives: readonly NativeName[];
  readonly depth: number;
  /** Whether composites and reversed types are among them, which stand at the top alone. */
  readonly tops: boolean;
}

const innerTypes = (natives: fc.Arbitrary<CqlType>, depth: number): fc.Arbitrary<CqlType> => {
  if (depth === 0) return natives;
  const inner = innerTypes(natives, depth - 1);
  const many = fc.array(inner, { minLength: 1, maxLength: 3 });
  return fc
    .oneof(
      natives,
      inner.map((element): CqlType => ({ kind: 'list', element, frozen: true })),
      inner.map((element): CqlType => ({ kind: 'set', element, frozen: true })),
      fc
        .tuple(inner, inner)
        .map(([key, value]): CqlType => ({ kind: 'map', key, value, frozen: true })),
      many.map((components): CqlType => ({ kind: 'tuple', components })),
      many.map(
        (fields): CqlType => ({
          kind: 'udt',
          keyspace: 'ks',
          name: 'thing',
          fields: fields.map((type, i) => ({ name: i === 0 ? 'first' : `Field "${i}"`, type })),
          frozen: true,
        }),
      ),
      fc
        .tuple(inner, fc.integer({ min: 1, max: 3 }))
        .map(([element, dimension]): CqlType => ({ kind: 'vector', element, dimension })),
    )
    .map(freeze);
};

/** Frozen types down to a depth. */
export const types = ({ natives, depth, tops }: TypeOptions): fc.Arbitrary<CqlType> => {
  const inner = innerTypes(fc.constantFrom(...natives).map(nativeType), depth);
  if (!tops) return inner;
  return fc.oneof(
    { weight: 6, arbitrary: inner },
    { weight: 1, arbitrary: inner.map(reversedType) },
    {
      weight: 1,
      arbitrary: fc
        .array(inner, { minLength: 1, maxLength: 3 })
        .map((components): CqlType => ({ kind: 'composite', components })),
    },
  );
};
