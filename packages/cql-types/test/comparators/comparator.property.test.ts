import { comparatorOf } from '@scamander/cql-types';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ASCENDING } from '../ascending.ts';
import { typeOf } from '../matrices.ts';

const TYPES = [
  ...ASCENDING.map(({ type }) => type),
  'DynamicCompositeType(i=>Int32Type,s=>UTF8Type)',
  'CompositeType(ReversedType(DecimalType),FrozenType(SetType(IntegerType)))',
  'TupleType(FrozenType(MapType(TimeUUIDType,VectorType(IntegerType , 2))),BooleanType)',
  'FrozenType(ListType(VectorType(EmptyType , 2147483647)))',
];

/** Arbitrary bytes: mostly small ones, so that lengths often fit, and values made longer, shorter and changed. */
const bytes = (values: readonly string[]): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 24, max: 9 }),
    fc.uint8Array({ maxLength: 24 }),
    fc
      .tuple(fc.constantFrom(...values), fc.nat(60), fc.uint8Array({ maxLength: 5 }))
      .map(([hex, cut, tail]) => Buffer.concat([Buffer.from(hex, 'hex').subarray(0, cut), tail])),
  );

for (const text of TYPES) {
  test(`${text}: every three arrays of bytes have an order, whether they are values or not`, () => {
    const compare = comparatorOf(typeOf(text));
    const values = ASCENDING.find(({ type }) => type === text)?.values.flat() ?? [''];
    fc.assert(
      fc.property(bytes(values), bytes(values), bytes(values), (a, b, c) => {
        assert.is(compare(a, a), 0);
        assert.is(Math.sign(compare(a, b)) + Math.sign(compare(b, a)), 0);
        const [first, second, third] = [a, b, c].sort(compare) as [
          Uint8Array,
          Uint8Array,
          Uint8Array,
        ];
        assert.ok(compare(first, second) <= 0 && compare(second, third) <= 0);
        assert.ok(compare(first, third) <= 0);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
}

test.run();
