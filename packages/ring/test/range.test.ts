import {
  ByteOrderedPartitioner,
  compareRanges,
  contains,
  containsRange,
  fullRing,
  isFullRing,
  Murmur3Partitioner as murmur3,
  RandomPartitioner,
  rangeWidth,
  unwrap,
  wraps,
} from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { range, ranges, texts } from './harness.ts';

// spec: planning §2 rule 2
for (const [text, inside, outside] of [
  ['(10,20]', [11n, 20n], [10n, 21n, -5n]],
  ['(20,10]', [21n, 5n, 10n, -100n], [11n, 20n]],
  ['(7,7]', [7n, 8n, 6n, -1n], []],
  ['(10,]', [11n, 2n ** 63n - 1n], [10n, 0n]],
  ['(,10]', [10n, -9n], [11n, -(2n ** 63n)]],
] as const) {
  test(`tokens in ${text}`, () => {
    for (const token of inside) assert.ok(contains(murmur3, range(text), token), `${token} in`);
    for (const token of outside) assert.not(contains(murmur3, range(text), token), `${token} out`);
  });
}

// spec: planning §2 rule 3
for (const [outer, inner, expected] of [
  ['(50,50]', '(0,0]', true],
  ['(10,100]', '(20,30]', true],
  ['(10,100]', '(10,100]', true],
  ['(10,100]', '(5,30]', false],
  ['(10,100]', '(50,50]', false],
  ['(100,10]', '(120,5]', true],
  ['(100,10]', '(90,5]', false],
  ['(100,10]', '(120,200]', true],
  ['(100,10]', '(0,10]', true],
  ['(100,10]', '(5,20]', false],
  ['(10,100]', '(100,10]', false],
] as const) {
  test(`${outer} ${expected ? 'contains' : 'does not contain'} ${inner}`, () => {
    assert.is(containsRange(murmur3, range(outer), range(inner)), expected);
  });
}

test('wrapping and the whole ring', () => {
  assert.not(wraps(murmur3, range('(1,2]')));
  assert.ok(wraps(murmur3, range('(2,1]')));
  assert.ok(wraps(murmur3, range('(2,]')));
  assert.not(wraps(murmur3, range('(,2]')));
  assert.ok(isFullRing(murmur3, range('(2,2]')));
  assert.not(isFullRing(murmur3, range('(2,1]')));
});

// spec: planning §2 rule 6
test('unwrap', () => {
  const min = '-9223372036854775808';
  assert.equal(texts(unwrap(murmur3, range('(1,2]'))), ['(1,2]']);
  assert.equal(texts(unwrap(murmur3, range('(2,1]'))), [`(${min},1]`, `(2,${min}]`]);
  assert.equal(texts(unwrap(murmur3, range('(2,]'))), [`(2,${min}]`]);
  assert.equal(texts(unwrap(murmur3, range('(5,5]'))), [`(${min},5]`, `(5,${min}]`]);
});

// spec: planning §2 rule 8
test('order: wrapping first, then by right bound', () => {
  const sorted = ranges('(1,9] (9,1] (1,5] (8,7]').sort((a, b) => compareRanges(murmur3, a, b));
  assert.equal(
    sorted.map((one) => `${one.left}-${one.right}`),
    ['9-1', '8-7', '1-5', '1-9'],
  );
});

test('widths are numbers of tokens, around the end of the ring too; bytes have none', () => {
  assert.is(rangeWidth(murmur3, range('(10,15]')), 5n);
  assert.is(rangeWidth(murmur3, range('(15,10]')), 2n ** 64n - 5n);
  assert.is(rangeWidth(murmur3, range('(10,]')), 2n ** 63n - 10n);
  assert.is(rangeWidth(murmur3, fullRing(murmur3)), 2n ** 64n);
  // from -1 to 2^127, both included
  assert.is(rangeWidth(RandomPartitioner, fullRing(RandomPartitioner)), 2n ** 127n + 2n);
  assert.is(rangeWidth(ByteOrderedPartitioner, fullRing(ByteOrderedPartitioner)), undefined);
});

test.run();
