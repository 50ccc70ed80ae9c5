import type { LoadPlanView } from '@scamander/scamander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expectedBytes, type Renamed } from '../../src/output/expected-bytes.ts';

const found = [
  { keyspace: 'ks', table: 'a', sstables: 1, bytes: 100 },
  { keyspace: 'ks', table: 'b', sstables: 1, bytes: 1_000 },
  { keyspace: 'ks', table: 'c', sstables: 1, bytes: 300 },
];

const planOf = (bytes: number, ...tables: string[]): LoadPlanView => ({
  tables: tables.map((table) => ({ keyspace: 'ks', table, tableId: table, replicas: [] })) as never,
  bytes,
});

const cases: readonly [string, LoadPlanView, Renamed, number][] = [
  ['three replicas of the first table, so of the others', planOf(300, 'a'), {}, 4_200],
  ['one that was passed over was refused', planOf(1_200, 'a', 'c'), {}, 1_200],
  ['all are planned: what the plan says', planOf(2_345, 'a', 'b', 'c'), {}, 2_345],
  ['nothing is planned', planOf(0), {}, 0],
  ['another keyspace at the target', planOf(100, 'a'), { keyspace: 'ks' }, 1_400],
  ['names that are not known: what the plan says', planOf(77, 'z'), {}, 77],
];

for (const [name, plan, renamed, expected] of cases)
  test(name, () => assert.is(expectedBytes(found, plan, renamed), expected));

test.run();
