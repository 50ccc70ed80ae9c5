// Control plane. Two tables of some hundred KB, one compressed and one not, written by the node under test, with copies of their SSTables as sources.
// Called by the tests that need transfers long enough to be broken.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Node } from '@scamander-tools/real-cassandra';
import { seededRandom } from '@scamander-tools/testing';
import type { Cql } from './nodes.ts';
import { freshKeyspace } from './nodes.ts';
import { readRows, type TableRows } from './rows.ts';
import { tableFolder } from './written.ts';

export const BULKY = 'bulky';
const OPTIONS = {
  packed: "{'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}",
  plain: "{'enabled': 'false'}",
} as const;

/** Names of the tables. */
export type BulkyName = keyof typeof OPTIONS;
export const bulkyNames = Object.keys(OPTIONS) as readonly BulkyName[];
/** Each is flushed once a phase. */
const PHASES = 3;
const ROWS_PER_PHASE = 400;
const VALUE_BYTES = 600;
const ROWS_AT_ONCE = 64;

/** What was written. */
export interface Bulky {
  /** A data directory with copies of the SSTables. */
  readonly source: string;
  readonly rows: ReadonlyMap<BulkyName, TableRows>;
  /** Of one table. */
  readonly sstables: number;
}

/** Half of it compresses. */
const values = (seed: number): (() => string) => {
  const random = seededRandom(seed);
  return () => {
    let text = '';
    while (text.length < VALUE_BYTES) text += `${Math.floor(random() * 1e9).toString(36)} bulk `;
    return text.slice(0, VALUE_BYTES);
  };
};

const fill = async (cql: Cql, name: BulkyName, phase: number): Promise<void> => {
  const value = values(phase);
  const insert = `INSERT INTO ${BULKY}.${name} (pk, c, v) VALUES (?, ?, ?) USING TIMESTAMP ?`;
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let row = next; row < ROWS_PER_PHASE; row = next) {
      next += 1;
      // every phase overwrites some rows of the one before
      const pk = phase * (ROWS_PER_PHASE - 50) + row;
      await cql.execute(insert, [pk, row % 3, value(), 1_600_000_000_000_000 + phase], {
        prepare: true,
      });
    }
  };
  await Promise.all(Array.from({ length: ROWS_AT_ONCE }, worker));
};

/** The rows of one of the tables, with their writetimes. */
export const bulkyRows = (cql: Cql, name: BulkyName): Promise<TableRows> =>
  readRows(cql, `${BULKY}.${name}`, ['v']);

/** Makes the keyspace anew, fills it, and copies the SSTables into a folder. */
export const writeBulky = async (node: Node, folder: string): Promise<Bulky> => {
  const cql = await node.cql();
  await freshKeyspace(cql, BULKY);
  for (const name of bulkyNames)
    await cql.execute(
      `CREATE TABLE ${BULKY}.${name} (pk int, c int, v text, PRIMARY KEY (pk, c)) WITH compression = ${OPTIONS[name]} AND compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}`,
    );
  for (let phase = 0; phase < PHASES; phase += 1) {
    for (const name of bulkyNames) await fill(cql, name, phase);
    await node.nodetool('flush', BULKY);
  }
  const rows = new Map<BulkyName, TableRows>();
  for (const name of bulkyNames) {
    rows.set(name, await bulkyRows(cql, name));
    const from = await tableFolder(node, BULKY, name);
    const to = join(folder, BULKY, basename(from));
    mkdirSync(to, { recursive: true });
    for (const entry of readdirSync(from, { withFileTypes: true }))
      if (entry.isFile()) copyFileSync(join(from, entry.name), join(to, entry.name));
  }
  return { source: folder, rows, sstables: PHASES };
};
