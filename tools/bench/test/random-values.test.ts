import { deflateSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomPool, valueAt } from '../src/datasets/random-values.ts';

test('the same seed gives the same pool, another seed another', () => {
  assert.is(Buffer.compare(randomPool(7, 4_096), randomPool(7, 4_096)), 0);
  assert.is.not(Buffer.compare(randomPool(7, 4_096), randomPool(8, 4_096)), 0);
});

test('values have their length and do not compress', () => {
  const pool = randomPool(1, 1 << 20);
  for (const index of [0, 1, 999_999]) {
    const value = valueAt(pool, index, 4_000);
    assert.is(value.length, 4_000);
    assert.ok(deflateSync(value).length > 3_990);
  }
});

test('neighbours differ', () => {
  const pool = randomPool(1, 1 << 20);
  assert.is.not(Buffer.compare(valueAt(pool, 1, 100), valueAt(pool, 2, 100)), 0);
});

test.run();
