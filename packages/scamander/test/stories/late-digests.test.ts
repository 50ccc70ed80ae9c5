// Large SSTables are sent while their digests are still being computed. One whose digest is wrong never gets to its end: the node applies
// nothing of it, and the others arrive all the same.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { SSTableFiles } from '@scamander/sstable-io';
import { fileCrc32, memoryNetwork } from '@scamander/transport';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LATE_DIGEST_BYTES_MIN } from '../../src/limits.ts';
import type { LoadEvent } from '../../src/load/events.ts';
import { load } from '../../src/load/load.ts';
import type { LoadOptions } from '../../src/load/options.ts';
import { loaded, networks, snapshot, sstablesBelow, startNode, tablesOf } from '../harness.ts';
import { copyAs, damageFile } from './damage.ts';
import { writeLargeSSTable } from './large-sstable.ts';

const VALUE_BYTES = 4000;
const LARGE = Math.ceil(LATE_DIGEST_BYTES_MIN / VALUE_BYTES);
const SMALL = 50;

/** A folder with one sound SSTable that is large, as id 1. */
const withLarge = (
  body: (folder: string, directory: string, large: SSTableFiles) => Promise<void>,
): Promise<void> =>
  withTempFolder(async (folder) => {
    const directory = writeLargeSSTable(join(folder, 'source'), LARGE, VALUE_BYTES);
    const [large] = await sstablesBelow(directory);
    if (large === undefined) throw new Error('no SSTable');
    assert.ok((large.components.get('Data.db') ?? 0) > LATE_DIGEST_BYTES_MIN);
    await body(folder, directory, large);
  });

/** Two ways to be wrong that only the digest tells: a bit that changed, and a digest of something else. */
const spoil = (prefix: string, how: 'flipped' | 'digest'): void => {
  if (how === 'flipped') damageFile(`${prefix}Data.db`, 'flipped');
  else writeFileSync(`${prefix}Digest.crc32`, '12345');
};

const isLarge = (path: string): boolean => statSync(path).size > LATE_DIGEST_BYTES_MIN;

/** Loads the directory into a fresh node; no digest of a large file is computed before the first file is on its way. */
const loadInto = async (
  { at, make }: (typeof networks)[number],
  folder: string,
  directory: string,
  options: Partial<LoadOptions> = {},
) => {
  const { from, to } = make(memoryNetwork());
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const sourceCrc32: typeof fileCrc32 = async (path, more) => {
    if (isLarge(path) && options.dryRun !== true) await begun;
    return await fileCrc32(path, more);
  };
  const data = join(folder, 'data');
  const node = await startNode(
    { dataDirectory: data, listen: at, tables: await tablesOf([directory]) },
    to,
  );
  try {
    const target = { kind: 'direct', nodes: [node.endpoint] } as const;
    const result = await loaded(
      { paths: [directory], target, ...options },
      { ...from, sourceCrc32 },
      ({ type }) => {
        if (type === 'FileStarted') begin();
      },
    );
    return { ...result, data };
  } finally {
    await node.close();
    const left = snapshot(data).filter(([path]) => /incoming|txn/.test(path));
    assert.equal(left, []);
  }
};

const countOf = (events: readonly LoadEvent[], type: LoadEvent['type']): number =>
  events.filter((event) => event.type === type).length;

for (const network of networks) {
  const { name } = network;

  test(`${name}: a sound one is sent before its digest is known, which the receipt has all the same`, () =>
    withLarge(async (folder, directory) => {
      const { report, events } = await loadInto(network, folder, directory);
      assert.is(report.verdict, 'complete');
      const types = events.map(({ type }) => type);
      assert.ok(types.indexOf('FileStarted') < types.indexOf('Verified'), types.join(' '));
      assert.ok(types.indexOf('Verified') < types.indexOf('FileSent'), types.join(' '));
      const [source] = report.receipt.sources;
      assert.is(
        source?.components['Data.db']?.crc32,
        crc32(readFileSync(join(directory, 'nb-1-big-Data.db'))),
      );
      assert.is(report.receipt.planIds.length, 1);
    }));

  for (const [how, entire] of [
    ['flipped', 'auto'],
    ['digest', 'auto'],
    ['digest', 'never'],
  ] as const)
    test(`${name}: a bad one alone (${how}, entire ${entire}) is refused on its way, and nothing of it is applied`, () =>
      withLarge(async (folder, directory) => {
        spoil(join(directory, 'nb-1-big-'), how);
        const { report, events, data } = await loadInto(network, folder, directory, { entire });
        assert.is(report.verdict, 'bad-data');
        assert.equal(
          report.problems.map(({ code, where, kind }) => [code, basename(where), kind]),
          [['SCM_SSTABLE_DIGEST', 'nb-1-big-Data.db', 'bad-data']],
        );
        assert.equal(report.receipt.deliveries, []);
        assert.equal(
          report.receipt.sources.map(({ verdict, reasons }) => [verdict, reasons.length]),
          [['refused', 1]],
        );
        assert.is(report.plan.bytes, 0);
        assert.is(countOf(events, 'FileStarted'), 1);
        assert.is(countOf(events, 'FileSent'), 0);
        assert.is(countOf(events, 'SessionConnected'), 1);
        assert.equal(await sstablesBelow(data).catch(() => []), []);
      }));
}

const [memory] = networks;
if (memory === undefined) throw new Error('no network');

test('bad ones among sound ones are refused by themselves, and the others are sent once more', () =>
  withLarge(async (folder, directory, large) => {
    spoil(copyAs(large, directory, 2), 'digest');
    spoil(copyAs(large, directory, 3), 'flipped');
    const small = writeLargeSSTable(join(folder, 'small'), SMALL, VALUE_BYTES);
    const [tiny] = await sstablesBelow(small);
    if (tiny === undefined) throw new Error('no SSTable');
    copyAs(tiny, directory, 4);
    const { report, events, data } = await loadInto(memory, folder, directory);
    assert.is(report.verdict, 'bad-data');
    assert.equal(report.problems.map(({ code, where }) => [code, basename(where)]).sort(), [
      ['SCM_SSTABLE_DIGEST', 'nb-2-big-Data.db'],
      ['SCM_SSTABLE_DIGEST', 'nb-3-big-Data.db'],
    ]);
    assert.equal(
      report.receipt.deliveries.map(({ sstable, status }) => [basename(sstable), status]).sort(),
      [
        ['nb-1-big-Data.db', 'acknowledged'],
        ['nb-4-big-Data.db', 'acknowledged'],
      ],
    );
    assert.equal(
      report.receipt.sources.map(({ sstable, verdict }) => [basename(sstable), verdict]).sort(),
      [
        ['nb-1-big-Data.db', 'sound'],
        ['nb-2-big-Data.db', 'refused'],
        ['nb-3-big-Data.db', 'refused'],
        ['nb-4-big-Data.db', 'sound'],
      ],
    );
    assert.is(report.receipt.planIds.length, 2, 'one more plan for both');
    assert.is(countOf(events, 'SessionFailed'), 1);
    assert.is(countOf(events, 'SessionComplete'), 1);
    assert.is(countOf(events, 'Problem'), 2);
    assert.match(
      events.flatMap((event) => (event.type === 'Warning' ? [event.message] : [])).join('\n'),
      'the others are sent again to 10.0.0.1:7000',
    );
    assert.is(report.plan.tables.length, 1);
    assert.is((await sstablesBelow(data)).length, 2);
    assert.is(report.acknowledgedBytes, report.plan.bytes);
  }));

test('a plan that is only shown knows the digests', () =>
  withLarge(async (folder, directory, large) => {
    spoil(copyAs(large, directory, 2), 'digest');
    const { report, events } = await loadInto(memory, folder, directory, { dryRun: true });
    assert.equal(
      report.problems.map(({ where }) => basename(where)),
      ['nb-2-big-Data.db'],
    );
    const transfers = report.plan.tables.flatMap(({ replicas }) =>
      replicas.flatMap((replica) => replica.transfers),
    );
    assert.equal(
      transfers.map(({ sstable }) => basename(sstable)),
      ['nb-1-big-Data.db'],
    );
    assert.is(countOf(events, 'FileStarted'), 0);
  }));

test('a load that is given up while digests are computed ends at once, with nothing applied', () =>
  withLarge(async (folder, directory, large) => {
    for (const id of [2, 3]) copyAs(large, directory, id);
    const { from, to } = memory.make(memoryNetwork());
    const data = join(folder, 'data');
    const node = await startNode(
      { dataDirectory: data, listen: memory.at, tables: await tablesOf([directory]) },
      to,
    );
    try {
      const running = load(
        { paths: [directory], target: { kind: 'direct', nodes: [node.endpoint] } },
        { parts: from },
      );
      running.events$.subscribe(({ type }) => {
        if (type === 'FileStarted') running.cancel();
      });
      const result = await running.result;
      if (result._tag === 'Left') throw new Error(result.left.message);
      assert.is(result.right.verdict, 'failed');
      assert.equal(result.right.problems, []);
      assert.ok(result.right.receipt.deliveries.every(({ status }) => status === 'failed'));
      assert.is(result.right.receipt.planIds.length, 1);
    } finally {
      await node.close();
    }
    assert.equal(await sstablesBelow(data).catch(() => []), []);
  }));

test('a file that can’t be read any more is no bad data, and the others arrive', () =>
  withLarge(async (folder, directory, large) => {
    copyAs(large, directory, 2);
    const { from, to } = memory.make(memoryNetwork());
    const data = join(folder, 'data');
    const node = await startNode(
      { dataDirectory: data, listen: memory.at, tables: await tablesOf([directory]) },
      to,
    );
    const sourceCrc32: typeof fileCrc32 = async (path, options) => {
      if (!path.includes('nb-2-big-Data')) return await fileCrc32(path, options);
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    };
    try {
      const { report } = await loaded(
        { paths: [directory], target: { kind: 'direct', nodes: [node.endpoint] } },
        { ...from, sourceCrc32 },
      );
      assert.is(report.verdict, 'failed');
      assert.equal(
        report.problems.map(({ code, retryable }) => [code, retryable]),
        [['SCM_SSTABLE_IO', true]],
      );
      assert.is((await sstablesBelow(data)).length, 1);
    } finally {
      await node.close();
    }
  }));

test.run();
