import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { indexOf } from '../../src/cql/table-index.ts';

for (const [kind, className, expected] of [
  ['COMPOSITES', undefined, 'secondary'],
  ['KEYS', undefined, 'secondary'],
  ['CUSTOM', 'StorageAttachedIndex', 'sai'],
  ['CUSTOM', 'org.apache.cassandra.index.sai.StorageAttachedIndex', 'sai'],
  ['CUSTOM', 'sai', 'sai'],
  ['CUSTOM', 'org.apache.cassandra.index.sasi.SASIIndex', 'sasi'],
  ['CUSTOM', 'com.example.LuceneIndex', 'custom'],
] as const) {
  test(`${kind} ${className ?? ''} is ${expected}`, () => {
    const options = { target: 'c', ...(className === undefined ? {} : { class_name: className }) };
    const index = indexOf({ index_name: 'i', kind, options });
    assert.equal(index, { name: 'i', kind: expected, className, target: 'c' });
  });
}

test.run();
