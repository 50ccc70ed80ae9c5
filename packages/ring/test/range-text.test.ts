import {
  ByteOrderedPartitioner,
  Murmur3Partitioner as murmur3,
  parseRange,
  rangeText,
} from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('a range goes through its text and back', () => {
  const range = { left: -5n, right: 2n ** 63n - 1n };
  assert.is(rangeText(murmur3, range), '(-5,9223372036854775807]');
  assert.equal(parseRange(murmur3, rangeText(murmur3, range)), { _tag: 'Right', right: range });
});

test('the form of the command line', () => {
  const found = parseRange(murmur3, '-5:10');
  assert.equal(found, { _tag: 'Right', right: { left: -5n, right: 10n } });
});

test('an empty bound is the minimum token', () => {
  assert.equal(parseRange(murmur3, ':'), {
    _tag: 'Right',
    right: { left: -(2n ** 63n), right: -(2n ** 63n) },
  });
  assert.equal(parseRange(ByteOrderedPartitioner, '(,0a]'), {
    _tag: 'Right',
    right: { left: new Uint8Array(0), right: Uint8Array.of(10) },
  });
});

for (const [text, code] of [
  ['', 'SCM_RING_BAD_RANGE'],
  ['5', 'SCM_RING_BAD_RANGE'],
  ['[1,2]', 'SCM_RING_BAD_RANGE'],
  ['1:2:3', 'SCM_RING_BAD_RANGE'],
  ['(1,x]', 'SCM_RING_BAD_TOKEN'],
  ['1:99999999999999999999', 'SCM_RING_BAD_TOKEN'],
  ['1'.repeat(400_000), 'SCM_RING_BAD_RANGE'],
] as const) {
  test(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
    const found = parseRange(murmur3, text);
    assert.ok(found._tag === 'Left');
    assert.is(found.left.code, code);
  });
}

test.run();
