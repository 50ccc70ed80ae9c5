import { ByteOrderedPartitioner, Murmur3Partitioner } from '@scamander/ring';
import type { DiscoveredTable } from '@scamander/sstable-io';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directTarget } from '../../src/target/direct-target.ts';

const nodes = [
  { host: '10.0.0.1', port: 7000 },
  { host: '10.0.0.1', port: 7001 },
];

const source = (tableId: string | undefined): DiscoveredTable => ({
  keyspace: 'demo',
  table: 'users',
  tableId,
  directories: ['/data/demo/users'],
  sstables: [],
  indexDirectories: [],
});

for (const partitioner of [Murmur3Partitioner, ByteOrderedPartitioner]) {
  test(`embedded nodes each get everything (${partitioner.name})`, async () => {
    const target = directTarget(nodes, partitioner);
    if (target._tag === 'Left') throw new Error(target.left.message);
    assert.equal(
      target.right.nodes.map(({ endpoint, dial, releaseVersion }) => [
        endpoint,
        dial,
        releaseVersion,
      ]),
      nodes.map((endpoint) => [endpoint, endpoint, undefined]),
    );
    const table = await target.right.table('ks', 't', source('id'));
    if (table._tag === 'Left') throw new Error(table.left.message);
    assert.equal(
      [table.right.keyspace, table.right.table, table.right.tableId, table.right.schema],
      ['ks', 't', 'id', undefined],
    );
    assert.equal(table.right.replication, { strategy: 'EverywhereStrategy' });
    assert.is(target.right.ring.members.length, 2);
    assert.equal(await target.right.look(), { _tag: 'Right', right: false });
    assert.equal(await target.right.schemaText('ks'), { _tag: 'Right', right: undefined });
    const names = await target.right.tablesOf('ks');
    assert.is(names._tag === 'Left' && names.left.code, 'SCM_DIRECT_NO_SCHEMA');
    await target.right.close();
  });
}

test('a folder without a table id can go to no embedded node: they know tables by id only', async () => {
  const target = directTarget(nodes, Murmur3Partitioner);
  if (target._tag === 'Left') throw new Error(target.left.message);
  const table = await target.right.table('ks', 't', source(undefined));
  assert.is(table._tag, 'Left');
  if (table._tag === 'Left')
    assert.equal(
      [table.left.code, table.left.kind, table.left.where],
      ['SCM_LOAD_NO_TABLE_ID', 'refused', '/data/demo/users'],
    );
});

test('a node named twice is refused', () => {
  const [one = { host: '', port: 0 }] = nodes;
  const target = directTarget([one, { ...one }], Murmur3Partitioner);
  assert.is(target._tag === 'Left' && target.left.kind, 'usage');
});

test.run();
