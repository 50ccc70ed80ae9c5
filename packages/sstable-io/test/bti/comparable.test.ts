import { Murmur3Partitioner, RandomPartitioner } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comparableKey, pushEscaped } from '../../src/bti/byte-comparable.ts';
import { separatorAfter, separatorBetween } from '../../src/bti/comparable-clustering.ts';
import { pushDecimal, pushVariableInteger, pushVarint } from '../../src/bti/comparable-numbers.ts';

const hexOf = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex');
const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const compact = (hex: string): string => hex.replaceAll(' ', '').toLowerCase();

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
    const out: number[] = [];
    pushVariableInteger(out, value);
    assert.is(hexOf(out), compact(form));
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
    const out: number[] = [];
    pushDecimal(out, Buffer.concat([bytes, twosComplement(unscaled)]));
    assert.is(hexOf(out), compact(form));
  });
}

test('a Murmur3 key (spec vector)', () => {
  assert.is(
    hexOf(comparableKey(Murmur3Partitioner, Uint8Array.of(0x30))),
    compact('40 AAC9DEBED546A380 40 30 00 38'),
  );
});

test('a RandomPartitioner key: the token of key 30 is a varint of 16 bytes', () => {
  // 64067091395865220333931589265234893606 (spec: sstable-data §17.1)
  const token = 64067091395865220333931589265234893606n.toString(16).padStart(32, '0');
  assert.is(
    hexOf(comparableKey(RandomPartitioner, Uint8Array.of(0x30))),
    compact(`40 FF 09 ${token} 40 30 00 38`),
  );
});

test('separators: above what is before, at most what follows', () => {
  assert.is(hexOf(separatorBetween(bytesOf('40 80 00 38'), bytesOf('40 80 05 38'))), '408001');
  assert.is(hexOf(separatorBetween(bytesOf('40 10 38'), bytesOf('40 20 38'))), '4011');
  assert.is(hexOf(separatorAfter(bytesOf('40 80 05 38'), bytesOf('40 80 01'))), '408006');
  assert.is(hexOf(separatorAfter(bytesOf('40 ff ff'), bytesOf('40 01'))), '40ffff00');
  assert.is(hexOf(separatorAfter(bytesOf('40 ff 12'), bytesOf('40 01'))), '40ff13');
});

test.run();
