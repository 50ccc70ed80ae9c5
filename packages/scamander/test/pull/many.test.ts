// Fifty sessions at once: twenty-five nodes, two tables, every replica asked for all it has. The same comes again and again and is kept once.
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EmbeddedNode } from '../../src/serve/serve.ts';
import { copyTable, partsWith, startNode } from '../harness.ts';
import { memoryNetwork, nodeAt, SAMPLE, US } from './asking.ts';
import { dataFilesIn, partitionsIn, TABLES } from './asking-many.ts';
import { explained, pulled } from './pulled.ts';

const NODES = 25;

test('fifty parallel sessions', () =>
  withTempFolder(async (folder) => {
    const there = join(folder, 'there');
    const into = join(folder, 'into');
    for (const table of TABLES) copyTable(SAMPLE, table, there);
    const network = memoryNetwork();
    const nodes: EmbeddedNode[] = [];
    try {
      // One folder serves all of them: they only read.
      for (let number = 1; number <= NODES; number++)
        nodes.push(
          await startNode(
            { dataDirectory: there, listen: nodeAt(number + 20) },
            partsWith(network.transport(nodeAt(number + 20).host)),
          ),
        );
      const open = new Set<string>();
      let most = 0;
      const { report } = await pulled(
        {
          names: TABLES.map((table) => ({ keyspace: 'demo', table })),
          source: { kind: 'direct', nodes: nodes.map(({ endpoint }) => endpoint) },
          listen: { host: US, port: 0 },
          into,
          allReplicas: true,
          sessions: 2 * NODES,
        },
        partsWith(network.transport(US)),
        (event) => {
          if (!('session' in event)) return;
          if (event.type === 'SessionConnected') open.add(event.session.planId);
          if (event.type === 'SessionComplete') open.delete(event.session.planId);
          most = Math.max(most, open.size);
        },
      );
      assert.is(report.verdict, 'complete', explained(report));
      assert.is(report.plan.units.length, 2 * NODES);
      assert.is(most, 2 * NODES, 'all at once');
      assert.is(report.receipt.receptions.length, NODES * dataFilesIn(there).length);
      assert.equal(await partitionsIn(into), await partitionsIn(there));
      assert.is(report.known, (NODES - 1) * dataFilesIn(there).length);
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
    }
  }));

test.run();
