import { Murmur3Partitioner, makeRing, type TokenRange } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { repairCommands } from '../../src/load/repair-commands.ts';

const endpoint = { host: '10.0.0.2', port: 7000 };
const range = (left: bigint, right: bigint): TokenRange => ({ left, right });
const MIN = Murmur3Partitioner.minimumToken as bigint;

const ringOf = (tokens: readonly bigint[]) => {
  const ring = makeRing(
    Murmur3Partitioner,
    tokens.map((token, index) => ({
      ...{ endpoint: { host: `10.0.1.${index}`, port: 7000 }, hostId: undefined, dc: 'dc1' },
      ...{ rack: 'r1', tokens: [token], status: 'normal' as const, alive: true },
    })),
  );
  if (ring._tag === 'Left') throw new Error(ring.left.code);
  return ring.right;
};

const commands = (
  owed: readonly TokenRange[],
  missed: readonly TokenRange[],
  tokens: readonly bigint[] = [0n, 100n, 200n],
) => repairCommands({ keyspace: 'ks', table: 't', endpoint, owed, missed }, ringOf(tokens));

test('a replica that misses all it was to get is repaired as a whole', () => {
  assert.equal(commands([range(0n, 100n), range(100n, 150n)], [range(0n, 150n)]), [
    'nodetool -h 10.0.0.2 repair -full ks t',
  ]);
});

test('ranges are cut at the tokens of the ring: nodetool takes none that lies across two of a node’s own', () => {
  assert.equal(commands([range(-500n, 500n)], [range(-50n, 150n)]), [
    'nodetool -h 10.0.0.2 repair -full -st -50 -et 0 ks t',
    'nodetool -h 10.0.0.2 repair -full -st 0 -et 100 ks t',
    'nodetool -h 10.0.0.2 repair -full -st 100 -et 150 ks t',
  ]);
});

test('a range around the end of the ring', () => {
  assert.equal(commands([range(MIN, MIN)], [range(150n, -50n)]), [
    `nodetool -h 10.0.0.2 repair -full -st ${MIN} -et -50 ks t`,
    'nodetool -h 10.0.0.2 repair -full -st 150 -et 200 ks t',
    `nodetool -h 10.0.0.2 repair -full -st 200 -et ${MIN} ks t`,
  ]);
});

test('nothing missed, nothing to run; too many ranges to be named are repaired as a whole', () => {
  assert.equal(commands([range(0n, 100n)], []), []);
  const tokens = Array.from({ length: 200 }, (_, index) => BigInt(index * 10));
  assert.equal(commands([range(-100n, 5000n)], [range(0n, 1500n)], tokens), [
    'nodetool -h 10.0.0.2 repair -full ks t',
  ]);
});

test.run();
