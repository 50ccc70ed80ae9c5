import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCli } from '../fake-world.ts';

const samples = fileURLToPath(new URL('../../samples', import.meta.url));

/** Live sample SSTables, counted from their Data.db files; snapshots are copies of them. */
const dataFiles = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'snapshots') return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return dataFiles(path);
    return entry.name.endsWith('-Data.db') ? [path] : [];
  });

test('the demo loads every sample, verifies it and says what to try next', async () => {
  const expected = dataFiles(samples).length;
  const ran = await runCli(['demo']);
  assert.is(ran.code, 0, ran.err);
  assert.match(ran.out, new RegExp(`${expected} of ${expected} deliveries acknowledged`));
  assert.match(
    ran.out,
    new RegExp(
      `${expected} SSTables verified to the last key, \\d+ components byte-identical, 0 differences`,
    ),
  );
  assert.match(ran.out, /npx scamander load/);
});

test('--keep leaves what was received, byte for byte', () =>
  withTempFolder(async (folder) => {
    const ran = await runCli(['demo', '--keep', folder, '--quiet']);
    assert.is(ran.code, 0, ran.err);
    assert.is(ran.err, '');
    const sizes = (files: string[]) =>
      files.map((file) => readFileSync(file).toString('base64')).sort((a, b) => (a < b ? -1 : 1));
    assert.equal(sizes(dataFiles(folder)), sizes(dataFiles(samples)));
  }));

test('--json gives one object a line, the last one the result', async () => {
  const ran = await runCli(['demo', '--json']);
  assert.is(ran.code, 0, ran.err);
  const lines = ran.lines();
  assert.is(lines.at(-1)?.['type'], 'result');
  assert.is(lines.at(-1)?.['exitCode'], 0);
  for (const type of [
    'Discovered',
    'ReplicaProbed',
    'Verified',
    'Planned',
    'SessionPrepared',
    'FileStarted',
    'FileChunk',
    'FileAcknowledged',
    'SessionComplete',
  ]) {
    assert.ok(
      lines.some((line) => line['type'] === type),
      type,
    );
  }
  assert.ok(!ran.out.includes('"bytes":"'), 'the bytes of chunks stay out');
});

test.run();
