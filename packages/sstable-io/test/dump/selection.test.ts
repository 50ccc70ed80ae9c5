// Keys, ranges and predicates against the tool's own dump of the same SSTable, from which the same partitions and rows are picked by hand.

import { readFileSync } from 'node:fs';
import { parseSchema } from '@scamander/cql-types';
import { parseRange, type TokenRange } from '@scamander/ring';
import { fixture, sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dumpSSTable } from '../../src/dump/dump-sstable.ts';
import { type SelectionErrorType, selectionErrorMessage } from '../../src/dump/selection-error.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { ourDump, toolDumpNamed, WHEN_MADE_SECONDS, withSSTable } from './dumps.ts';

interface Cell {
  readonly name: string;
  readonly value?: unknown;
  readonly ttl?: number;
}

interface Unfiltered {
  readonly type: string;
  readonly clustering?: readonly unknown[];
  readonly cells?: readonly Cell[];
}

interface Partition {
  readonly partition: { readonly key: readonly string[] };
  readonly rows: readonly Unfiltered[];
}

type Options = Partial<Parameters<typeof dumpSSTable>[1]>;

const cellOf = (row: Unfiltered | undefined, name: string): unknown =>
  row?.cells?.find((cell) => cell.name === name && 'value' in cell)?.value;

const staticOf = ({ rows }: Partition): Unfiltered | undefined =>
  rows.find(({ type }) => type === 'static_block');

/** Rows that are picked, and the static row of their partitions; partitions without such a row are gone. */
const picking = (
  partitions: readonly Partition[],
  isPicked: (row: Unfiltered, partition: Partition) => boolean,
): readonly Partition[] =>
  partitions
    .filter((one) => one.rows.some((row) => row.type === 'row' && isPicked(row, one)))
    .map((one) => ({
      ...one,
      rows: one.rows.filter(
        (row) => row.type === 'static_block' || (row.type === 'row' && isPicked(row, one)),
      ),
    }));

const schemaOf = (files: SSTableFiles) => {
  const text = readFileSync(`${files.descriptor.directory}/schema.cql`, 'utf8');
  const parsed = parseSchema(text, { keyspace: 'fx' });
  assert.ok(parsed._tag === 'Right');
  const table = parsed._tag === 'Right' ? parsed.right.tables[0] : undefined;
  if (table === undefined) throw new Error('no table');
  return table;
};

const compare = async (
  name: string,
  options: Options,
  expected: (all: readonly Partition[]) => readonly Partition[],
): Promise<void> => {
  const { files, text } = toolDumpNamed(name);
  const wanted = expected(JSON.parse(text()) as Partition[]);
  assert.ok(wanted.length > 0, 'something is picked');
  const found = await ourDump(files, {
    format: 'json',
    timestamps: 'raw',
    nowSeconds: WHEN_MADE_SECONDS,
    schema: schemaOf(files),
    ...options,
  });
  assert.equal(JSON.parse(found), wanted);
};

const byKey = (keys: readonly string[]) => (all: readonly Partition[]) =>
  all.filter(({ partition }) => keys.includes(partition.key.join(':')));

const int = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);

for (const release of ['4.1.10-nb', '5.0.6-da']) {
  const dels = `${release}/dels/1`;
  const statics = `${release}/statics/1`;

  sharedTest(test, `${release}: partitions by key, in the order of the file`, () =>
    compare(dels, { keys: ['10', '5', '999'] }, byKey(['5', '10'])),
  );

  sharedTest(test, `${release}: partitions but for some keys`, () =>
    compare(dels, { excludeKeys: ['10', '5'] }, (all) =>
      all.filter(({ partition }) => !['5', '10'].includes(partition.key[0] ?? '')),
    ),
  );

  sharedTest(test, `${release}: composite keys with colons between their parts`, async () => {
    const { text } = toolDumpNamed(`${release}/compkey/1`);
    const some = (JSON.parse(text()) as Partition[])
      .slice(0, 5)
      .map(({ partition }) => partition.key.map((part) => part.replaceAll(':', '\\:')).join(':'));
    await compare(`${release}/compkey/1`, { keys: some }, (all) => all.slice(0, 5));
  });

  sharedTest(test, `${release}: predicates on the key keep partitions whole`, () =>
    compare(dels, { where: 'pk > 10 AND pk != 13' }, (all) =>
      all.filter(({ partition }) => Number(partition.key[0]) > 10 && partition.key[0] !== '13'),
    ),
  );

  sharedTest(test, `${release}: predicates on clustering columns`, () =>
    compare(dels, { where: "a >= 3 AND b IN ('m', 'o')" }, (all) =>
      picking(all, ({ clustering: [a, b] = [] }) => int(a) >= 3 && ['m', 'o'].includes(String(b))),
    ),
  );

  sharedTest(
    test,
    `${release}: predicates on regular columns; what is not there is null`,
    async () => {
      await compare(dels, { where: 'x <= 2' }, (all) =>
        picking(all, (row) => int(cellOf(row, 'x')) <= 2),
      );
      await compare(dels, { where: 'x IS NULL' }, (all) =>
        picking(all, (row) => cellOf(row, 'x') === undefined),
      );
      await compare(dels, { where: 'm IS NOT NULL AND y IS NULL' }, (all) =>
        picking(all, (row) => cellOf(row, 'm') !== undefined && cellOf(row, 'y') === undefined),
      );
    },
  );

  sharedTest(test, `${release}: predicates on static columns choose partitions`, async () => {
    await compare(statics, { where: 's2 IS NOT NULL' }, (all) =>
      all.filter((one) => cellOf(staticOf(one), 's2') !== undefined),
    );
    await compare(statics, { where: 's2 IS NULL AND c < 2' }, (all) =>
      picking(
        all.filter((one) => cellOf(staticOf(one), 's2') === undefined),
        ({ clustering }) => int(clustering?.[0]) < 2,
      ),
    );
  });

  sharedTest(test, `${release}: descending columns are compared as their values are`, () =>
    compare(`${release}/ct_int/1`, { where: 'b > 100' }, (all) =>
      picking(all, ({ clustering }) => int(clustering?.[1]) > 100),
    ),
  );

  sharedTest(test, `${release}: what has expired is null`, async () => {
    const { files, text } = toolDumpNamed(`${release}/ttls/1`);
    const rows = (JSON.parse(text()) as Partition[]).flatMap((one) => one.rows);
    const [expiring] = rows.filter((row) => row.cells?.[0]?.ttl !== undefined);
    const where = `a = '${String(cellOf(expiring, 'a'))}' AND c = ${String(expiring?.clustering?.[0])}`;
    const options = { format: 'jsonl', schema: schemaOf(files), where } as const;
    const before = await ourDump(files, { ...options, nowSeconds: WHEN_MADE_SECONDS });
    assert.is(before.trimEnd().split('\n').length, 1);
    assert.is(await ourDump(files, { ...options, nowSeconds: 2 ** 32 }), '');
  });

  sharedTest(test, `${release}: token ranges`, async () => {
    const { files, text } = toolDumpNamed(`${release}/dels/1`);
    const ranges = await withSSTable(files, async ({ partitioner }) => {
      const parsed = [':-4000000000000000000', '0:3000000000000000000'].map((range) =>
        parseRange(partitioner, range),
      );
      return parsed.map((one) => (one as { right: TokenRange }).right);
    });
    const inRange = await withSSTable(files, async ({ partitioner, keys }) => {
      const tokens: bigint[] = [];
      for await (const { key } of keys()) tokens.push(partitioner.tokenOf(key) as bigint);
      return tokens.map(
        (token) =>
          token <= -4_000_000_000_000_000_000n ||
          (token > 0n && token <= 3_000_000_000_000_000_000n),
      );
    });
    const all = JSON.parse(text()) as Partition[];
    assert.is(inRange.length, all.length);
    await compare(`${release}/dels/1`, { ranges }, () => all.filter((_, index) => inRange[index]));
  });
}

const refused: readonly [Options, SelectionErrorType['code']][] = [
  [{ where: 'nothing = 1' }, 'SCM_SELECT_COLUMN'],
  [{ where: 'x = abc' }, 'SCM_SELECT_VALUE'],
  [{ where: 'x = 1,2' }, 'SCM_SELECT_SYNTAX'],
  [{ where: 'm = {1: 2}' }, 'SCM_SELECT_UNSUPPORTED'],
  [{ keys: ['abc'] }, 'SCM_SELECT_VALUE'],
  [{ excludeKeys: ['1:2'] }, 'SCM_SELECT_VALUE'],
];

for (const [options, code] of refused) {
  sharedTest(test, `${JSON.stringify(options)} is refused as ${code}`, () =>
    withSSTable(toolDumpNamed('5.0.6-da/dels/1').files, async (sstable) => {
      const dump = await dumpSSTable(sstable, { format: 'json', nowSeconds: 0, ...options });
      assert.ok(dump._tag === 'Left');
      if (dump._tag !== 'Left') return;
      assert.is(dump.left.code, code);
      assert.ok(selectionErrorMessage(dump.left as SelectionErrorType).length > 10);
    }),
  );
}

sharedTest(test, 'without a schema key columns have the names of the offline tools', () => {
  assert.ok(fixture('real').length > 0);
  const { files } = toolDumpNamed('5.0.6-da/dels/1');
  return withSSTable(files, async (sstable) => {
    const where = "partitionkey = 5 AND clustering = 0 AND clustering1 = 'm'";
    const dump = await dumpSSTable(sstable, { format: 'jsonl', nowSeconds: 0, where });
    assert.is(dump._tag, 'Right');
  });
});

test.run();
