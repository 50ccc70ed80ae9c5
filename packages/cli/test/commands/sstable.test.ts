import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixture, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCli } from '../fake-world.ts';

const samples = fileURLToPath(new URL('../../samples', import.meta.url));

/** A copy of one sample table, in a folder of its own. */
const withTable = (
  sample: string,
  table: string,
  body: (folder: string, prefix: string) => Promise<void>,
) =>
  withTempFolder(async (root) => {
    const parent = join(samples, sample, 'demo');
    const name = readdirSync(parent).find((one) => one.startsWith(`${table}-`)) ?? '';
    const folder = join(root, 'demo', name);
    cpSync(join(parent, name), folder, { recursive: true });
    const data = readdirSync(folder).find((one) => one.endsWith('-Data.db')) ?? '';
    await body(folder, data.slice(0, -'Data.db'.length));
  });

const flip = (file: string, at: number): void => {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 0x40;
  writeFileSync(file, bytes);
};

for (const sample of ['4.1.10-nb', '5.0.6-nb', '5.0.6-oa', '5.0.6-da']) {
  test(`verify --deep finds every SSTable of ${sample} sound`, async () => {
    const ran = await runCli(['sstable', 'verify', '--deep', join(samples, sample)]);
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.out, /\d+ SSTables, 0 with errors \(deep\)/);
    assert.not.match(ran.out, /BAD/);
  });
}

test('a flipped byte is exit code 4 and the one shape of an error, with file and place', () =>
  withTable('4.1.10-nb', 'with_lz4', async (folder, prefix) => {
    flip(join(folder, `${prefix}Data.db`), 100);
    const ran = await runCli(['sstable', 'verify', folder]);
    assert.is(ran.code, 4);
    assert.match(ran.out, /^BAD {3}/m);
    assert.match(ran.err, /^error SCM_SSTABLE_\w+: /m);
    assert.match(ran.err, /^ {2}where: .*Data\.db.*\n {2}lost: nothing.*\n {2}try: /m);
    assert.not.match(ran.err, /\n\s+at /, 'no stack trace');
  }));

test('a missing component is named, and the command goes on', () =>
  withTable('5.0.6-da', 'with_none', async (folder, prefix) => {
    rmSync(join(folder, `${prefix}Partitions.db`));
    const verify = await runCli(['sstable', 'verify', folder]);
    assert.is(verify.code, 4);
    assert.match(verify.err, /Partitions\.db/);
    const describe = await runCli(['sstable', 'describe', folder]);
    assert.is(describe.code, 4);
  }));

test('verify --json has the errors as data and ends with the result', () =>
  withTable('4.1.10-nb', 'with_snappy', async (folder, prefix) => {
    flip(join(folder, `${prefix}Data.db`), 40);
    const ran = await runCli(['sstable', 'verify', '--json', folder]);
    const [verified, result] = [ran.lines()[0], ran.lines().at(-1)];
    assert.is(verified?.['sound'], false);
    const errors = verified?.['errors'];
    assert.ok(Array.isArray(errors) && errors.length > 0);
    assert.equal([result?.['type'], result?.['exitCode'], result?.['bad']], ['result', 4, 1]);
  }));

test('describe says what the table is: key, columns, compression, tokens', async () => {
  const folder = join(samples, '4.1.10-nb', 'demo');
  const ran = await runCli([
    'sstable',
    'describe',
    join(folder, readdirSync(folder).find((one) => one.startsWith('readings-')) ?? ''),
  ]);
  assert.is(ran.code, 0, ran.err);
  // As the table was created (schema.cql beside the files).
  for (const expected of [
    /demo\.readings/,
    /nb-big/,
    /Murmur3Partitioner/,
    /LZ4Compressor, 4\.0 KiB chunks/,
    /partition key +int/,
    /clustering +int/,
    /place text/,
    /tags set<text>/,
    /attributes map<text, int>/,
    /history list<int>/,
  ]) {
    assert.match(ran.out, expected);
  }
});

for (const [folder, version] of [
  ['real/2.1.22/colls', 'ka'],
  ['real/2.0.17/colls', 'jb'],
  ['real/2.2.19/colls', 'lb'],
  ['real/1.2.19/Cql', 'ic'],
] as const)
  sharedTest(
    test,
    `${version}: SSTables of before 3.0 are described and verified without a schema`,
    async () => {
      const ran = await runCli(['sstable', 'describe', '--json', fixture(folder)]);
      assert.is(ran.code, 0, ran.err);
      const table = ran.lines().find((line) => line['type'] === 'SSTable');
      assert.is(table?.['version'], version);
      const text = await runCli(['sstable', 'describe', fixture(folder)]);
      assert.match(text.out, /not said before 3\.0/);
      const verified = await runCli(['sstable', 'verify', '--deep', fixture(folder)]);
      assert.is(verified.code, 0, verified.err);
      assert.match(verified.out, /^sound {2}.*Data\.db$/m);
    },
  );

test('a deep verification of more than a few MB runs in a thread of its own, and ends on Ctrl-C', () =>
  withTempFolder(async (folder) => {
    const into = join(folder, 'made');
    const rows = join(folder, 'rows.jsonl');
    const schema = join(folder, 'schema.cql');
    writeFileSync(
      schema,
      "CREATE TABLE ks.blobs (id int PRIMARY KEY, body text) WITH compression = {'enabled': 'false'};",
    );
    const body = 'x'.repeat(100_000);
    writeFileSync(
      rows,
      Array.from({ length: 60 }, (_, id) => JSON.stringify({ id, body })).join('\n'),
    );
    const written = await runCli(['sstable', 'write', '--schema', schema, '--into', into, rows]);
    assert.is(written.code, 0, written.err);
    const whole = await runCli(['sstable', 'verify', '--deep', into]);
    assert.is(whole.code, 0, whole.err);
    const cut = await runCli(['sstable', 'verify', '--deep', into, samples], {
      whileRunning: async ({ interrupt, out, ended }) => {
        // the first of forty is done: it is at work
        while (!out().includes('sound') && !ended())
          await new Promise((resolve) => setImmediate(resolve));
        interrupt();
      },
    });
    assert.is(cut.code, 130, cut.err);
  }));

test('describe --json has the same as data', async () => {
  const ran = await runCli(['sstable', 'describe', '--json', join(samples, '5.0.6-da', 'demo')]);
  assert.is(ran.code, 0, ran.err);
  const tables = ran.lines().filter((line) => line['type'] === 'SSTable');
  assert.ok(tables.length > 0);
  for (const table of tables)
    assert.equal([table['version'], table['format'], table['keyspace']], ['da', 'bti', 'demo']);
});

test('a folder without SSTables, and one that is not there, are usage errors', () =>
  withTempFolder(async (folder) => {
    for (const command of ['verify', 'describe']) {
      assert.is((await runCli(['sstable', command, join(folder, 'nowhere')])).code === 0, false);
      const ran = await runCli(['sstable', command, folder]);
      assert.is(ran.code, 2, ran.err);
      assert.match(ran.err, /error SCM_SSTABLE_NOT_FOUND/);
    }
  }));

test.run();
