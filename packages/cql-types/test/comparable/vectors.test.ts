import {
  comparableEncoder,
  type NativeName,
  nativeType,
  pushEscaped,
  pushVarint,
} from '@scamander/cql-types';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const hexOf = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex');
const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const compact = (hex: string): string => hex.replaceAll(' ', '').toLowerCase();

const formOf = (name: NativeName, value: Uint8Array): string => {
  const out: number[] = [];
  assert.ok(comparableEncoder(nativeType(name))?.(out, value));
  return hexOf(out);
};

/** Vectors of spec: sstable-index-and-stats §7.6. */
const ESCAPED: [value: string, form: string][] = [
  ['41000042', '41 00 FE FF 42 00'],
  ['41004200', '41 00 FF 42 00 FE'],
  ['4100', '41 00 FE'],
  ['', '00'],
  ['4142', '41 42 00'],
];

for (const [value, form] of ESCAPED) {
  test(`escaped ${value}`, () => {
    const out: number[] = [];
    pushEscaped(out, bytesOf(value));
    assert.is(hexOf(out), compact(form));
  });
}

const INTEGERS: [value: bigint, form: string][] = [
  [0n, '80'],
  [1n, '81'],
  [-1n, '7F'],
  [63n, 'BF'],
  [64n, 'C0 40'],
  [-64n, '40'],
  [-65n, '3F BF'],
  [2n ** 20n - 1n, 'EF FF FF'],
  [2n ** 20n, 'F0 10 00 00'],
  [-(2n ** 20n), '10 00 00'],
  [2n ** 63n - 1n, 'FF FF FF FF FF FF FF FF FF'],
  [-(2n ** 63n), '00 00 00 00 00 00 00 00 00'],
];

for (const [value, form] of INTEGERS) {
  test(`bigint ${value}`, () => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(value);
    assert.is(formOf('bigint', bytes), compact(form));
  });
}

const twosComplement = (value: bigint): Uint8Array => {
  let length = 1;
  while (BigInt.asIntN(8 * length, value) !== value) length += 1;
  const hex = BigInt.asUintN(8 * length, value).toString(16);
  return Buffer.from(hex.padStart(2 * length, '0'), 'hex');
};

const VARINTS: [value: bigint, form: string][] = [
  [127n, 'C0 7F'],
  [255n, 'C0 FF'],
  [2n ** 32n - 1n, 'F8 FF FF FF FF'],
  [2n ** 48n - 1n, 'FE FF FF FF FF FF FF'],
  [2n ** 48n, 'FF 00 01 00 00 00 00 00 00'],
  [2n ** 55n - 1n, 'FF 00 7F FF FF FF FF FF FF'],
  [2n ** 56n - 1n, 'FF 00 FF FF FF FF FF FF FF'],
  [2n ** 56n, 'FF 01 01 00 00 00 00 00 00 00'],
  [-(2n ** 48n), '01 00 00 00 00 00 00'],
  [-(2n ** 48n) - 1n, '00 FF FE FF FF FF FF FF FF'],
  [-(2n ** 56n), '00 FF 00 00 00 00 00 00 00'],
];

for (const [value, form] of VARINTS) {
  test(`varint ${value}, also from longer bytes than needed`, () => {
    for (const pad of [0, 1, 9]) {
      const out: number[] = [];
      const sign = new Uint8Array(pad).fill(value < 0n ? 0xff : 0);
      pushVarint(out, Buffer.concat([sign, twosComplement(value)]));
      assert.is(hexOf(out), compact(form));
    }
  });
}

const DECIMALS: [name: string, scale: number, unscaled: bigint, form: string][] = [
  ['1.1', 1, 11n, 'C1 01 81 8A 00'],
  ['−1', 0, -1n, '3F FF 7F 00'],
  ['−99.9', 1, -999n, '3F FF 1C 8A 00'],
  ['0', 5, 0n, '80'],
];

for (const [name, scale, unscaled, form] of DECIMALS) {
  test(`decimal ${name}`, () => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(scale);
    assert.is(formOf('decimal', Buffer.concat([bytes, twosComplement(unscaled)])), compact(form));
  });
}

test.run();
