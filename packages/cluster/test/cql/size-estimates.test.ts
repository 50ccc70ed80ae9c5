// Estimates as rows of system.table_estimates of a 4.0.19 node, and rows that can't be read.
import { Murmur3Partitioner, RandomPartitioner, rangeText } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sizeEstimatesOf } from '../../src/cql/size-estimates.ts';
import { refusal, value } from '../harness.ts';

const row = (more: Readonly<Record<string, unknown>> = {}) => ({
  keyspace_name: 'est',
  table_name: 't',
  range_type: 'primary',
  range_start: '-4485396364529459032',
  range_end: '529829366159820759',
  mean_partition_size: '35',
  partitions_count: '896',
  ...more,
});

test('rows of a node', () => {
  const last = row({
    range_type: 'local_primary',
    range_start: '9156717971574130606',
    range_end: '-9223372036854775808',
    partitions_count: '1',
  });
  const found = value(sizeEstimatesOf([row(), last], Murmur3Partitioner));
  assert.equal(
    found.map(
      ({ kind, range, partitions }) =>
        `${kind} ${rangeText(Murmur3Partitioner, range)} ${partitions}`,
    ),
    [
      'primary (-4485396364529459032,529829366159820759] 896',
      'local_primary (9156717971574130606,-9223372036854775808] 1',
    ],
  );
});

test('kinds of ranges that nobody knows are left out', () => {
  assert.equal(value(sizeEstimatesOf([row({ range_type: 'tertiary' })], Murmur3Partitioner)), []);
});

test('rows that can not be read', () => {
  const none = sizeEstimatesOf([row({ partitions_count: null })], Murmur3Partitioner);
  assert.match(refusal(none, 'SCM_CLUSTER_BAD_ROW'), /partitions_count/);
  refusal(sizeEstimatesOf([row({ range_end: 'x' })], Murmur3Partitioner), 'SCM_CLUSTER_RING');
  refusal(sizeEstimatesOf([row()], RandomPartitioner), 'SCM_CLUSTER_RING');
});

test.run();
