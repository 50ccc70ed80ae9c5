// A node is asked for ranges, and dials back: or does not, and that is said.

import { timeUuid } from '@scamander/bytes';
import { fullRing, Murmur3Partitioner } from '@scamander/ring';
import { nodeFileSystem } from '@scamander/sstable-io';
import { unlimited } from '@scamander/throttle';
import type { Endpoint } from '@scamander/wire-codec';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JobNews } from '../../../src/jobs/news.ts';
import type { SourceOptions } from '../../../src/pull/options.ts';
import { type Answer, askNode } from '../../../src/pull/source/ask-node.ts';
import { openListening } from '../../../src/pull/source/listening.ts';
import { sstableIncomingFiles } from '../../../src/serve/incoming-files.ts';
import { TableRegistry } from '../../../src/serve/table-registry.ts';
import { snapshot } from '../../harness.ts';
import { memoryNetwork, nodeAt, openedSource, serveSamples, sourceOptions, US } from '../asking.ts';

const NODE = nodeAt(1);
const USERS = '5ca3a000-0000-11ee-8000-000000000001';

interface Story {
  readonly options?: Partial<SourceOptions>;
  /** What the node calls itself, where it is not where it listens. */
  readonly nodeAnnounces?: Endpoint;
  readonly network?: ReturnType<typeof memoryNetwork>;
}

interface End {
  readonly answer: Answer;
  readonly sstables: number;
  readonly left: readonly unknown[];
  readonly news: readonly JobNews['type'][];
}

/** Asks the node at 10.0.0.1 for its users. */
const ask = ({
  options = {},
  nodeAnnounces,
  network = memoryNetwork(),
}: Story = {}): Promise<End> =>
  withTempFolder(async (folder) =>
    withTempFolder(async (into) => {
      const node = await serveSamples(network, NODE, folder, ['users'], nodeAnnounces);
      let end: End | undefined;
      await openedSource(
        network,
        sourceOptions([NODE], options),
        async ({ source, probes, parts }) => {
          const opened = await openListening(source, probes, parts);
          if (opened._tag === 'Left') throw new Error(opened.left.message);
          const registry = await TableRegistry.open(into);
          await registry.add('demo', 'users', USERS);
          const before = snapshot(into);
          const news: JobNews['type'][] = [];
          const answer = await askNode(
            {
              source,
              listening: opened.right,
              node: source.target.nodes[0] as never,
              asked: {
                keyspace: 'demo',
                tables: ['users'],
                ranges: [fullRing(Murmur3Partitioner)],
              },
              incoming: sstableIncomingFiles(registry, {
                newTimeUuid: () => timeUuid({ unixMs: parts.unixMs(), random: parts.random }),
                fileSystem: nodeFileSystem,
                partitioner: Murmur3Partitioner,
                sstableVersion: 'nb',
              }),
              throttle: { limiterFor: () => unlimited },
              signal: new AbortController().signal,
              emit: (event) => {
                if (event.type === 'Stalled') news.push(event.type);
              },
            },
            parts,
          );
          await opened.right.close();
          const sstables = snapshot(into).filter(([path]) => path.endsWith('-Data.db')).length;
          const left = snapshot(into).filter(([path]) => !before.some(([old]) => old === path));
          end = { answer, sstables, left, news };
        },
      );
      await node.close();
      if (end === undefined) throw new Error('nothing was asked');
      return end;
    }),
  );

test('the node sends what it holds, over connections of its own', async () => {
  const { answer, sstables } = await ask();
  assert.is(answer.failure, undefined);
  assert.is(answer.session?.state, 'COMPLETE');
  assert.ok(sstables > 0);
});

test('a node that calls itself otherwise than we call it is known by the plan', async () => {
  const { answer, sstables } = await ask({ nodeAnnounces: { host: '172.16.0.1', port: 7999 } });
  assert.is(answer.failure, undefined);
  assert.ok(sstables > 0);
});

const noDialBackAt = (end: End, where: string, how: RegExp): void => {
  const { failure } = end.answer;
  assert.is(failure?.kind, 'no-dial-back');
  if (failure?.kind !== 'no-dial-back') return;
  assert.equal(
    [failure.error.code, failure.error.kind, failure.error.where],
    ['SCM_PULL_NO_DIAL_BACK', 'refused', where],
  );
  assert.match(failure.error.message, how);
  assert.equal(end.left, [], 'nothing stays');
};

test('nobody listens at the announced address: the node gives up, and the address is said', async () => {
  const end = await ask({ options: { announce: { host: '203.0.113.7', port: 7000 } } });
  noDialBackAt(end, '203.0.113.7:7000', /10\.0\.0\.1:7000.*gave the session up/);
});

test('the announced address swallows everything: that is said after the time for it', async () => {
  const network = memoryNetwork();
  const swallowing = await network
    .transport('203.0.113.7')
    .listen({ host: '203.0.113.7', port: 7000 });
  if (swallowing._tag === 'Left') throw swallowing.left;
  const open = swallowing.right.connections$.subscribe();
  const options = { announce: { host: '203.0.113.7', port: 7000 }, dialBackTimeoutMs: 100 };
  const end = await ask({ network, options });
  open.unsubscribe();
  noDialBackAt(end, '203.0.113.7:7000', /nothing came within/);
});

test('who wants to push to us is refused', async () => {
  const network = memoryNetwork();
  await openedSource(network, sourceOptions([NODE]), async ({ source, probes, parts }) => {
    const opened = await openListening(source, probes, parts);
    if (opened._tag === 'Left') throw new Error(opened.left.message);
    const { load } = await import('../../../src/load/load.ts');
    const { ONE_TRY, partsWith, sampleTable } = await import('../../harness.ts');
    const pushing = load(
      {
        paths: [sampleTable('4.1.10-nb', 'users')],
        target: { kind: 'direct', nodes: [opened.right.at] },
        retry: ONE_TRY,
      },
      { parts: partsWith(network.transport('10.0.0.66')) },
    );
    const result = await pushing.result;
    await opened.right.close();
    assert.is(result._tag === 'Right' && result.right.verdict, 'failed');
    assert.is(opened.right.at.host, US);
  });
});

test.run();
