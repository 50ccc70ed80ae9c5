import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorText } from '../../src/output/errors.ts';
import { jsonLine } from '../../src/output/json-lines.ts';
import { durationText, rateText, sizeText } from '../../src/output/sizes.ts';
import { columns } from '../../src/output/table.ts';

test('sizes', () => {
  assert.equal([0, 1023, 1024, 1536, 5_368_709_120].map(sizeText), [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.5 KiB',
    '5.0 GiB',
  ]);
});

test('rates and durations', () => {
  assert.is(rateText(1_048_576, 500), '2.0 MiB/s');
  assert.is(rateText(1, 0), '–');
  assert.equal([850, 12_340, 245_000].map(durationText), ['850 ms', '12.3 s', '4 min 5 s']);
});

test('an error has one shape', () => {
  const text = errorText({
    code: 'SCM_X',
    kind: 'failed',
    message: 'it broke',
    where: 'a file, byte 7',
    lost: 'nothing',
    advice: 'again',
    retryable: true,
  });
  assert.is(text, 'error SCM_X: it broke\n  where: a file, byte 7\n  lost: nothing\n  try: again');
});

test('JSON lines: exact numbers as numbers, larger ones as text, bytes as hex, maps as objects', () => {
  const line = jsonLine({
    a: 5n,
    b: 2n ** 60n,
    c: new Uint8Array([1, 255]),
    d: new Map([['k', 1n]]),
  });
  assert.is(line, '{"a":5,"b":"1152921504606846976","c":"01ff","d":{"k":1}}\n');
});

test('columns stand below each other', () => {
  assert.is(
    columns([
      ['a', 'b'],
      ['long', 'c'],
    ]),
    'a     b\nlong  c',
  );
});

test.run();
