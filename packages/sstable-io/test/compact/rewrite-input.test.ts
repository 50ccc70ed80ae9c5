import { Murmur3Partitioner } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  encodingOf,
  type InputStatistics,
  type RewriteInput,
} from '../../src/compact/rewrite-input.ts';

const input = (statistics: Partial<InputStatistics>): RewriteInput => ({
  files: {
    descriptor: {
      directory: '/nowhere',
      keyspace: 'ks',
      table: 'tb',
      tableId: undefined,
      indexName: undefined,
      version: 'nb',
      format: 'big',
      id: '1',
      prefix: 'nb-1-big-',
    },
    components: new Map(),
  },
  statistics: {
    bloomFilterFpChance: 0.01,
    minTimestamp: 1_600_000_000_000_000n,
    minLocalDeletionTime: 0x7fffffffn,
    minTtl: 0,
    sstableLevel: 0,
    repairedAtMs: 0n,
    pendingRepair: undefined,
    isTransient: false,
    ...statistics,
  },
  partitioner: Murmur3Partitioner,
  compression: undefined,
  dataLengthBytes: 0n,
  rows: () => Promise.reject(new Error('nothing is read')),
});

test('bases are the smallest times that any input has', () => {
  const inputs = [
    input({ minTimestamp: 20n, minLocalDeletionTime: 1_700_000_000n, minTtl: 60 }),
    input({ minTimestamp: 10n, minTtl: 70 }),
  ];
  assert.equal(encodingOf(inputs), {
    minTimestamp: 10n,
    minLocalDeletionTime: 1_700_000_000,
    minTtl: 60,
  });
});

test('the base of times to live is 0 where one input has cells that do not expire', () => {
  const inputs = [input({ minTtl: 100_002_000 }), input({ minTtl: 0 })];
  assert.is(encodingOf(inputs).minTtl, 0);
});

test('times that no input has are those of Cassandra', () => {
  assert.equal(encodingOf([input({ minTimestamp: -(2n ** 63n) })]), {
    minTimestamp: 1_442_880_000_000_000n,
    minLocalDeletionTime: 1_442_880_000,
    minTtl: 0,
  });
});

test.run();
