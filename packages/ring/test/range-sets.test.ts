// The tables of planning §2.1 (Cassandra: RangeTest), each row a test.

import {
  differenceToFetch,
  intersection,
  Murmur3Partitioner as murmur3,
  normalize,
  OrderPreservingPartitioner,
  sameTokens,
  subtract,
  subtractAll,
} from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { range, ranges, texts } from './harness.ts';

const difference: readonly (readonly [string, string, string])[] = [
  ['(10,40]', '(20,30] (10,20] (10,40] (20,40]', ''],
  ['(10,40]', '(10,50] (20,50] (40,50]', '(40,50]'],
  ['(10,40]', '(0,50]', '(0,10] (40,50]'],
  ['(1010,40]', '(1020,30] (1010,20] (1010,40] (1020,40]', ''],
  ['(1010,40]', '(1010,50] (1020,50] (1040,50]', '(40,50]'],
  ['(1010,40]', '(1000,50]', '(1000,1010] (40,50]'],
  ['(1010,40]', '(0,50] (10,50] (40,50]', '(40,50]'],
  ['(1010,40]', '(10,1010] (40,1010] (10,1030] (40,1030]', '(40,1010]'],
  ['(0,40]', '(1010,0] (1010,10] (1010,40]', '(1010,0]'],
  ['(0,40]', '(1010,50]', '(1010,0] (40,50]'],
  ['(20,40]', '(1010,0]', '(1010,0]'],
  ['(20,40]', '(1010,20]', '(1010,20]'],
];
for (const [before, afters, expected] of difference) {
  for (const after of afters.split(' ')) {
    test(`from ${before} to ${after} fetches {${expected}}`, () => {
      const found = differenceToFetch(murmur3, range(before), range(after));
      assert.equal(texts(found), texts(ranges(expected)));
    });
  }
}

test('subtractAll, cumulative', () => {
  const cut = (text: string) => texts(subtractAll(murmur3, ranges('(1,100]'), ranges(text)));
  assert.equal(cut('(1,10]'), ['(10,100]']);
  assert.equal(cut('(1,10] (90,100]'), ['(10,90]']);
  assert.equal(cut('(1,10] (90,100] (54,60]'), ['(10,54]', '(60,90]']);
  assert.equal(cut('(1,10] (90,100] (54,60] (80,95]'), ['(10,54]', '(60,80]']);
  assert.equal(cut('(1,100]'), []);
});

test('subtraction from the whole ring', () => {
  const cut = (a: string, b: string) => texts(subtract(murmur3, range(a), range(b)));
  assert.equal(cut('(50,50]', '(10,100]'), ['(100,10]']);
  assert.equal(cut('(0,0]', '(100,10]'), ['(10,100]']);
  assert.equal(cut('(50,50]', '(0,0]'), []);
});

for (const [a, b, expected] of [
  ['(0,0]', '(100,10]', '(100,10]'],
  ['(10,10]', '(100,10]', '(100,10]'],
  ['(1000,1000]', '(100,10]', '(100,10]'],
  ['(100,10]', '(90,20]', '(100,10]'],
  ['(0,10]', '(0,9]', '(0,9]'],
  ['(100,10]', '(10,100]', ''],
  ['(100,0]', '(0,100]', ''],
  ['(100,10]', '(0,200]', '(0,10] (100,200]'],
  ['(100,20]', '(120,110]', '(120,20] (100,110]'],
  ['(100,20]', '(10,0]', '(10,20] (100,0]'],
  ['(0,10]', '(10,20]', ''],
  ['(0,15]', '(10,20]', '(10,15]'],
] as const) {
  test(`${a} and ${b} have {${expected}} in common`, () => {
    assert.equal(texts(intersection(murmur3, range(a), range(b))), texts(ranges(expected)));
    assert.equal(texts(intersection(murmur3, range(b), range(a))), texts(ranges(expected)));
  });
}

for (const [given, expected] of [
  ['(1,4] (3,5]', '(1,5]'],
  ['(4,5] (1,3]', '(1,3] (4,5]'],
  ['(9,2]', '(,2] (9,]'],
  ['(8,2] (7,9] (4,5]', '(,2] (4,5] (7,]'],
  ['(5,9] (2,5]', '(2,9]'],
  ['(,1] (1,4] (4,5] (5,]', '(,]'],
  ['(3,3]', '(,]'],
  ['(1,9] (2,3] (4,5]', '(1,9]'],
  ['', ''],
] as const) {
  test(`{${given}} in normal form`, () => {
    const found = normalize(OrderPreservingPartitioner, ranges(given, OrderPreservingPartitioner));
    const wanted = ranges(expected, OrderPreservingPartitioner);
    assert.equal(found, wanted);
  });
}

test('group subtraction', () => {
  const found = subtractAll(murmur3, ranges('(1,5] (10,15]'), ranges('(4,7] (8,11]'));
  assert.equal(texts(found), texts(ranges('(1,4] (11,15]')));
});

test('the same tokens cut differently', () => {
  assert.ok(sameTokens(murmur3, ranges('(5,1]'), ranges('(8,1] (5,8]')));
  assert.not(sameTokens(murmur3, ranges('(5,1]'), ranges('(8,1]')));
});

test.run();
