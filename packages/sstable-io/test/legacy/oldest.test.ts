import { sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LegacyAtom } from '../../src/legacy/atom.ts';
import type { LegacyPartition } from '../../src/legacy/row-decoder.ts';
import { NO_DELETION_TIME, type Row } from '../../src/rows/model.ts';
import { PartitionOrder } from '../../src/rows/partition-order.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { opened } from './legacy-fixtures.ts';
import {
  oldestDiscovery,
  oldestFixtures,
  oldestSchemaOf,
  textBeside,
  whoseOf,
} from './oldest-fixtures.ts';
import { readText } from './row-text.ts';
import { Sstable2Json } from './sstable2json.ts';

sharedTest(test, 'SSTables of 0.7 to 1.2 are found, their keyspaces by name or folder', () => {
  assert.is(oldestFixtures.length, 46);
  for (const { code, detail } of oldestDiscovery.problems) {
    assert.is(code, 'SCM_SSTABLE_NOT_AN_SSTABLE');
    assert.match(detail.file, /\.(json|txt)$/);
  }
  for (const files of oldestFixtures) {
    const { release, family } = whoseOf(files);
    const { keyspace, table, version } = files.descriptor;
    // up to 1.0 the folder is the keyspace's
    const inFolder = /^0|^1\.0/.test(release) ? family : 'Fix7';
    assert.is(`${keyspace}.${table}`, family === 'Cql' ? 'cqlfix.ev' : `${inFolder}.${family}`);
    assert.match(version, /^(f|g|hb|hd|hf|ia|ib|ic)$/);
  }
});

sharedTest(test, 'files of 0.7 to 1.2 are sound, quickly and deeply', async () => {
  for (const files of oldestFixtures) {
    const sstable = await opened(files);
    for (const level of ['quick', 'deep'] as const) {
      const { errors, warnings, filterTrusted } = await sstable.verify(level);
      assert.equal([errors, warnings], [[], []], files.descriptor.directory);
      assert.ok(filterTrusted);
    }
    await sstable.close();
  }
});

type Json = readonly unknown[];
type SuperJson = Readonly<
  Record<
    string,
    {
      readonly deletedAt?: number;
      readonly metadata?: {
        readonly deletionInfo: {
          readonly markedForDeleteAt: number;
          readonly localDeletionTime: number;
        };
      };
      readonly subColumns: readonly Json[];
    }
  >
>;

/** 0.7 prints names in hex and deleted columns by a flag. */
const fromOldest = (column: Json, nameOf: (hex: string) => string): Json => {
  const [name, value, timestamp, isDeleted, ...expiry] = column;
  const flags = isDeleted === true ? ['d'] : expiry.length > 0 ? ['e', ...expiry] : [];
  return [nameOf(name as string), value, timestamp, ...flags];
};

const isLive = (deletedAt: number | undefined): boolean => deletedAt === undefined || deletedAt < 0;

/** Atoms of one row of any dump, as that of 1.2 prints them; super columns as 2.0 would. */
const expectedAtoms = (files: SSTableFiles, columns: readonly Json[] | SuperJson): Json[] => {
  const { release, family } = whoseOf(files);
  const isOldest = release.startsWith('0.7');
  const utf8 = (hex: string) => Buffer.from(hex, 'hex').toString('utf8');
  const long = (hex: string) => BigInt.asIntN(64, BigInt(`0x${hex}`)).toString();
  const nameOf = family === 'Plain' ? utf8 : long;
  const one = (column: Json): Json => (isOldest ? fromOldest(column, nameOf) : column);
  if (Array.isArray(columns)) return (columns as Json[]).map(one);
  return Object.entries(columns as SuperJson).flatMap(([printed, column]) => {
    const name = isOldest ? utf8(printed) : printed;
    const info = column.metadata?.deletionInfo;
    const deletedAt = info?.markedForDeleteAt ?? column.deletedAt;
    const tombstone = isLive(deletedAt)
      ? []
      : [[`${name}:_`, `${name}:!`, deletedAt, 't', info?.localDeletionTime]];
    const subColumns = column.subColumns.map((json) => {
      const [sub, ...rest] = one(json);
      return [`${name}:${sub}`, ...rest];
    });
    return [...tombstone, ...subColumns];
  });
};

/** The dump parsed: keys in hex to columns, and deletions where it prints them. */
const dumpOf = (files: SSTableFiles): Map<string, { atoms: Json[]; metadata: unknown }> => {
  const parsed = JSON.parse(textBeside(files, 'sstable2json.json')) as unknown;
  type Entry = { key: string; columns: readonly Json[] | SuperJson; metadata?: unknown };
  const entries = Array.isArray(parsed)
    ? (parsed as Entry[])
    : Object.entries(parsed as Record<string, Entry['columns']>).map(
        ([key, columns]): Entry => ({ key, columns }),
      );
  return new Map(
    entries.map(({ key, columns, metadata }) => [
      key,
      { atoms: expectedAtoms(files, columns), metadata },
    ]),
  );
};

sharedTest(test, 'every atom is what the release itself prints', async () => {
  let atomCount = 0;
  for (const files of oldestFixtures) {
    const { release, family } = whoseOf(files);
    const expected = dumpOf(files);
    const printer = new Sstable2Json(oldestSchemaOf(files), '2.0');
    const sstable = await opened(files);
    const reader = await sstable.atoms();
    if (reader._tag === 'Left') throw reader.left;
    let rows = 0;
    for (;;) {
      const partition: LegacyPartition | undefined = await reader.right.nextPartition();
      if (partition === undefined) break;
      const atoms: LegacyAtom[] = [];
      for (;;) {
        const batch = await reader.right.nextBatch();
        if (batch.length === 0) break;
        atoms.push(...structuredClone(batch));
      }
      const printed = printer.row(partition, atoms) as {
        key: string;
        columns: Json[];
        metadata?: unknown;
      };
      const dumped = expected.get(printed.key);
      const what = `${release} ${family} ${printed.key}`;
      const isOldSuper = family === 'Super' && !release.startsWith('1.2');
      // before 1.2 the dump does not print when a super column was deleted, nor the deletion of a row
      const columns = printed.columns.map((atom) =>
        isOldSuper && atom[3] === 't' ? [...atom.slice(0, 4), undefined] : atom,
      );
      assert.equal(columns, dumped?.atoms, what);
      if (release.startsWith('1.2')) assert.equal(printed.metadata, dumped?.metadata, what);
      atomCount += atoms.length;
      rows += 1;
    }
    await reader.right.close();
    await sstable.close();
    assert.is(rows, expected.size, `${release} ${family}`);
  }
  assert.ok(atomCount > 14_000, `${atomCount} atoms`);
});

interface Told {
  readonly value: string | undefined;
  readonly timestamp: number;
}

/** What the Thrift calls leave of each column: `key super column` to value and timestamp. */
const toldCells = (statements: string): Map<string, string> => {
  const cells = new Map<string, Told>();
  const removals: { readonly prefix: string; readonly timestamp: number }[] = [];
  for (const line of statements.split('\n')) {
    const facts = Object.fromEntries(
      line
        .split(' ')
        .slice(1)
        .map((fact) => fact.split('=') as [string, string]),
    );
    const { key, column, value, timestamp } = facts;
    const name = `${key} ${facts['super']} ${column}`;
    const at = Number(timestamp);
    if (line.startsWith('remove ') && column === '-') {
      const outer = facts['super'] === '-' ? `${key} ` : `${key} ${facts['super']} `;
      removals.push({ prefix: outer, timestamp: at });
    } else if (/^(insert|remove) /.test(line)) {
      const known = cells.get(name);
      if (known !== undefined && known.timestamp > at) continue;
      cells.set(name, { value: line.startsWith('insert') ? value : undefined, timestamp: at });
    }
  }
  const left = [...cells].filter(
    ([name, { value, timestamp }]) =>
      value !== undefined &&
      !removals.some((one) => name.startsWith(one.prefix) && one.timestamp >= timestamp),
  );
  return new Map(left.map(([name, { value, timestamp }]) => [name, `${value} ${timestamp}`]));
};

sharedTest(test, 'live cells of the rows are what the Thrift calls left', async () => {
  for (const files of oldestFixtures) {
    const { release, family } = whoseOf(files);
    if (family === 'Cql' || family === 'Count') continue;
    const schema = oldestSchemaOf(files);
    const sstable = await opened(files);
    const rows = await sstable.rows(schema);
    if (rows._tag === 'Left') throw rows.left;
    const order = new PartitionOrder(rows.right.header);
    const found = new Map<string, string>();
    const hex = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('hex');
    const addRow = (key: string, row: Row): void => {
      const [first, second] = row.clustering.map(hex);
      const name = family === 'Super' ? `${key} ${first} ${second}` : `${key} - ${first}`;
      const [cell] = row.columns[0]?.cells ?? [];
      if (cell === undefined) return;
      if (cell.ttl === 0 && cell.localDeletionTime !== NO_DELETION_TIME) return;
      found.set(name, `${hex(cell.value)} ${cell.timestamp}`);
    };
    for (;;) {
      const head = await rows.right.nextPartition();
      if (head === undefined) break;
      order.begin(undefined);
      for (;;) {
        const batch = await rows.right.nextBatch();
        if (batch.length === 0) break;
        for (const unfiltered of batch) {
          order.next(structuredClone(unfiltered), 0);
          if (unfiltered.kind === 'row') addRow(hex(head.key), unfiltered);
        }
      }
      order.end(0);
    }
    await rows.right.close();
    await sstable.close();
    const told = toldCells(textBeside(files, 'statements.txt'));
    const sorted = (cells: Map<string, string>) => [...cells].sort(([a], [b]) => (a < b ? -1 : 1));
    assert.equal(sorted(found), sorted(told), `${release} ${family}`);
  }
});

sharedTest(test, 'rows of a CQL 3 table of 1.2', async () => {
  const files = oldestFixtures.find((one) => whoseOf(one).family === 'Cql') as SSTableFiles;
  const sstable = await opened(files);
  const rows = await sstable.rows(oldestSchemaOf(files));
  if (rows._tag === 'Left') throw rows.left;
  const partitions = await readText(rows.right, { isAcrossNodes: true });
  await sstable.close();
  assert.is(partitions.length, 3);
  const lines = new Map(
    partitions.map((one) => [Buffer.from(one.key, 'hex').toString(), one.lines]),
  );
  // DELETE … WHERE k='k0' AND a=3, and of row 5 of k2, and of v in row 1 of k1
  assert.ok(lines.get('k0')?.includes('INCL_START_BOUND 00000003 | - | 1600000000000100@'));
  assert.ok(lines.get('k2')?.includes('row 00000005,6235 | - | 1600000000000100@'));
  const row = (key: string, start: string) =>
    lines.get(key)?.find((line) => line.startsWith(`row ${start} `));
  assert.match(row('k1', '00000001,6231') as string, /\| v: - {2}1600000000000100 0@ \|/);
  // UPDATE … SET s = {7}, m = {} of row 4 of k1
  const updated = row('k1', '00000004,6234') as string;
  assert.match(updated, /\| m: 1600000000000199@ {2}\| s: 1600000000000199@ \[00000007\]/);
  assert.match(updated, /^row 00000004,6234 \| 1600000000000200 0 \|/);
});

test.run();
