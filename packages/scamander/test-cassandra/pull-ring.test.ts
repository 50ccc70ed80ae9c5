// Tables of a ring of three with 16 tokens each, pulled with one replica and with three, one replica a range, loaded into a single node by the schema
// that came along: every row, counter, expiry and deletion is the same. Then a node is killed in the middle of a pull.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { discover } from '@scamander/sstable-io';
import { oneRelease, type Release, type Ring, startRing } from '@scamander-tools/real-cassandra';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { assertComplete, loadInto } from './support/loading.ts';
import { type Cql, freshKeyspace, withLoadNode } from './support/nodes.ts';
import { assertPulled, type Pulled, pullOf } from './support/pulled.ts';
import { assertSameRows, readRows, type TableRows } from './support/rows.ts';
import { type SampleTable, sampleTables } from './support/sample-tables.ts';
import { createTable } from './support/written.ts';

/** Every kind of content, and one compressor: the others are pulled from single nodes. */
const TABLES: readonly SampleTable[] = sampleTables.filter(
  ({ name }) => !name.startsWith('c_') || name === 'c_none',
);

const ALL = 5;
const STATEMENTS_AT_ONCE = 32;

/** Every replica has it when this returns: a pull asks one of them. */
const executeEverywhere = async (cql: Cql, statements: readonly string[]): Promise<void> => {
  const queue = [...statements];
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop())
      await cql.execute(next, [], { consistency: ALL });
  };
  await Promise.all(Array.from({ length: STATEMENTS_AT_ONCE }, worker));
};

/** The second phase stays in memtables: a pull makes the nodes flush it. */
const fill = async (ring: Ring, keyspace: string, factor: number): Promise<void> => {
  const cql = await ring.first.cql();
  await freshKeyspace(cql, keyspace, factor);
  for (const table of TABLES) await createTable(cql, keyspace, table);
  const phases = Math.max(...TABLES.map((table) => table.phases.length));
  for (let phase = 0; phase < phases; phase++) {
    for (const { name, phases: statements } of TABLES)
      await executeEverywhere(
        cql,
        (statements[phase] ?? []).map((one) => one.replace(/\bT\b/, `${keyspace}.${name}`)),
      );
    if (phase === 0) await Promise.all(ring.nodes.map((node) => node.nodetool('flush', keyspace)));
  }
};

const rowsIn = async (cql: Cql, keyspace: string): Promise<ReadonlyMap<string, TableRows>> => {
  const rows = new Map<string, TableRows>();
  for (const { name, timed } of TABLES)
    rows.set(name, await readRows(cql, `${keyspace}.${name}`, timed));
  return rows;
};

/** The tables as they came along say how they are made. */
const makeTables = async (cql: Cql, into: string, keyspace: string): Promise<void> => {
  await freshKeyspace(cql, keyspace);
  for (const { directories } of (await discover([into])).tables) {
    const text = readFileSync(join(directories[0] ?? '', 'schema.cql'), 'utf8');
    for (const statement of text.split(/;\n/).filter((one) => one.trim() !== ''))
      await cql.execute(statement);
  }
};

const assertBalanced = ({ report }: Pulled, ring: Ring): void => {
  const replicas = new Set(report.plan.units.map(({ replica }) => replica));
  assert.is(replicas.size, ring.nodes.length, 'every node is asked for its share');
};

/** Pulled, loaded into a node of another topology, read there. */
const roundTrip = (release: Release, ring: Ring, keyspace: string): Promise<void> =>
  withTempFolder(async (into) => {
    const expected = await rowsIn(await ring.first.cql(), keyspace);
    for (const { name, rows } of TABLES) assert.is(expected.get(name)?.length, rows, name);
    const pulled = await pullOf(ring.first, { names: [{ keyspace, table: undefined }], into });
    assertPulled(pulled);
    assertBalanced(pulled, ring);
    await withLoadNode(release, async (single) => {
      const cql = await single.cql();
      await makeTables(cql, into, keyspace);
      const sstables = (await discover([into])).tables.flatMap((table) => table.sstables).length;
      assertComplete(await loadInto(single, { paths: [into], verify: 'deep' }), sstables);
      const found = await rowsIn(cql, keyspace);
      for (const { name } of TABLES)
        assertSameRows(found.get(name) ?? [], expected.get(name) ?? [], `${keyspace}.${name}`);
    });
  });

/** With every replica asked for all it has, each of them gives all of it. */
const everyReplica = (ring: Ring, keyspace: string): Promise<void> =>
  withTempFolder(async (into) => {
    const names = [{ keyspace, table: 'statics' }];
    const pulled = await pullOf(ring.first, { names, into, allReplicas: true });
    assertPulled(pulled);
    const { receptions } = pulled.report.receipt;
    assert.is(new Set(receptions.map(({ replica }) => replica)).size, ring.nodes.length);
    assert.ok(receptions.every(({ mode }) => mode === 'entire'));
  });

/** One node goes while it sends; the others have its ranges. The contact point stays. */
const oneKilled = (ring: Ring, keyspace: string): Promise<void> =>
  withTempFolder(async (into) => {
    const victim = ring.nodes[2];
    if (victim === undefined) throw new Error('a ring of three');
    let killing: Promise<void> | undefined;
    const pulled = await pullOf(
      ring.first,
      {
        names: [{ keyspace, table: undefined }],
        into,
        // slow enough for a node to die in the middle
        rates: { outbound: 20_000, entire: 20_000 },
        sessions: 3,
      },
      (event) => {
        if (event.type === 'FileStarted' && event.session.peer.host === victim.address)
          killing ??= victim.kill();
      },
    );
    await killing;
    assert.ok(killing !== undefined, 'it was asked for something');
    assertPulled(pulled);
    const moved = pulled.events.filter(({ type }) => type === 'Rerouted');
    assert.ok(moved.length > 0, 'its ranges went to others');
    const { receptions } = pulled.report.receipt;
    assert.ok(receptions.length > 0);
    assert.is(pulled.report.missing.length, 0);
  });

const story = async (release: Release): Promise<void> => {
  const ring = await startRing({
    version: release.version,
    nodes: 3,
    yaml: { ...release.yaml, flush_compression: 'table' },
  });
  const timed = async (name: string, step: () => Promise<void>): Promise<void> => {
    const start = performance.now();
    await step();
    console.log(`  ${release.name}: ${name} (${Math.round(performance.now() - start)} ms)`);
  };
  try {
    await timed('filled', async () => {
      await fill(ring, 'pull_one', 1);
      await fill(ring, 'pull_three', 3);
    });
    await timed('one replica', () => roundTrip(release, ring, 'pull_one'));
    await timed('three replicas', () => roundTrip(release, ring, 'pull_three'));
    await timed('every replica', () => everyReplica(ring, 'pull_three'));
    await timed('a node killed', () => oneKilled(ring, 'pull_three'));
  } finally {
    await ring.stop();
  }
};

for (const release of oneRelease('4.1.10').filter(({ family }) => family !== '6.0'))
  test(`${release.name}: a ring pulled into a single node`, () => story(release));

test.run();
