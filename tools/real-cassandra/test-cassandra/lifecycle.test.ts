// Starting, restarting, killing, failing; and that nothing is left behind. One release suffices: the first one chosen.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { rejects } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RealCassandraFailure, type Release, releases, startNode } from '../src/index.ts';
import { accepts } from '../src/readiness.ts';

const release = releases()[0] as Release;
const options = { version: release.version, yaml: release.yaml };

test(`${release.name}: data survive a restart and a kill; after stop() nothing is there`, async () => {
  const node = await startNode(options);
  const read = async (): Promise<number> => {
    const client = await node.cql();
    return (await client.execute('SELECT * FROM l.t')).rowLength;
  };
  try {
    const client = await node.cql();
    await client.execute(
      "CREATE KEYSPACE l WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    );
    await client.execute('CREATE TABLE l.t (id int PRIMARY KEY)');
    await client.execute('INSERT INTO l.t (id) VALUES (1)');
    await node.restart();
    assert.is(await read(), 1);
    await node.kill();
    assert.is(node.isRunning(), false);
    assert.is(await accepts(node.address, node.nativePort), false);
    assert.ok(existsSync(node.dataDirectory));
    await node.start();
    assert.is(await read(), 1);
  } finally {
    await node.stop();
  }
  assert.not.ok(existsSync(node.folder));
  assert.is(await accepts(node.address, node.storagePort), false);
  await node.stop(); // twice is fine
});

test(`${release.name}: a node that cannot start is an error with the reason from its log`, async () => {
  const error = await rejects(startNode({ ...options, partitioner: 'NoSuchPartitioner' }));
  assert.instance(error, RealCassandraFailure);
  assert.match(error.message, /SCM_NODE_DIED.*NoSuchPartitioner/s);
});

test(`${release.name}: when the process that started a node is killed, node and folder go`, async () => {
  const parent = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '-C',
      '@scamander/source',
      fileURLToPath(new URL('node-parent.ts', import.meta.url)),
      release.name,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const line = await new Promise<string>((resolve, reject) => {
    parent.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    parent.once('exit', (code) => reject(new Error(`the parent ended with ${code}`)));
  });
  const { address, folder } = JSON.parse(line) as { address: string; folder: string };
  assert.ok(await accepts(address, 9042));
  parent.kill('SIGKILL');
  const start = performance.now();
  while (existsSync(folder) || (await accepts(address, 9042))) {
    assert.ok(performance.now() - start < 20_000, 'node or folder still there after 20 s');
    await delay(50);
  }
});

test.run();
