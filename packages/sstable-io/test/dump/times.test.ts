// Times of a dump. Instants are those of java.time (ISO_INSTANT), which the dump tool prints.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TextBuffer } from '../../src/dump/text-buffer.ts';
import { TimePrinter } from '../../src/dump/time-printer.ts';
import { type TimestampStyle, timeText } from '../../src/dump/times.ts';
import { NO_DELETION_TIME } from '../../src/rows/model.ts';

/** Microseconds, and JsonTransformer#dateString of them. */
const MICROS: readonly [bigint, string][] = [
  [0n, '1970-01-01T00:00:00Z'],
  [1_600_000_000_000_003n, '2020-09-13T12:26:40.000003Z'],
  [1_600_000_000_120_000n, '2020-09-13T12:26:40.120Z'],
  [1_700_000_001_000_000n, '2023-11-14T22:13:21Z'],
  // Seconds are cut towards zero, the rest is counted upwards: the tool is a second late before 1970.
  [-1n, '1970-01-01T00:00:00.999999Z'],
  [-1_500_000n, '1969-12-31T23:59:59.500Z'],
  [253_402_300_800_000_000n, '+10000-01-01T00:00:00.854775807Z'],
];

for (const [micros, text] of MICROS) {
  test(`${micros} µs is ${text}`, () => {
    assert.is(timeText('iso').micros(micros), text);
    assert.is(timeText('raw').micros(micros), String(micros));
  });
}

const SECONDS: readonly [number, string][] = [
  [0, '1970-01-01T00:00:00Z'],
  [2_100_028_263, '2036-07-18T21:11:03Z'],
  [4_294_967_294, '2106-02-07T06:28:14Z'],
  [-62_167_219_201, '-0001-12-31T23:59:59Z'],
  [253_402_300_800, '+10000-01-01T00:00:00Z'],
];

for (const [seconds, text] of SECONDS) {
  test(`${seconds} s is ${text}`, () => {
    assert.is(timeText('iso').seconds(seconds), text);
    assert.is(timeText('raw').seconds(seconds), String(seconds));
  });
}

test('a time that is asked for again has the same text, and no time is the largest of an int', () => {
  const times = timeText('iso');
  for (const [micros, text] of [...MICROS, ...MICROS].sort(() => 0))
    for (let i = 0; i < 2; i++) assert.is(times.micros(micros), text);
  assert.is(timeText('raw').seconds(NO_DELETION_TIME), '2147483647');
});

const printed = (print: (out: TextBuffer) => void): string => {
  const out = new TextBuffer();
  print(out);
  return Buffer.from(out.take()).toString('latin1');
};

/** Long runs of one time, times that are near each other, and any. */
const timestamps = fc.array(
  fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: 0n, max: 2n ** 53n + 10n }),
    fc.integer({ min: 0, max: 3_000_000 }).map((n) => 1_700_000_000_000_000n + BigInt(n)),
    fc.integer({ min: 0, max: 300_000 }).map((n) => BigInt(n) * 1_000_000_000n),
  ),
  { maxLength: 20 },
);
const someSeconds = fc.array(
  fc.oneof(
    fc.constant(NO_DELETION_TIME),
    fc.integer(),
    fc.nat(2 ** 31 - 1),
    fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  ),
  { maxLength: 20 },
);

for (const style of ['raw', 'iso'] satisfies TimestampStyle[])
  test(`${style}: what is printed at once is what the text says`, () => {
    fc.assert(
      fc.property(timestamps, someSeconds, (micros, seconds) => {
        const printer = new TimePrinter(style);
        const text = timeText(style);
        for (const time of micros)
          assert.is(
            printed((out) => printer.micros(out, time)),
            text.micros(time),
          );
        for (const time of seconds)
          assert.is(
            printed((out) => printer.seconds(out, time)),
            text.seconds(time),
          );
      }),
    );
  });

test.run();
