// Values of each type in Cassandra's order, by the rules of spec: sstable-data §6.7. Called by the tests of orders and of comparable forms.

/** A type, and its values in hex in ascending order; values that stand in one array are equal. */
export interface Ascending {
  readonly type: string;
  readonly values: readonly (string | readonly string[])[];
}

const bytes: Ascending['values'] = ['', '00', '0000', '01', '7f', '80', '8000', 'ff', 'ff00'];

const long = '41'.repeat(30);

/** Value bytes with an i32 length in front; undefined is null. */
export const counted = (value: string | undefined): string =>
  value === undefined ? 'ffffffff' : (value.length / 2).toString(16).padStart(8, '0') + value;

/** A frozen collection of so many elements or entries. */
export const collection = (count: number, ...values: readonly string[]): string =>
  count.toString(16).padStart(8, '0') + values.map(counted).join('');

/** A tuple of fields; undefined is null. */
export const tuple = (...values: readonly (string | undefined)[]): string =>
  values.map(counted).join('');

/** A component of a composite with its last byte. */
export const component = (value: string, last = '00'): string =>
  (value.length / 2).toString(16).padStart(4, '0') + value + last;

const int = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

const decimal = (scale: number, unscaled: string): string => int(scale) + unscaled;

const v1 = (time: string, rest = '8000000000000000'): string => {
  const [high, mid, low] = [time.slice(0, 3), time.slice(3, 7), time.slice(7)];
  return `${low}${mid}1${high}${rest}`;
};

export const ASCENDING: readonly Ascending[] = [
  { type: 'BytesType', values: bytes },
  { type: 'InetAddressType', values: ['7f000001', '80000001', 'ff'.repeat(16)] },
  { type: 'SimpleDateType', values: ['00000000', '7fffffff', '80000000', 'ffffffff'] },
  { type: 'DateType', values: ['', '0000000000000000', '7fffffffffffffff', '8000000000000000'] },
  { type: 'UTF8Type', values: ['', '41', long, `${long}00`, `${long}41`, `${long}42`, 'c3a4'] },
  { type: 'ByteType', values: ['80', 'ff', '00', '01', '7f'] },
  { type: 'ShortType', values: ['8000', 'ff00', 'ffff', '0000', '0001', '0100', '7fff'] },
  { type: 'Int32Type', values: ['', '80000000', 'ffffffff', '00000000', '000000ff', '7fffffff'] },
  {
    type: 'LongType',
    values: [
      '',
      '8000000000000000',
      'fffffffffffffffe',
      'ffffffffffffffff',
      '0000000000000000',
      '0000000080000000',
      '7fffffffffffffff',
    ],
  },
  { type: 'TimestampType', values: ['', 'ffffffffffffffff', '0000000000000000'] },
  { type: 'BooleanType', values: ['', '00', ['01', '02', 'ff']] },
  {
    type: 'IntegerType',
    values: [
      '',
      'ff7fffffffffffffffff',
      '8000000000000000',
      ['8000', 'ff8000'],
      ['80', 'ff80', 'ffff80'],
      ['ff', 'ffff'],
      ['00', '000000'],
      ['01', '0001'],
      '7f',
      ['0080', '000080'],
      '00ff',
      '0100',
      '7fffffffffffffff',
      '008000000000000000',
    ],
  },
  {
    type: 'DecimalType',
    values: [
      '',
      decimal(-0x80000000, 'ff'), // −10^2147483648
      decimal(-1, 'ff'), // −10
      [decimal(0, 'ff'), decimal(1, 'f6'), decimal(20, 'fa9438a1d29cf00000')], // −1
      decimal(0x7fffffff, 'ff'),
      [decimal(0, '00'), decimal(7, '00'), decimal(-7, '0000'), decimal(5, '')],
      decimal(0x7fffffff, '01'),
      decimal(0x7fffffff, '02'),
      decimal(30, '01'),
      decimal(2, '63'), // 0.99
      [decimal(0, '01'), decimal(1, '0a'), decimal(2, '64')],
      decimal(1, '0b'),
      decimal(0, '02'),
      [decimal(0, '64'), decimal(-2, '01')],
      decimal(-18, '01'),
      decimal(0, '0de0b6b3a7640001'), // 10^18 + 1
      decimal(-0x80000000, '01'),
      decimal(-0x80000000, '0a'),
    ],
  },
  {
    type: 'FloatType',
    values: [
      '',
      'ff800000',
      'bf800000',
      '80000001',
      '80000000',
      '00000000',
      '00000001',
      '3f800000',
      '7f800000',
      ['7fc00000', 'ffc00000', '7f800001'],
    ],
  },
  {
    type: 'DoubleType',
    values: [
      '',
      'fff0000000000000',
      'bff0000000000000',
      'bfe0000080000000',
      'bfe0000000000000',
      '8000000000000000',
      '0000000000000000',
      '3fe0000000000001',
      '3fe0000080000000',
      '7ff0000000000000',
      ['7ff8000000000000', 'fff8000000000000', '7ff0000000000001'],
    ],
  },
  {
    type: 'UUIDType',
    values: [
      '',
      v1('000000000000001'),
      v1('000000000000001', '8000000000000001'),
      v1('000000000000001', 'ff00000000000000'),
      v1('000000100000000'),
      v1('fff000000000000'),
      '00000000000040008000000000000000',
      '00000000000040008000000000000001',
      '000000000000400080000000000000ff',
      'ff000000000040008000000000000000',
      '00000000000070008000000000000000',
    ],
  },
  {
    type: 'TimeUUIDType',
    values: [
      '',
      v1('000000000000001', '8000000000000000'),
      v1('000000000000001', 'ff00000000000000'),
      v1('000000000000001', '0080000000000000'),
      v1('000000000000001', '0000000000000000'),
      v1('000000000000001', '7f00000000000000'),
      v1('000000100000000'),
      v1('001000000000000'),
    ],
  },
  {
    type: 'LexicalUUIDType',
    values: [
      '',
      'ff000000000000008000000000000000',
      '00000000000000008000000000000000',
      '00000000000000000000000000000000',
      '01000000000000000000000000000000',
    ],
  },
  { type: 'EmptyType', values: [''] },
  {
    type: 'FrozenType(ListType(ReversedType(Int32Type)))',
    values: ['', collection(0), collection(1, int(1)), collection(1, int(0))],
  },
  {
    type: 'FrozenType(ListType(Int32Type))',
    values: [
      '',
      collection(0),
      collection(1, ''),
      collection(1, int(-1)),
      collection(2, int(-1), int(-5)),
      collection(1, int(7)),
    ],
  },
  {
    type: 'FrozenType(MapType(Int32Type,UTF8Type))',
    values: [
      '',
      collection(0),
      collection(1, int(1), '61'),
      collection(2, int(1), '61', int(2), '61'),
      collection(1, int(1), '62'),
      collection(1, int(2), ''),
    ],
  },
  {
    type: 'TupleType(Int32Type,UTF8Type)',
    values: [
      '',
      [tuple(undefined), tuple(undefined, undefined)],
      tuple(undefined, ''),
      [tuple(''), tuple('', undefined)],
      [tuple(int(-1)), tuple(int(-1), undefined)],
      tuple(int(-1), ''),
      tuple(int(-1), '61'),
      tuple(int(1)),
    ],
  },
  {
    type: 'VectorType(FloatType , 2)',
    values: ['', 'bf80000000000000', '0000000000000000', '000000003f800000', '7fc0000000000000'],
  },
  {
    type: 'VectorType(UTF8Type , 2)',
    values: ['', '0000', '000161', '016100', '01610161', '0162017a'],
  },
  {
    type: 'CompositeType(Int32Type,UTF8Type)',
    values: [
      '',
      component(int(-1)),
      component(int(1), 'ff'),
      component(int(1)),
      component(int(1)) + component(''),
      component(int(1)) + component('61'),
      component(int(1)) + component('61', '01'),
      component(int(1), '01'),
    ],
  },
];
