import type { TableSchema } from '@scamander/cluster';
import { Murmur3Partitioner, makeRing, type RingNode } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comparedRanges, withoutCql } from '../../../src/copy/rows/compare-rows.ts';
import { comparedColumns } from '../../../src/copy/rows/compared-columns.ts';

const column = (
  name: string,
  kind: TableSchema['columns'][number]['kind'],
  type: string,
  position = -1,
): TableSchema['columns'][number] => ({ name, kind, type, position, order: 'none' });

const SCHEMA: TableSchema = {
  keyspace: 'ks',
  name: 't',
  kind: 'table',
  id: '',
  columns: [
    column('k2', 'partition_key', 'int', 0),
    column('k1', 'partition_key', 'int', 1),
    column('c', 'clustering', 'int', 0),
    column('z', 'regular', 'text'),
    column('list', 'regular', 'list<int>'),
    column('whole', 'regular', 'frozen<list<int>>'),
    column('home', 'regular', 'address'),
    column('a', 'static', 'frozen<address>'),
  ],
  droppedColumns: [],
  indexes: [],
  views: [],
  userTypes: [{ name: 'address', fields: [] }],
  compression: undefined,
  compaction: {},
  cdc: false,
  flags: [],
  counter: false,
  memtable: undefined,
  gcGraceSeconds: 0,
};

test('keys in their order, then the others by name; write times where CQL of both sides tells them', () => {
  const old = comparedColumns(SCHEMA, ['5.0.6', '4.1.10']);
  assert.equal(old.partitionKey, ['k2', 'k1']);
  assert.equal(old.columns, ['k2', 'k1', 'c', 'a', 'home', 'list', 'whole', 'z']);
  assert.equal(old.writetimes, ['a', 'whole', 'z']);
  const newer = comparedColumns(SCHEMA, ['5.0.6', '6.0-alpha2']);
  assert.equal(newer.writetimes, ['a', 'home', 'list', 'whole', 'z']);
  assert.equal(comparedColumns({ ...SCHEMA, counter: true }, ['5.0.6']).writetimes, []);
});

const MIN = -(2n ** 63n);

test('the ring is cut at its tokens, and every token is in one piece', () => {
  const node = (host: string, tokens: readonly bigint[]): RingNode => ({
    endpoint: { host, port: 7000 },
    hostId: undefined,
    dc: 'dc1',
    rack: 'r1',
    tokens,
    status: 'normal',
    alive: undefined,
  });
  const ring = makeRing(Murmur3Partitioner, [node('a', [10n, -5n]), node('b', [0n])]);
  if (ring._tag === 'Left') throw new Error(ring.left.code);
  assert.equal(comparedRanges(ring.right, undefined), [
    { left: MIN, right: -5n },
    { left: -5n, right: 0n },
    { left: 0n, right: 10n },
    { left: 10n, right: MIN },
  ]);
  assert.equal(comparedRanges(ring.right, [{ left: 5n, right: -7n }]), [
    { left: MIN, right: -7n },
    { left: 5n, right: 10n },
    { left: 10n, right: MIN },
  ]);
});

test('embedded nodes have no rows to read', () => {
  const direct = { kind: 'direct', nodes: [] } as const;
  const cluster = { kind: 'cluster', contactPoints: [] } as const;
  assert.is(withoutCql({ names: [], source: direct, target: cluster })?.code, 'SCM_COPY_NO_CQL');
  assert.is(withoutCql({ names: [], source: cluster, target: cluster }), undefined);
});

test.run();
