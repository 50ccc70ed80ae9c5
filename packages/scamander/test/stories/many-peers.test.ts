// Fifty peers at once at one embedded node, over TCP: half of them load, half of them ask. Everybody gets and brings what is theirs.
import { join } from 'node:path';
import { discover, type SSTableFiles } from '@scamander/sstable-io';
import { systemClock } from '@scamander/throttle';
import { tcpTransport } from '@scamander/transport';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  componentBytes,
  copyTable,
  loaded,
  partsWith,
  sampleTable,
  snapshot,
  startNode,
  tablesOf,
} from '../harness.ts';
import { askFor } from './pulls.ts';

const RELEASE = '4.1.10-nb';
const PEERS = 50;

const dataOf = async (data: string, table: string): Promise<readonly string[]> =>
  (await discover([data])).tables
    .flatMap(({ sstables }) => sstables)
    .filter(({ descriptor }) => descriptor.table === table)
    .map((files: SSTableFiles) => componentBytes(files, 'Data.db').toString('base64'))
    .sort();

test('25 load while 25 ask', () =>
  withTempFolder(async (folder) => {
    const parts = () => partsWith(tcpTransport({ clock: systemClock }));
    const data = join(folder, 'data');
    copyTable(RELEASE, 'users', data);
    const brought = sampleTable(RELEASE, 'with_lz4');
    const node = await startNode(
      {
        dataDirectory: data,
        listen: { host: '127.0.0.1', port: 0 },
        tables: await tablesOf([brought]),
      },
      parts(),
    );
    const users = await dataOf(data, 'users');
    const whole = await dataOf(brought, 'with_lz4');
    const tables = await tablesOf([data]);
    let [running, most] = [0, 0];
    node.events$.subscribe(({ type, session }) => {
      if (session.role !== 'follower') return;
      if (type === 'SessionConnected') running += 1;
      if (type === 'SessionComplete' || type === 'SessionFailed') running -= 1;
      most = Math.max(most, running);
    });
    const ask = async (index: number): Promise<void> => {
      const into = join(folder, `pulled-${index}`);
      const session = await askFor(
        {
          peer: node.endpoint,
          at: { host: '127.0.0.1', port: 0 },
          requests: [{ keyspace: 'demo', tables: ['users'] }],
          tables,
          dataDirectory: into,
        },
        parts(),
      );
      assert.is(session.state, 'COMPLETE');
      assert.equal(await dataOf(into, 'users'), users);
    };
    const bring = async (): Promise<void> => {
      const { report } = await loaded(
        { paths: [brought], target: { kind: 'direct', nodes: [node.endpoint] } },
        parts(),
      );
      assert.is(report.verdict, 'complete');
    };
    try {
      await Promise.all(
        Array.from({ length: PEERS }, (_, index) => (index % 2 === 0 ? ask(index) : bring())),
      );
    } finally {
      await node.close();
    }
    assert.ok(most >= PEERS / 2, `${most} sessions at once`);
    const loads = PEERS / 2;
    assert.equal(
      await dataOf(data, 'with_lz4'),
      whole.flatMap((one) => Array.from({ length: loads }, () => one)).sort(),
    );
    assert.equal(await dataOf(data, 'users'), users);
    const rests = snapshot(folder).filter(([path]) => /incoming|txn/.test(path));
    assert.equal(rests, []);
  }));

test.run();
