import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseSchema } from '@scamander/cql-types';
import { fixture, sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const schemaFiles = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return schemaFiles(path);
    return name === 'schema.cql' || name === 'create.cql' ? [path] : [];
  });

sharedTest(test, 'every schema beside a real SSTable is read, and names its table', () => {
  const files = [...schemaFiles(fixture('real')), ...schemaFiles(fixture('sstables'))];
  assert.ok(files.length > 400, `${files.length}`);
  for (const file of files) {
    // the files of the newer releases leave the keyspace out
    const schema = parseSchema(readFileSync(file, 'utf8'), { keyspace: 'fx' });
    if (schema._tag === 'Left') throw new Error(`${file}: ${schema.left.message}`);
    // folders of other partitioners have a prefix
    const folder = file.split('/').at(-2) ?? '';
    assert.ok(
      schema.right.tables.some(({ table }) => folder.endsWith(table)),
      `${file}: ${schema.right.tables.map(({ table }) => table).join()}`,
    );
  }
});

test.run();
