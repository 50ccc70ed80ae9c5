// Whether a replica has what SSTables hold, however its own SSTables look: as they came, compacted, purged, or without something.
import { join } from 'node:path';
import { Murmur3Partitioner, type TokenRange } from '@scamander/ring';
import type { PurgeOptions, SSTableFiles } from '@scamander/sstable-io';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  compareReplica,
  type ReplicaComparison,
} from '../../../src/receipt/verify/compare-replica.ts';
import { compacted, written } from './tables.ts';

const MIN = Murmur3Partitioner.minimumToken;
const ALL: readonly TokenRange[] = [{ left: MIN, right: MIN }];

const NOW = 1_800_000_000;
const purgeAt = (gcGraceSeconds: number): PurgeOptions => ({
  nowSeconds: NOW,
  gcBefore: NOW - gcGraceSeconds,
});

const keyOf = (id: number): string => id.toString(16).padStart(8, '0');

/** Names of the SSTables that add something, with the id of the first partition. */
const absentIn = async (
  acknowledged: Readonly<Record<string, SSTableFiles>>,
  held: readonly SSTableFiles[],
  more: Partial<ReplicaComparison> = {},
  ranges = ALL,
): Promise<Readonly<Record<string, string>>> => {
  const compared = await compareReplica({
    acknowledged: Object.entries(acknowledged).map(([path, files]) => ({ path, files, ranges })),
    held,
    partitioner: Murmur3Partitioner,
    purge: purgeAt(864_000),
    droppedColumns: new Set(),
    signal: new AbortController().signal,
    progress: () => undefined,
    ...more,
  });
  if (compared._tag === 'Left') throw compared.left;
  return Object.fromEntries(
    [...compared.right.absent].map(([path, key]) => [path, Buffer.from(key).toString('hex')]),
  );
};

const at = (timestampMicros: number, nowSeconds = NOW - 10) => ({
  timestampMicros: BigInt(timestampMicros),
  nowSeconds,
});

/** Three SSTables that overlap in everything: rows, cells, collections, static columns, deletions. */
const overlapping = async (folder: string) => ({
  a: await written(join(folder, 'a'), (table) => {
    for (let id = 0; id < 50; id++) {
      for (let line = 0; line < 20; line++)
        table.insert({ id, line, name: `a${line}`, tags: ['a'] }, at(10 + line));
      table.update({ id, total: id }, at(10));
    }
  }),
  b: await written(join(folder, 'b'), (table) => {
    for (let id = 25; id < 75; id++) {
      for (let line = 5; line < 15; line++) table.update({ id, line, note: 'b' }, at(20));
      table.delete({ id, line: 3 }, at(30));
      table.update({ id, total: 7 }, at(5));
    }
  }),
  c: await written(join(folder, 'c'), (table) => {
    for (let id = 40; id < 45; id++) table.delete({ id }, at(15));
    table.insert({ id: 60, line: 1, name: 'c' }, { ...at(40), ttlSeconds: 1_000_000 });
    table.deleteRange({ id: 30 }, { from: { values: [7], isInclusive: true } }, at(50));
  }),
});

test('a replica that has the SSTables themselves, in any version, lacks nothing', () =>
  withTempFolder(async (folder) => {
    const all = await overlapping(folder);
    assert.equal(await absentIn(all, Object.values(all)), {});
    const newer = await compacted(join(folder, 'da'), Object.values(all), undefined, 'da');
    assert.equal(await absentIn(all, newer), {});
    const others = await written(join(folder, 'd'), (table) => {
      for (let id = 0; id < 100; id++) table.insert({ id, line: 99, name: 'later' }, at(900));
    });
    assert.equal(await absentIn(all, [...newer, others]), {});
  }));

test('of several SSTables, those are named of which something is not there, each with its first partition', () =>
  withTempFolder(async (folder) => {
    const { a, b, c } = await overlapping(folder);
    const all = { a, b, c };
    assert.equal(Object.keys(await absentIn(all, [a, b])), ['c']);
    assert.equal(Object.keys(await absentIn(all, [b, c])), ['a']);
    assert.equal(Object.keys(await absentIn(all, await compacted(join(folder, 'x'), [a, c]))), [
      'b',
    ]);
    assert.equal(Object.keys(await absentIn(all, [])).sort(), ['a', 'b', 'c']);
    const one = await written(join(folder, 'one'), (table) =>
      table.update({ id: 33, line: 4, note: 'alone' }, at(99)),
    );
    assert.equal(await absentIn({ ...all, one }, [a, b, c]), { one: keyOf(33) });
  }));

for (const [what, body] of [
  ['a row', (table) => table.insert({ id: 1, line: 2 }, at(11))],
  ['a cell', (table) => table.update({ id: 1, line: 1, note: 'n' }, at(11))],
  ['a newer write of a cell', (table) => table.update({ id: 1, line: 1, name: 'a' }, at(11))],
  ['an element', (table) => table.update({ id: 1, line: 1, tags: ['b'] }, at(12))],
  ['a static column', (table) => table.update({ id: 1, total: 4 }, at(11))],
  ['the deletion of a row', (table) => table.delete({ id: 1, line: 1 }, at(11))],
  ['the deletion of a partition', (table) => table.delete({ id: 1 }, at(11))],
  [
    'a time to live',
    (table) => table.update({ id: 1, line: 1, note: 'n' }, { ...at(11), ttlSeconds: 99_999 }),
  ],
  ['another partition', (table) => table.insert({ id: 2, line: 1 }, at(11))],
] as const satisfies readonly (readonly [string, Parameters<typeof written>[1]])[])
  test(`${what} is enough`, () =>
    withTempFolder(async (folder) => {
      const held = await written(join(folder, 'held'), (table) =>
        table.insert({ id: 1, line: 1, name: 'a', tags: ['a'] }, at(10)),
      );
      const more = await written(join(folder, 'more'), body);
      const id = what === 'another partition' ? 2 : 1;
      assert.equal(await absentIn({ held, more }, [held]), { more: keyOf(id) });
      assert.equal(await absentIn({ held, more }, [held, more]), {});
    }));

test('what a node may have purged by now is no difference, what it may not is one', () =>
  withTempFolder(async (folder) => {
    const old = NOW - 2_000_000;
    const data = await written(join(folder, 'data'), (table) => {
      table.insert({ id: 1, line: 1, name: 'kept' }, at(10));
      table.delete({ id: 1, line: 2 }, at(20, old));
      table.delete({ id: 2 }, at(20, old));
      table.insert({ id: 3, line: 1, name: 'gone' }, { ...at(20, old), ttlSeconds: 60 });
    });
    const purged = await compacted(join(folder, 'purged'), [data], purgeAt(864_000));
    assert.equal(await absentIn({ data }, purged), {});
    const kept = { purge: purgeAt(4_000_000) };
    assert.equal(Object.keys(await absentIn({ data }, purged, kept)), ['data']);
    assert.equal(await absentIn({ data }, [data], kept), {});
  }));

test('what expired is the same as the tombstone that a compaction made of it', () =>
  withTempFolder(async (folder) => {
    const data = await written(join(folder, 'data'), (table) => {
      table.insert({ id: 3, line: 1, name: 'gone' }, { ...at(20, NOW - 100), ttlSeconds: 60 });
      table.insert({ id: 3, line: 2, name: 'stays' }, { ...at(20, NOW - 100), ttlSeconds: 600 });
    });
    const later = await compacted(join(folder, 'later'), [data], purgeAt(864_000));
    assert.equal(await absentIn({ data }, later), {});
  }));

test('columns that were dropped do not count', () =>
  withTempFolder(async (folder) => {
    const held = await written(join(folder, 'held'), (table) =>
      table.insert({ id: 1, line: 1, name: 'a' }, at(10)),
    );
    const data = await written(join(folder, 'data'), (table) => {
      table.insert({ id: 1, line: 1, name: 'a', note: 'dropped since' }, at(10));
      table.update({ id: 9, line: 1, note: 'dropped since' }, at(10));
    });
    assert.equal(Object.keys(await absentIn({ data }, [held])), ['data']);
    assert.equal(await absentIn({ data }, [held], { droppedColumns: new Set(['note']) }), {});
  }));

test('only the ranges count that the replica acknowledged', () =>
  withTempFolder(async (folder) => {
    const data = await written(join(folder, 'data'), (table) => {
      for (let id = 0; id < 200; id++) table.insert({ id, line: 1 }, at(10));
    });
    const zero = Murmur3Partitioner.tokenFromText('0');
    const tokenOf = (id: number) => Murmur3Partitioner.tokenOf(Buffer.from(keyOf(id), 'hex'));
    const isUpper = (id: number) => Murmur3Partitioner.compare(tokenOf(id), zero) > 0;
    const upper = await written(join(folder, 'upper'), (table) => {
      for (let id = 0; id < 200; id++) if (isUpper(id)) table.insert({ id, line: 1 }, at(10));
    });
    assert.equal(await absentIn({ data }, [upper], {}, [{ left: zero, right: MIN }]), {});
    const first = Array.from({ length: 200 }, (_, id) => id)
      .filter((id) => !isUpper(id))
      .sort((a, b) => Murmur3Partitioner.compare(tokenOf(a), tokenOf(b)));
    assert.equal(await absentIn({ data }, [upper]), { data: keyOf(first[0] ?? -1) });
  }));

test('given up, or with a file that can’t be read, it says so', () =>
  withTempFolder(async (folder) => {
    const { a, b, c } = await overlapping(folder);
    const reason = await absentIn({ a, b, c }, [a, b], {
      signal: AbortSignal.abort(new Error('enough')),
    }).then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    assert.is(reason, 'enough');
    const lost = { ...b, descriptor: { ...b.descriptor, directory: join(folder, 'nowhere') } };
    const failed = await absentIn({ a, lost }, [a]).then(
      () => '',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : ''),
    );
    assert.is(failed, 'SCM_SSTABLE_NOT_FOUND');
  }));

test.run();
