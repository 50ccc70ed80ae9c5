// Pulls between our own peers: whole SSTables and sections, again, from one node and from several.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@scamander/throttle';
import { tcpTransport } from '@scamander/transport';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PullOptions } from '../../src/pull/options.ts';
import { copyTable, partsWith, snapshot, sstablesBelow, startNode } from '../harness.ts';
import { rowsOf } from '../stories/rows-of.ts';
import { memoryNetwork, nodeAt, SAMPLE, serveSamples, sourceOptions, US } from './asking.ts';
import { explained, pulled } from './pulled.ts';

const USERS = 'users-5ca3a000000011ee8000000000000001';

const dataFiles = (into: string): readonly string[] =>
  snapshot(into)
    .map(([path]) => path)
    .filter((path) => path.endsWith('-Data.db'));

test('whole SSTables come over TCP, byte for byte, with a receipt', () =>
  withTempFolder(async (folder) =>
    withTempFolder(async (into) => {
      copyTable(SAMPLE, 'users', folder);
      const network = (): ReturnType<typeof partsWith> =>
        partsWith(tcpTransport({ clock: systemClock }));
      const node = await startNode(
        { dataDirectory: folder, listen: { host: '127.0.0.1', port: 0 } },
        network(),
      );
      const { report } = await pulled(
        {
          names: [{ keyspace: 'demo', table: 'users' }],
          source: { kind: 'direct', nodes: [node.endpoint] },
          into: join(into, 'new'),
        },
        network(),
      );
      await node.close();
      assert.is(report.verdict, 'complete', explained(report));
      const there = join(folder, 'demo', USERS);
      const here = join(into, 'new', 'demo', USERS);
      const names = readdirSync(here).filter((name) => name.endsWith('-Data.db'));
      assert.is(
        names.length,
        readdirSync(there).filter((name) => name.endsWith('-Data.db')).length,
      );
      assert.equal(
        names.map((name) => readFileSync(join(here, name)).toString('hex')).sort(),
        readdirSync(there)
          .filter((name) => name.endsWith('-Data.db'))
          .map((name) => readFileSync(join(there, name)).toString('hex'))
          .sort(),
      );
      assert.equal(
        report.receipt.receptions.map(({ mode, status, keyspace, table }) => [
          mode,
          status,
          keyspace,
          table,
        ]),
        names.map(() => ['entire', 'kept', 'demo', 'users']),
      );
    }),
  ));

test.run();
