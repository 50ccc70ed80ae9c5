import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TableName } from '../../../src/pull/options.ts';
import { resolveNames } from '../../../src/pull/source/names.ts';
import { memoryNetwork, nodeAt, openedSource, serveSamples, sourceOptions } from '../asking.ts';

const { signal } = new AbortController();

/** Resolves against two nodes, of which the second holds the table. */
const resolving = (names: readonly TableName[]) =>
  withTempFolder(async (empty) =>
    withTempFolder(async (full) => {
      const network = memoryNetwork();
      const nodes = [
        await serveSamples(network, nodeAt(1), empty, []),
        await serveSamples(network, nodeAt(2), full, ['users', 'readings']),
      ];
      let answer: Awaited<ReturnType<typeof resolveNames>> | undefined;
      await openedSource(
        network,
        sourceOptions([nodeAt(1), nodeAt(2)]),
        async ({ source, probes, parts }) => {
          answer = await resolveNames(source, { names, probes, signal }, parts);
        },
      );
      for (const node of nodes) await node.close();
      if (answer === undefined) throw new Error('no answer');
      return answer;
    }),
  );

test('an embedded node that holds the table tells its id by what it would send', async () => {
  const found = await resolving([
    { keyspace: 'demo', table: 'users' },
    { keyspace: 'demo', table: 'readings' },
    { keyspace: 'demo', table: 'users' },
  ]);
  if (found._tag === 'Left') throw new Error(found.left.message);
  assert.equal(
    found.right.map(({ keyspace, table, tableId }) => [keyspace, table, tableId]),
    [
      ['demo', 'users', '5ca3a000-0000-11ee-8000-000000000001'],
      ['demo', 'readings', '5ca3a000-0000-11ee-8000-000000000002'],
    ],
  );
});

test('a table that no node knows is refused, with what each of them said', async () => {
  const found = await resolving([{ keyspace: 'demo', table: 'nobody' }]);
  assert.is(found._tag, 'Left');
  if (found._tag !== 'Left') return;
  assert.equal([found.left.code, found.left.kind], ['SCM_PULL_NO_TABLE_ID', 'refused']);
  assert.match(found.left.message, /10\.0\.0\.1:7000.*10\.0\.0\.2:7000/);
});

test('a keyspace alone can’t be resolved without a schema', async () => {
  const found = await resolving([{ keyspace: 'demo', table: undefined }]);
  assert.is(found._tag === 'Left' && found.left.code, 'SCM_DIRECT_NO_SCHEMA');
});

test('keyspaces of the nodes’ own are refused', async () => {
  const found = await resolving([{ keyspace: 'system_auth', table: 'roles' }]);
  assert.is(found._tag === 'Left' && found.left.code, 'SCM_PULL_SYSTEM');
});

test.run();
