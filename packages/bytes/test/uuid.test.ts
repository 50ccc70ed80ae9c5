import {
  hexToTableId,
  isUuid,
  MalformedBytes,
  tableIdToHex,
  timeUuid,
  uuidFromBytes,
  uuidToBytes,
  uuidVersion,
} from '@scamander/bytes';
import { seededRandom } from '@scamander-tools/testing';
import { types } from 'cassandra-driver';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromHex, toHex } from './hex.ts';

const TEXT = '550e8400-e29b-41d4-a716-446655440000';

test('text and bytes', () => {
  assert.is(toHex(uuidToBytes(TEXT)), '550e8400e29b41d4a716446655440000');
  assert.is(uuidFromBytes(fromHex('00550e8400e29b41d4a716446655440000'), 1), TEXT);
  assert.is(uuidFromBytes(uuidToBytes(TEXT.toUpperCase())), TEXT);
  assert.is(uuidVersion(TEXT), 4);
});

test('what is no UUID', () => {
  for (const text of [
    '',
    TEXT.slice(1),
    `${TEXT}0`,
    TEXT.replace('e', 'g'),
    TEXT.replaceAll('-', ''),
  ]) {
    assert.not(isUuid(text));
    assert.throws(
      () => uuidToBytes(text),
      (error: unknown) => error instanceof MalformedBytes,
    );
  }
  assert.throws(
    () => uuidFromBytes(new Uint8Array(15)),
    (error: unknown) => error instanceof MalformedBytes,
  );
});

test('table ids as in directory names', () => {
  assert.is(tableIdToHex(TEXT), '550e8400e29b41d4a716446655440000');
  assert.is(hexToTableId('550E8400e29b41d4a716446655440000'), TEXT);
  assert.is(hexToTableId('550e8400e29b41d4a71644665544000'), undefined);
  assert.is(hexToTableId(TEXT), undefined);
});

test('time UUIDs are of version 1, carry the time, and belong to no hardware', () => {
  const random = seededRandom(7);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4_000_000_000_000 }),
      fc.nat(9999),
      (unixMs, sequence) => {
        const text = timeUuid({ unixMs, random, sequence });
        assert.is(uuidVersion(text), 1);
        const parsed = types.TimeUuid.fromString(text);
        assert.is(parsed.getDate().getTime(), unixMs);
        assert.is(parsed.getDatePrecision().ticks, sequence);
        const bytes = uuidToBytes(text);
        assert.is((bytes[8] as number) >> 6, 0b10);
        assert.is((bytes[10] as number) & 1, 1);
      },
    ),
  );
});

test('the epoch of version 1 (RFC 4122 §4.1.4) and the default sequence', () => {
  assert.match(timeUuid({ unixMs: 0, random: () => 0 }), /^13814000-1dd2-11b2-8000-0100/);
  assert.is.not(
    timeUuid({ unixMs: 5, random: seededRandom(1) }),
    timeUuid({ unixMs: 5, random: seededRandom(2) }),
  );
});

test.run();
