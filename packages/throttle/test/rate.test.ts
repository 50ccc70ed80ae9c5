import { formatRate, parseRate, RATE_BYTES_PER_SECOND_MAX } from '@scamander/throttle';
import fc from 'fast-check';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** spec: management §5.3 (MiB/s, KiB/s, B/s), §5.4 (megabits of 125,000 bytes); the decimal units by their names. */
const rates: readonly (readonly [string, number])[] = [
  ['0', 0],
  ['unlimited', 0],
  ['0MiB/s', 0],
  ['24MiB/s', 25_165_824],
  ['50MiB/s', 52_428_800],
  ['200Mb/s', 25_000_000],
  ['1KiB/s', 1024],
  ['1B/s', 1],
  ['1GiB/s', 1_073_741_824],
  ['1kB/s', 1000],
  ['1MB/s', 1_000_000],
  ['1GB/s', 1_000_000_000],
  ['8kb/s', 1000],
  ['1Gb/s', 125_000_000],
  ['1.5 GiB/s', 1_610_612_736],
];

for (const [text, bytesPerSecond] of rates) {
  test(`${text} is ${bytesPerSecond} bytes per second`, () => {
    assert.equal(parseRate(text), { _tag: 'Right', right: bytesPerSecond });
  });
}

const refused: readonly (readonly [string, string])[] = [
  ['', 'SCM_RATE_SYNTAX'],
  ['24', 'SCM_RATE_SYNTAX'],
  ['-1MiB/s', 'SCM_RATE_SYNTAX'],
  ['24mib/s', 'SCM_RATE_SYNTAX'],
  ['24MiB', 'SCM_RATE_SYNTAX'],
  ['MiB/s', 'SCM_RATE_SYNTAX'],
  ['1e3MiB/s', 'SCM_RATE_SYNTAX'],
  [' 24MiB/s', 'SCM_RATE_SYNTAX'],
  ['24  MiB/s', 'SCM_RATE_SYNTAX'],
  ['fast', 'SCM_RATE_SYNTAX'],
  [`${'9'.repeat(40)}B/s`, 'SCM_RATE_SYNTAX'],
  ['0.1B/s', 'SCM_RATE_TOO_SMALL'],
  ['9007199254740992B/s', 'SCM_RATE_TOO_LARGE'],
  ['9999999999999GiB/s', 'SCM_RATE_TOO_LARGE'],
];

for (const [text, code] of refused) {
  test(`"${text}" is refused: ${code}`, () => {
    const parsed = parseRate(text);
    assert.ok(isLeft(parsed));
    assert.is(parsed.left.code, code);
    assert.ok(parsed.left.message.includes(text.slice(0, 20)));
  });
}

test('rates are written in the largest exact unit', () => {
  assert.is(formatRate(0), 'unlimited');
  assert.is(formatRate(25_165_824), '24MiB/s');
  assert.is(formatRate(25_000_000), '200Mb/s');
  assert.is(formatRate(3072), '3KiB/s');
  assert.is(formatRate(1001), '1001B/s');
});

test('every rate comes back from its text', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: RATE_BYTES_PER_SECOND_MAX }), (bytesPerSecond) => {
      const parsed = parseRate(formatRate(bytesPerSecond));
      assert.ok(isRight(parsed));
      assert.is(parsed.right, bytesPerSecond);
    }),
  );
});

test.run();
