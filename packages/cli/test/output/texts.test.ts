import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorText } from '../../src/output/errors.ts';
import { jsonLine } from '../../src/output/json-lines.ts';
import { newsLine } from '../../src/output/load-text.ts';
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

test('retries, other replicas, changed rings and standstills are one line each', () => {
  const lines = [
    newsLine(
      {
        type: 'Retrying',
        peer: '10.0.0.1:7000',
        table: 'shop.orders',
        attempt: 2,
        attempts: 5,
        afterMs: 4_000,
        reason: 'the connection was reset',
      },
      false,
    ),
    newsLine(
      {
        type: 'Rerouted',
        table: 'shop.orders',
        ranges: ['(1, 2]', '(3, 4]', '(5, 6]'],
        from: 'a',
        to: 'b',
        reason: 'a is down',
      },
      false,
    ),
    newsLine({ type: 'RingChanged', message: '10.0.0.9 has joined' }, false),
    newsLine(
      {
        type: 'Stalled',
        verdict: {
          peer: '10.0.0.1:7000',
          who: 'peer',
          waitingFor: 'RECEIVED for nb-3-big-Data.db',
          sinceMs: 65_000,
          lastAcknowledgement: undefined,
          action: 'given up after 120 s',
        },
      },
      false,
    ),
    newsLine({ type: 'Resumed', run: 2, acknowledged: 7, bytes: 2_048 }, false),
  ];
  assert.equal(lines, [
    '10.0.0.1:7000: try 2 of 5 for shop.orders in 4.0 s: the connection was reset',
    'shop.orders: (1, 2] and 2 more ranges from b in place of a: a is down',
    'the ring has changed: 10.0.0.9 has joined',
    '10.0.0.1:7000 stands still for 1 min 5 s: RECEIVED for nb-3-big-Data.db (last acknowledgement: none yet); given up after 120 s',
    'run 2 of this job: 7 pieces (2.0 KiB) were acknowledged before and are left out',
  ]);
});

test.run();
