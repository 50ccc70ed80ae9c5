import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AssignInput, entireVerdict } from '../../src/load/assign.ts';
import type { SourceSSTable } from '../../src/load/sources.ts';
import type { AttachedIndexes, TargetNode } from '../../src/target/target.ts';
import { sampleTable, sstablesBelow } from '../harness.ts';

const endpoint = { host: '10.0.0.1', port: 7000 };
const node: TargetNode = {
  endpoint,
  dial: endpoint,
  dc: 'dc1',
  rack: 'r1',
  status: 'normal',
  releaseVersion: '5.0.6',
};

const input = (
  indexes: AttachedIndexes = { sai: [], other: [] },
  change: Partial<AssignInput> = {},
): AssignInput => ({
  table: {
    keyspace: 'ks',
    table: 't',
    tableId: 'id',
    schema: undefined,
    indexes,
    replication: { strategy: 'EverywhereStrategy' },
  },
  sources: [],
  nodes: [node],
  probes: new Map([
    ['10.0.0.1:7000', { version: 13 as const, error: undefined, localHost: undefined }],
  ]),
  entire: 'auto',
  ...change,
});

const source = async (
  change: Partial<SourceSSTable> = {},
  more: readonly string[] = [],
): Promise<SourceSSTable> => {
  const [files] = await sstablesBelow(sampleTable('5.0.6-oa', 'with_lz4'));
  if (files === undefined) throw new Error('no sample');
  const components = new Map([...files.components, ...more.map((name) => [name, 1] as const)]);
  return {
    files: { ...files, components },
    dataPath: 'Data.db',
    content: 'Data.db',
    bytes: 1,
    firstToken: 0n,
    lastToken: 1n,
    filterTrusted: true,
    hasLegacyCounterShards: false,
    hasBareUserTypes: false,
    ...change,
  };
};

test('a sound SSTable travels whole to a node that reads its version', async () => {
  assert.is(entireVerdict(await source(), node, input()), true);
});

test('--entire never, old counter shards and bare user types take the way of sections', async () => {
  assert.is(
    entireVerdict(await source(), node, input(undefined, { entire: 'never' })),
    '--entire never',
  );
  const shards = await source({ hasLegacyCounterShards: true });
  assert.match(String(entireVerdict(shards, node, input())), /counter shards/);
  const bare = await source({ hasBareUserTypes: true });
  assert.match(String(entireVerdict(bare, node, input())), /user types/);
});

test('an oa SSTable never goes whole to a node that answered 12: it would refuse to start', async () => {
  const probes = new Map([
    ['10.0.0.1:7000', { version: 12 as const, error: undefined, localHost: undefined }],
  ]);
  const verdict = entireVerdict(await source(), node, input(undefined, { probes }));
  assert.match(String(verdict), /refuse to start/);
});

const SAI = { sai: ['by_body', 'by_age'], other: [] };
const PER_SSTABLE = 'SAI+aa+GroupComplete.db';

test('storage-attached indexes: whole only with the files of every one of them', async () => {
  const complete = [
    PER_SSTABLE,
    'SAI+aa+by_body+ColumnComplete.db',
    'SAI+aa+by_age+ColumnComplete.db',
  ];
  assert.is(entireVerdict(await source({}, complete), node, input(SAI)), true);
  const none = entireVerdict(await source(), node, input(SAI));
  assert.match(String(none), /by_body, by_age/);
  const one = entireVerdict(await source({}, complete.slice(0, 2)), node, input(SAI));
  assert.match(String(one), /\(by_age\)/);
  const withoutGroup = entireVerdict(await source({}, complete.slice(1)), node, input(SAI));
  assert.match(String(withoutGroup), /whose files the SSTable lacks/);
});

test('other attached indexes are built by the node while it rewrites', async () => {
  const verdict = entireVerdict(await source(), node, input({ sai: [], other: ['sasi'] }));
  assert.match(String(verdict), /sasi/);
});

test.run();
