import { ChunkCursor, LimitExceeded } from '@scamander/bytes';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const bytesOf = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => index & 0xff);

test('peek and take: nothing when too few wait', () => {
  const cursor = new ChunkCursor({ bytesMax: 16 });
  assert.is(cursor.peek(1), undefined);
  cursor.push(Uint8Array.of(1, 2));
  assert.is(cursor.take(3), undefined);
  assert.is(cursor.available, 2);
  cursor.push(Uint8Array.of(3));
  assert.equal(cursor.peek(3), Uint8Array.of(1, 2, 3));
  assert.equal(cursor.take(2), Uint8Array.of(1, 2));
  assert.equal(cursor.take(0), new Uint8Array(0));
  assert.equal(cursor.take(1), Uint8Array.of(3));
  assert.is(cursor.available, 0);
});

test('inside a chunk there is no copy; across chunks there is one, once', () => {
  const cursor = new ChunkCursor({ bytesMax: 64 });
  const first = bytesOf(8);
  cursor.push(first);
  cursor.push(bytesOf(8));
  assert.is(cursor.peek(8)?.buffer, first.buffer);
  const joined = cursor.peek(10);
  assert.is.not(joined?.buffer, first.buffer);
  assert.is(cursor.peek(9)?.buffer, joined?.buffer);
  assert.is(cursor.available, 16);
});

test('a chunk beyond the limit is refused and nothing of it is kept', () => {
  const cursor = new ChunkCursor({ bytesMax: 4 });
  cursor.push(bytesOf(3));
  assert.throws(
    () => cursor.push(bytesOf(2)),
    (error: unknown) => error instanceof LimitExceeded && error.value === 5n && error.limit === 4n,
  );
  assert.is(cursor.available, 3);
  cursor.skip(3);
  cursor.push(bytesOf(4));
  assert.is(cursor.available, 4);
});

test('skip says how many, drain hands over the chunks', () => {
  const cursor = new ChunkCursor({ bytesMax: 64 });
  const second = bytesOf(6);
  cursor.push(bytesOf(4));
  cursor.push(second);
  cursor.push(new Uint8Array(0));
  assert.is(cursor.skip(5), 5);
  const chunks = cursor.drain();
  assert.is(chunks.length, 1);
  assert.is(chunks[0]?.buffer, second.buffer);
  assert.equal(chunks[0], second.subarray(1));
  assert.is(cursor.available, 0);
  assert.is(cursor.skip(1), 0);
});

test('any pushes and takes give the bytes in order', () => {
  const step = fc.record({
    operation: fc.constantFrom('push', 'peek', 'take', 'skip'),
    count: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const cursor = new ChunkCursor({ bytesMax: 1_000_000 });
      let pushed = 0;
      let taken = 0;
      const expected = (count: number): Uint8Array =>
        Uint8Array.from({ length: count }, (_, index) => (taken + index) & 0xff);
      for (const { operation, count } of steps) {
        if (operation === 'push') {
          cursor.push(Uint8Array.from({ length: count }, (_, index) => (pushed + index) & 0xff));
          pushed += count;
        } else if (operation === 'skip') {
          taken += cursor.skip(count);
        } else {
          const bytes = operation === 'peek' ? cursor.peek(count) : cursor.take(count);
          if (count > pushed - taken) assert.is(bytes, undefined);
          else assert.equal(bytes, expected(count));
          if (bytes !== undefined && operation === 'take') taken += count;
        }
        assert.is(cursor.available, pushed - taken);
      }
      const rest = Buffer.concat(cursor.drain());
      assert.equal(Uint8Array.from(rest), expected(pushed - taken));
    }),
    { numRuns: 300 },
  );
});

test('thousands of one-byte chunks are taken in linear time', () => {
  const cursor = new ChunkCursor({ bytesMax: 100_000 });
  for (let index = 0; index < 50_000; index++) cursor.push(Uint8Array.of(index & 0xff));
  assert.equal(cursor.take(3), Uint8Array.of(0, 1, 2));
  let sum = 3;
  while (cursor.available > 0) sum += cursor.take(1)?.[0] as number;
  let expected = 0;
  for (let index = 0; index < 50_000; index++) expected += index & 0xff;
  assert.is(sum, expected);
});

test.run();
