import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  compareSSTableIds,
  nextSequenceId,
  parseSSTableId,
  type SSTableId,
  timeUuidFromUuidId,
  uuidIdFromTimeUuid,
} from '../../src/naming/sstable-id.ts';

const id = (text: string): SSTableId => {
  const parsed = parseSSTableId(text);
  if (parsed === undefined) throw new Error(`not an id: ${text}`);
  return parsed;
};

test('the vector of the spec, both ways', () => {
  const uuid = '3f2504e0-4f89-11ed-a1b2-0242ac120002';
  const text = '3g07_0ny8_42zmo2gis4oh5egr9e';
  assert.is(uuidIdFromTimeUuid(uuid), text);
  const parsed = id(text);
  assert.ok(parsed.kind === 'uuid');
  assert.is(parsed.timestamp, 138854614406857952n);
  assert.is(timeUuidFromUuidId(parsed), uuid);
});

test('upper case is read; the text stays as it was', () => {
  const parsed = id('3G07_0NY8_42ZMO2GIS4OH5EGR9E');
  assert.ok(parsed.kind === 'uuid');
  assert.is(parsed.timestamp, 138854614406857952n);
  assert.is(parsed.text, '3G07_0NY8_42ZMO2GIS4OH5EGR9E');
});

const REFUSED = [
  ['empty', ''],
  ['a letter', '1a'],
  ['negative', '-1'],
  ['more than an int', '2147483648'],
  ['eleven digits', '00000000001'],
  ['27 characters', '3g07_0ny8_42zmo2gis4oh5egr9'],
  ['29 characters', '3g07_0ny8_42zmo2gis4oh5egr9ee'],
  ['underscores elsewhere', '3g070_ny8_42zmo2gis4oh5egr9e'],
  ['least bits beyond 64', '3g07_0ny8_42zmozzzzzzzzzzzzz'],
  ['time beyond 60 bits', 'zzzz_zzzz_zzzzz0000000000000'],
] as const;
for (const [name, text] of REFUSED)
  test(`refused: ${name}`, () => assert.is(parseSSTableId(text), undefined));

test('largest sequence number', () => {
  const parsed = id('2147483647');
  assert.ok(parsed.kind === 'sequence');
  assert.is(parsed.value, 2147483647);
});

test('only version-1 UUIDs make an id', () => {
  assert.is(uuidIdFromTimeUuid('3f2504e0-4f89-41ed-a1b2-0242ac120002'), undefined);
  assert.is(uuidIdFromTimeUuid('nonsense'), undefined);
});

test("Cassandra's order: numbers, then times, then signed least bits", () => {
  const ordered = [
    '1',
    '9',
    '10',
    // the same time; least bits 0x8000… are negative
    uuidIdFromTimeUuid('3f2504e0-4f89-11ed-8000-000000000001') as string,
    uuidIdFromTimeUuid('3f2504e0-4f89-11ed-8000-000000000002') as string,
    uuidIdFromTimeUuid('3f2504e0-4f89-11ed-0000-000000000001') as string,
    // one tick later
    uuidIdFromTimeUuid('3f2504e1-4f89-11ed-8000-000000000001') as string,
  ];
  for (let a = 0; a < ordered.length; a++)
    for (let b = 0; b < ordered.length; b++) {
      const found = compareSSTableIds(id(ordered[a] as string), id(ordered[b] as string));
      assert.is(Math.sign(found), Math.sign(a - b), `${ordered[a]} against ${ordered[b]}`);
    }
});

test('the next sequence number skips UUID ids', () => {
  assert.is(nextSequenceId([]), '1');
  assert.is(nextSequenceId(['3', '12', '3g07_0ny8_42zmo2gis4oh5egr9e', 'x']), '13');
  assert.is(nextSequenceId(['2147483647']), undefined);
});

test.run();
