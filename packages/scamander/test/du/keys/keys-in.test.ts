// How many partitions lie in ranges, from estimates of ranges of which each is another node's.
import { ByteOrderedPartitioner, Murmur3Partitioner as murmur3, parseRange } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Estimates } from '../../../src/du/keys/estimates.ts';
import { keysIn } from '../../../src/du/keys/keys-in.ts';

const range = (text: string, partitioner = murmur3) => {
  const parsed = parseRange(partitioner, text);
  assert.ok(parsed._tag === 'Right');
  return parsed.right;
};
const estimate = (text: string, partitions: number) => ({ range: range(text), partitions });

const ring = [estimate('(,0]', 640), estimate('(0,100]', 128), estimate('(100,]', 1280)];

test('whole ranges count whole, parts by their share of the tokens', () => {
  assert.is(keysIn(murmur3, [range('(0,100]')], ring), 128);
  assert.is(keysIn(murmur3, [range('(0,50]')], ring), 64);
  assert.is(keysIn(murmur3, [range('(0,25]'), range('(50,75]')], ring), 64);
  assert.is(keysIn(murmur3, [range('(,]')], ring), 2048);
  // a range around the end of the ring
  assert.is(keysIn(murmur3, [range('(100,0]')], ring), 1920);
});

test('what is not covered is not known', () => {
  const holed = [ring[0], ring[2]].filter((one) => one !== undefined);
  assert.is(keysIn(murmur3, [range('(0,50]')], holed), undefined);
  assert.is(keysIn(murmur3, [range('(50,200]')], holed), undefined);
  assert.is(keysIn(murmur3, [range('(-50,0]')], holed) === undefined, false);
  assert.is(keysIn(murmur3, [range('(0,50]')], []), undefined);
});

test('tokens without a distance: whole ranges only', () => {
  const bytes = ByteOrderedPartitioner;
  const known = [{ range: range('(10,20]', bytes), partitions: 5 }];
  assert.is(keysIn(bytes, [range('(10,20]', bytes)], known), 5);
  assert.is(keysIn(bytes, [range('(10,15]', bytes)], known), undefined);
});

test('replicas of a datacenter have ranges of their own, where the strategy counts by datacenter', () => {
  const said = (dc: string, kind: 'primary' | 'local_primary', partitions: number) => ({
    dc,
    tables: new Map([['t', [{ kind, range: range('(0,100]'), partitions }]]]),
  });
  const estimates = new Estimates([
    said('dc1', 'primary', 1),
    said('dc1', 'local_primary', 2),
    said('dc2', 'local_primary', 3),
  ]);
  const topology = { strategy: 'NetworkTopologyStrategy', factors: new Map() } as const;
  const simple = { strategy: 'SimpleStrategy', factor: { all: 1, transient: 0 } } as const;
  const partitions = (...question: Parameters<Estimates['of']>) =>
    estimates.of(...question).map((one) => one.partitions);
  assert.equal(partitions('t', topology, 'dc1'), [2]);
  assert.equal(partitions('t', topology, 'dc2'), [3]);
  assert.equal(partitions('t', simple, 'dc2'), [1]);
  assert.equal(partitions('u', simple, 'dc2'), []);
});

test.run();
