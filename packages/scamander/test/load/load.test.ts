import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { memoryNetwork } from '@scamander/transport';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { load } from '../../src/load/load.ts';
import type { LoadOptions } from '../../src/load/options.ts';
import { announcedEndpoint } from '../../src/target/announced-endpoint.ts';
import { copyTable, partsWith } from '../harness.ts';

const nodes = [
  { endpoint: { host: '127.0.0.1', port: 7000 } },
  { endpoint: { host: '127.0.0.1', port: 7001 } },
  { endpoint: { host: '127.0.0.2', port: 7002 } },
];

test('we call ourselves by an address that is no node’s: a node called by its own name answers nothing', () => {
  assert.equal(announcedEndpoint('127.0.0.1', nodes), { host: '127.0.0.1', port: 7002 });
  assert.equal(announcedEndpoint('127.0.0.2', nodes), { host: '127.0.0.2', port: 7000 });
  assert.equal(announcedEndpoint('10.0.0.5', []), { host: '10.0.0.5', port: 7000 });
});

/** Nobody listens on this network: whatever comes back was found before a connection was made, or says that none could be. */
const failureOf = async (options: Partial<LoadOptions>) => {
  const result = await load(
    {
      paths: [],
      target: { kind: 'direct', nodes: [{ host: '10.0.0.1', port: 7000 }] },
      ...options,
    },
    { parts: partsWith(memoryNetwork().transport('10.0.0.9')) },
  ).result;
  if (result._tag === 'Right') throw new Error(`a report: ${result.right.verdict}`);
  return result.left;
};

test('a path that does not exist is a wrong command line, and the others are not loaded without it', () =>
  withTempFolder(async (folder) => {
    const table = copyTable('4.1.10-nb', 'users', folder);
    const missing = join(folder, 'nowhere');
    for (const paths of [[missing], [table, missing]]) {
      const { kind, code, where } = await failureOf({ paths });
      assert.equal([kind, code, where], ['usage', 'SCM_SSTABLE_NOT_FOUND', missing]);
    }
  }));

test('an empty folder has nothing to load', () =>
  withTempFolder(async (folder) => {
    mkdirSync(join(folder, 'demo', 'users-5ca3a000000011ee8000000000000001'), { recursive: true });
    const { kind, code } = await failureOf({ paths: [folder] });
    assert.equal([kind, code], ['usage', 'SCM_LOAD_NOTHING']);
  }));

test('--table for several tables is refused', () =>
  withTempFolder(async (folder) => {
    copyTable('4.1.10-nb', 'users', folder);
    copyTable('4.1.10-nb', 'with_lz4', folder);
    const failure = await failureOf({ paths: [folder], table: 'other' });
    assert.is(failure.kind, 'usage');
  }));

test('a range that is none is a wrong command line', () =>
  withTempFolder(async (folder) => {
    const paths = [copyTable('4.1.10-nb', 'users', folder)];
    const failure = await failureOf({ paths, ranges: ['0:100', 'low:high'] });
    assert.equal([failure.kind, failure.code], ['usage', 'SCM_LOAD_RANGE']);
    assert.match(failure.message, /"low:high"/);
  }));

test('the same node named twice is a wrong command line', () =>
  withTempFolder(async (folder) => {
    const paths = [copyTable('4.1.10-nb', 'users', folder)];
    const node = { host: '10.0.0.1', port: 7000 };
    const failure = await failureOf({ paths, target: { kind: 'direct', nodes: [node, node] } });
    assert.is(failure.kind, 'usage');
  }));

test('nobody there: refused, with every node and its reason', () =>
  withTempFolder(async (folder) => {
    const paths = [copyTable('4.1.10-nb', 'users', folder)];
    const failure = await failureOf({ paths });
    assert.equal([failure.kind, failure.code], ['refused', 'SCM_NET_REFUSED']);
    assert.match(failure.where, /^10\.0\.0\.1:7000: /);
  }));

test('a load that was cancelled before it began sends nothing', () =>
  withTempFolder(async (folder) => {
    const result = await load(
      {
        paths: [copyTable('4.1.10-nb', 'users', folder)],
        target: { kind: 'direct', nodes: [{ host: '10.0.0.1', port: 7000 }] },
      },
      {
        parts: partsWith(memoryNetwork().transport('10.0.0.9')),
        signal: AbortSignal.abort(),
      },
    ).result;
    assert.is(result._tag, 'Left');
  }));

test.run();
