// Control plane. What stands behind WITH, for tables and views (Cassandra's TableAttributes, CompressionParams#fromMap), in the names of every
// release from 2.0 on. Called by the statement parsers; `tableOptions` when a table is finished.
import type { PropertiesDraft, SchemaDraft } from './schema-draft.ts';
import type { SchemaScanner } from './schema-scanner.ts';
import type { TableCompression, TableOptions, TableOptionValue } from './table-schema.ts';

const COMPRESSION_PACKAGE = 'org.apache.cassandra.io.compress.';

/** Properties of a table that has none. */
export const noProperties = (): PropertiesDraft => ({
  id: undefined,
  isCompactStorage: false,
  order: [],
  options: new Map(),
});

/** A string, a number, a UUID, a blob or a word. */
const readConstant = (scanner: SchemaScanner): string => {
  const sign = scanner.accept('-') ? '-' : '';
  const { kind } = scanner.peek();
  if (kind !== 'string' && kind !== 'word') throw scanner.syntaxError('a value');
  return `${sign}${scanner.next().text}`;
};

const readValue = (scanner: SchemaScanner): TableOptionValue => {
  if (!scanner.accept('{')) return readConstant(scanner);
  const map = new Map<string, string>();
  while (!scanner.accept('}')) {
    if (map.size > 0) scanner.expect(',');
    const key = readConstant(scanner);
    scanner.expect(':');
    map.set(key, readConstant(scanner));
  }
  return map;
};

const readOrder = (scanner: SchemaScanner): PropertiesDraft['order'] => {
  const order: PropertiesDraft['order'] = [];
  scanner.expect('(');
  do {
    const { offset } = scanner.peek();
    const name = scanner.name('a clustering column');
    const isDescending = scanner.acceptWords('desc');
    if (!isDescending) scanner.acceptWords('asc');
    order.push({ name, isDescending, offset });
  } while (scanner.accept(','));
  scanner.expect(')');
  return order;
};

const readProperty = (scanner: SchemaScanner, properties: PropertiesDraft): void => {
  if (scanner.acceptWords('compact', 'storage')) {
    properties.isCompactStorage = true;
  } else if (scanner.acceptWords('clustering', 'order', 'by')) {
    properties.order = readOrder(scanner);
  } else {
    const name = scanner.name('the name of an option');
    scanner.expect('=');
    const value = readValue(scanner);
    if (name === 'id' && typeof value === 'string') properties.id = value.toLowerCase();
    else properties.options.set(name, value);
  }
};

/** `[WITH property [AND property]…]`, added to what is known. */
export const readProperties = (scanner: SchemaScanner, properties: PropertiesDraft): void => {
  if (!scanner.acceptWords('with')) return;
  do readProperty(scanner, properties);
  while (scanner.acceptWords('and'));
};

type Invalid = (reason: string) => Error;

const numberOf = (
  options: PropertiesDraft['options'],
  name: string,
  isAllowed: (value: number) => boolean,
  invalid: Invalid,
): number | undefined => {
  const text = options.get(name);
  if (text === undefined) return undefined;
  const value = typeof text === 'string' && text !== '' ? Number(text) : Number.NaN;
  if (!isAllowed(value)) throw invalid(`${name} can't be ${String(text)}`);
  return value;
};

const isWhole = (from: number) => (value: number) => Number.isSafeInteger(value) && value >= from;
const isChance = (value: number) => value > 0 && value <= 1;
const isPowerOfTwo = (value: number) =>
  isWhole(1)(value) && value <= 2 ** 21 && Number.isInteger(Math.log2(value));

/** Options with a meaning of their own; the rest is for the compressor (the chance stood here before 3.0). */
const COMPRESSION_NAMES = new Set([
  'class',
  'sstable_compression',
  'enabled',
  'chunk_length_in_kb',
  'chunk_length_kb',
  'min_compress_ratio',
  'crc_check_chance',
]);

const compressionOf = (
  value: TableOptionValue | undefined,
  invalid: Invalid,
): TableCompression | undefined => {
  if (value === undefined) return undefined;
  if (typeof value === 'string') throw invalid("compression can't be a constant");
  const isOff = value.get('enabled')?.toLowerCase() === 'false';
  const className = value.get('class') ?? value.get('sstable_compression') ?? '';
  const compressor = className.startsWith(COMPRESSION_PACKAGE)
    ? className.slice(COMPRESSION_PACKAGE.length)
    : className;
  const options = new Map<string, TableOptionValue>(value);
  const chunkLengthKiB =
    numberOf(options, 'chunk_length_in_kb', isPowerOfTwo, invalid) ??
    numberOf(options, 'chunk_length_kb', isPowerOfTwo, invalid);
  return {
    compressor: isOff || compressor === '' ? undefined : compressor,
    chunkLengthBytes: chunkLengthKiB === undefined ? undefined : chunkLengthKiB * 1024,
    minCompressRatio: numberOf(options, 'min_compress_ratio', (ratio) => ratio >= 0, invalid),
    options: [...value].filter(([name]) => !COMPRESSION_NAMES.has(name)),
  };
};

/** The options of a table that have a meaning here, and all of them. `offset` is the place of the table, for errors. */
export const tableOptions = (
  draft: SchemaDraft,
  { options }: PropertiesDraft,
  offset: number,
): TableOptions => {
  const invalid: Invalid = (reason) => draft.scanner.invalid(offset, reason);
  return {
    compression: compressionOf(options.get('compression'), invalid),
    bloomFilterFpChance: numberOf(options, 'bloom_filter_fp_chance', isChance, invalid),
    minIndexInterval:
      numberOf(options, 'min_index_interval', isWhole(1), invalid) ??
      numberOf(options, 'index_interval', isWhole(1), invalid),
    gcGraceSeconds: numberOf(options, 'gc_grace_seconds', isWhole(0), invalid),
    defaultTimeToLive: numberOf(options, 'default_time_to_live', isWhole(0), invalid),
    all: options,
  };
};
