import { Murmur3Partitioner, RandomPartitioner } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comparableKey } from '../../src/bti/byte-comparable.ts';
import { separatorAfter, separatorBetween } from '../../src/bti/comparable-clustering.ts';

const hexOf = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex');
const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const compact = (hex: string): string => hex.replaceAll(' ', '').toLowerCase();

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
