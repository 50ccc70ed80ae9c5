// Atoms as sstable2json of 2.0, 2.1 and 2.2 prints them, written from its output and not from its code. Called by this folder's tests only.
import type { CqlType, TableSchema } from '@scamander/cql-types';
import type { LegacyAtom } from '../../src/legacy/atom.ts';
import { LegacyTable } from '../../src/legacy/legacy-table.ts';
import type { LegacyPartition } from '../../src/legacy/row-decoder.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

const signed = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex(bytes)}`));

const javaNumber = (value: number, digits: (value: number) => string): string => {
  const text = digits(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
};

/** Shortest decimal that gives the same 32 bits. */
const float = (value: number): string => {
  for (let precision = 1; ; precision++) {
    const text = String(Number(value.toPrecision(precision)));
    if (Math.fround(Number(text)) === value || precision > 9) return text;
  }
};

const decimal = (bytes: Uint8Array): string => {
  const scale = Buffer.from(bytes).readInt32BE(0);
  const unscaled = signed(bytes.subarray(4));
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  if (scale === 0) return `${sign}${digits}`;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
};

const uuid = (bytes: Uint8Array): string =>
  hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const inet = (bytes: Uint8Array): string => {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  return groups.map((group) => group.toString(16)).join(':');
};

const clock = (nanos: bigint): string => {
  const pad = (value: bigint, length: number) => value.toString().padStart(length, '0');
  const seconds = nanos / 1_000_000_000n;
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((n) => pad(n, 2));
  return `${parts.join(':')}.${pad(nanos % 1_000_000_000n, 9)}`;
};

const native = (name: string, bytes: Uint8Array): string => {
  const buffer = Buffer.from(bytes);
  switch (name) {
    case 'ascii':
    case 'text':
      return utf8(bytes);
    case 'int':
    case 'bigint':
    case 'smallint':
    case 'tinyint':
    case 'varint':
      return signed(bytes).toString();
    case 'boolean':
      return String(bytes[0] !== 0);
    case 'uuid':
    case 'timeuuid':
      return uuid(bytes);
    case 'inet':
      return inet(bytes);
    case 'decimal':
      return decimal(bytes);
    case 'double':
      return javaNumber(buffer.readDoubleBE(0), String);
    case 'float':
      return javaNumber(buffer.readFloatBE(0), float);
    case 'timestamp':
      return new Date(Number(signed(bytes))).toISOString().replace(/^(.{10})T(.{5}).*$/, '$1 $2Z');
    case 'date':
      return new Date((buffer.readUInt32BE(0) - 2 ** 31) * 86_400_000).toISOString().slice(0, 10);
    case 'time':
      return clock(buffer.readBigUInt64BE(0));
    default:
      return hex(bytes);
  }
};

const fields = (types: readonly CqlType[], bytes: Uint8Array, read: 'i32' | 'u16'): string[] => {
  const buffer = Buffer.from(bytes);
  const texts: string[] = [];
  let at = 0;
  for (const type of types) {
    if (at >= bytes.length) break;
    const length = read === 'i32' ? buffer.readInt32BE(at) : buffer.readUInt16BE(at);
    at += read === 'i32' ? 4 : 2;
    if (length < 0) texts.push('@');
    else texts.push(text(type, bytes.subarray(at, at + length)).replaceAll(':', '\\:'));
    at += Math.max(length, 0) + (read === 'u16' ? 1 : 0);
  }
  return texts;
};

/** AbstractType.getString of 2.x. */
const text = (type: CqlType, bytes: Uint8Array): string => {
  if (bytes.length === 0) return '';
  switch (type.kind) {
    case 'native':
      return native(type.name, bytes);
    case 'reversed':
      return text(type.base, bytes);
    case 'tuple':
      return fields(type.components, bytes, 'i32').join(':');
    case 'udt': {
      const types = type.fields.map((field) => field.type);
      return fields(types, bytes, 'i32').join(':');
    }
    case 'composite':
      return fields(type.components, bytes, 'u16').join(':');
    default:
      return hex(bytes);
  }
};

const escaped = (part: string): string => {
  const colons = part.replaceAll(':', '\\:');
  return /[\\!]$/.test(colons) ? `${colons}!` : colons;
};

const UTF8: CqlType = { kind: 'native', name: 'text' };
const BLOB: CqlType = { kind: 'native', name: 'blob' };

/** One release's output. */
export class Sstable2Json {
  readonly #schema: TableSchema;
  readonly #table: LegacyTable;
  readonly #isOldest: boolean;

  constructor(schema: TableSchema, release: string) {
    this.#schema = schema;
    this.#table = new LegacyTable(schema);
    this.#isOldest = release.startsWith('2.0');
  }

  #name(name: Uint8Array): string {
    const { isCompound, isStaticCompact, header } = this.#table;
    if (!isCompound) return text(isStaticCompact ? UTF8 : header.clusteringTypes[0]!, name);
    const isStatic = name[0] === 0xff && name[1] === 0xff;
    const types = [...header.clusteringTypes, UTF8, BLOB];
    const buffer = Buffer.from(name);
    const parts: string[] = [];
    for (let at = isStatic ? 2 : 0; at < name.length; ) {
      const length = buffer.readUInt16BE(at);
      const part = name.subarray(at + 2, at + 2 + length);
      parts.push(escaped(text(types[parts.length]!, part)));
      at += 3 + length;
    }
    const end = name[name.length - 1];
    const mark = end === 0 ? '' : end === 1 ? ':!' : ':_';
    return `${isStatic && this.#isOldest ? ':' : ''}${parts.join(':')}${mark}`;
  }

  /** Type by which the value of a cell is printed. */
  #valueType(name: Uint8Array): CqlType {
    const { isDense, isCompound, valueColumn, clusteringCount } = this.#table;
    if (isDense) return valueColumn!.column.type;
    if (!isCompound) return this.#columnType(name);
    const buffer = Buffer.from(name);
    let at = name[0] === 0xff && name[1] === 0xff ? 2 : 0;
    for (let i = 0; i < clusteringCount; i++) at += 3 + buffer.readUInt16BE(at);
    const column = name.subarray(at + 2, at + 2 + buffer.readUInt16BE(at));
    return at + 3 + column.length < name.length ? BLOB : this.#columnType(column);
  }

  #columnType(name: Uint8Array): CqlType {
    const found = this.#table.find(name);
    if (found.kind === 'column') return found.column.column.type;
    // the value of a row marker is printed by the default validator
    return BLOB;
  }

  #atom(atom: LegacyAtom): unknown[] {
    if (atom.kind === 'range') {
      const { markedForDeleteAt, localDeletionTime } = atom.deletion;
      const first = this.#name(atom.first);
      return [first, this.#name(atom.last), Number(markedForDeleteAt), 't', localDeletionTime];
    }
    const { timestamp, ttl, localDeletionTime, timestampOfLastDelete, value } = atom;
    const name = this.#name(atom.name);
    const at = Number(timestamp);
    switch (atom.flags) {
      case 1: {
        const time = localDeletionTime.toString(16).padStart(8, '0');
        return [name, this.#isOldest ? time : localDeletionTime, at, 'd'];
      }
      case 2:
        return [name, text(this.#valueType(atom.name), value), at, 'e', ttl, localDeletionTime];
      case 4:
        return [name, hex(value), at, 'c', Number(timestampOfLastDelete)];
      default:
        return [name, text(this.#valueType(atom.name), value), at];
    }
  }

  /** One row of the output, parsed. */
  row({ key, deletion }: LegacyPartition, atoms: readonly LegacyAtom[]): object {
    const types = this.#schema.partitionKey.map(({ type }) => type);
    const keyType: CqlType =
      types.length === 1 ? types[0]! : { kind: 'composite', components: types };
    const metadata =
      deletion === undefined
        ? {}
        : {
            metadata: {
              deletionInfo: {
                markedForDeleteAt: Number(deletion.markedForDeleteAt),
                localDeletionTime: deletion.localDeletionTime,
              },
            },
          };
    const cells = atoms.map((atom) => this.#atom(atom));
    return {
      key: this.#isOldest ? hex(key) : text(keyType, key),
      ...metadata,
      [this.#isOldest ? 'columns' : 'cells']: cells,
    };
  }
}
