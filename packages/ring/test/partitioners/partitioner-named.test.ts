import { localPartitionerOf, partitionerNamed } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

for (const name of [
  'Murmur3Partitioner',
  'RandomPartitioner',
  'ByteOrderedPartitioner',
  'OrderPreservingPartitioner',
  'LocalPartitioner',
]) {
  test(`${name} by both its names`, () => {
    const className = `org.apache.cassandra.dht.${name}`;
    for (const asked of [name, className]) {
      const found = partitionerNamed(asked);
      assert.ok(found._tag === 'Right');
      assert.is(found.right.name, name);
      assert.is(found.right.className, className);
    }
  });
}

test('an unknown name is an error value', () => {
  assert.equal(partitionerNamed('org.example.MyPartitioner'), {
    _tag: 'Left',
    left: { code: 'SCM_RING_UNKNOWN_PARTITIONER', partitioner: 'org.example.MyPartitioner' },
  });
});

test('LocalPartitioner orders by the comparison it is given', () => {
  const descending = localPartitionerOf((a, b) => (b[0] ?? 0) - (a[0] ?? 0));
  assert.ok(descending.compare(Uint8Array.of(2), Uint8Array.of(1)) < 0);
  assert.is(descending.tokenToText(Uint8Array.of(2)), '02');
});

test.run();
