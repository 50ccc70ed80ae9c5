// `scamander doctor` at a real node, as people run it: exit codes, JSON lines, a backup.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Node, oneRelease, type Release, withNode } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { linesOf, run, start } from './support/command.ts';
import { emptyTables, type Sample, sampleOf, setsFor } from './support/samples.ts';

const checkHealthy = async (node: Node): Promise<void> => {
  const ran = await start('doctor', `${node.address}:${node.nativePort}`, '--json').ended;
  assert.is(ran.code, 0, ran.err);
  const lines = linesOf(ran);
  const result = lines.at(-1);
  assert.equal(
    [result?.type, result?.['exitCode'], result?.['cluster']],
    ['result', 0, node.settings.clusterName],
  );
  const checks = new Set(
    lines.flatMap(({ finding }) =>
      finding === undefined ? [] : [(finding as { check: string }).check],
    ),
  );
  for (const check of [
    'storage-port',
    'tls-mode',
    'protocol',
    'cql',
    'clock',
    'disk',
    'throttle',
    'dial-back',
  ])
    assert.ok(checks.has(check), check);
};

const checkBackup = (node: Node, sample: Sample): Promise<void> =>
  withTempFolder(async (folder) => {
    await emptyTables(node, [sample]);
    const host = `${node.address}:${node.nativePort}`;
    const copy = join(folder, 'demo', basename(sample.path));
    cpSync(sample.path, copy, { recursive: true });
    const sound = await run('doctor', host, '--no-gossip', '--backup', copy);
    assert.is(sound.code, 0, sound.out);
    assert.match(sound.out, /demo\.users would load \(2 SSTables/);
    const absent = await run('doctor', host, '--no-gossip', '--backup', copy, '--table', 'absent');
    assert.is(absent.code, 4, absent.out);
    assert.match(absent.out, /demo\.absent is not in the cluster/);
    assert.match(absent.out, /CREATE TABLE/);
    const data = join(copy, 'nb-1-big-Data.db');
    const bytes = readFileSync(data);
    bytes.writeUInt8((bytes[20] ?? 0) ^ 0xff, 20);
    writeFileSync(data, bytes);
    const damaged = await run('doctor', host, '--no-gossip', '--backup', copy);
    assert.is(damaged.code, 4, damaged.out);
    const wrong = await run(
      'doctor',
      host,
      '--no-gossip',
      '--backup',
      copy,
      '--tls-insecure',
      '--no-cql-tls',
    );
    assert.is(wrong.code, 3, 'what is wrong with the cluster comes first');
  });

const check = async (node: Node, release: Release): Promise<void> => {
  await checkHealthy(node);
  await checkBackup(node, sampleOf(setsFor(release)[0], 'users'));
};

for (const release of oneRelease('4.1.10'))
  test(`${release.name}: doctor of a healthy node, and of backups for it`, () =>
    withNode(release, (node) => check(node, release)));

test.run();
