// Control plane. What the ledger knows of a table's SSTables before any of them is read: which lie where, which are there twice, which every
// replica has. Called by load-table where a ledger is kept; opens SSTables for their first and last tokens only.
import { bulkLoad, type LoadSSTable } from '@scamander/planner';
import { ringEndpointText, type TokenRange } from '@scamander/ring';
import { type DiscoveredTable, openSSTable, type SSTableFiles } from '@scamander/sstable-io';
import { isLeft } from 'fp-ts/lib/Either.js';
import { piecesOf } from '../outgoing/pieces.ts';
import { withSSTable } from '../outgoing/with-sstable.ts';
import { contentIdOf } from '../receipt/content-id.ts';
import { replicaFilters, ringAs } from '../target/plan-input.ts';
import type { ResolvedTable } from '../target/target.ts';
import type { LoadContext } from './load-context.ts';
import { dataPathOf } from './source-record.ts';

/** What it found. */
export interface LookedBack {
  /** Without those that are there twice. */
  readonly sstables: readonly SSTableFiles[];
  /** Content ids by path of Data.db; a path is its own content where no ledger is kept, or the SSTable can't be read. */
  readonly contents: ReadonlyMap<string, string>;
  /** Paths of those that no replica misses. */
  readonly delivered: ReadonlySet<string>;
}

const contentsOf = async (
  { sstables }: DiscoveredTable,
  { tableId }: ResolvedTable,
  context: LoadContext,
): Promise<Omit<LookedBack, 'delivered'>> => {
  const contents = new Map<string, string>();
  const paths = new Map<string, string>();
  const kept: SSTableFiles[] = [];
  for (const files of sstables) {
    const path = dataPathOf(files);
    const content = await contentIdOf(files);
    // What is wrong with it is found and told when it is checked.
    const id = isLeft(content) ? path : content.right;
    const before = context.acknowledged.contentAt(tableId, path);
    if (before !== undefined && before !== id)
      context.emit({
        type: 'Warning',
        message: `${path} is not what it was when it was loaded before; what is new in it is sent`,
      });
    const twin = paths.get(id);
    if (twin !== undefined) {
      context.emit({ type: 'Warning', message: `${path} is the same as ${twin}; it is sent once` });
      continue;
    }
    paths.set(id, path);
    contents.set(path, id);
    kept.push(files);
  }
  return { sstables: kept, contents };
};

/** True when some of the ranges has a key of the SSTable. Reads its index. */
const hasKeysIn = async (files: SSTableFiles, ranges: readonly TokenRange[]): Promise<boolean> => {
  const found = await withSSTable(files, (sstable) => piecesOf(sstable, ranges));
  return (
    isLeft(found) ||
    found.right.some(({ sections }) => sections.some(({ lower, upper }) => upper > lower))
  );
};

type Known = LoadSSTable & { readonly files: SSTableFiles; readonly content: string };

const knownOf = async (
  { sstables, contents }: Omit<LookedBack, 'delivered'>,
  { tableId }: ResolvedTable,
  { acknowledged }: LoadContext,
): Promise<readonly Known[]> => {
  const known: Known[] = [];
  for (const files of sstables) {
    const id = dataPathOf(files);
    const content = contents.get(id) ?? id;
    if (!acknowledged.knows({ tableId, content })) continue;
    const opened = await openSSTable(files);
    if (isLeft(opened)) continue;
    const { partitioner, firstKey, lastKey } = opened.right;
    await opened.right.close();
    const tokens = {
      firstToken: partitioner.tokenOf(firstKey),
      lastToken: partitioner.tokenOf(lastKey),
    };
    known.push({ id, files, content, ...tokens, sizeBytes: 0n, entireAllowed: () => true });
  }
  return known;
};

/** Of these the ones that no replica misses, whether it is up or not; of others nobody knows. */
const deliveredOf = async (
  found: Omit<LookedBack, 'delivered'>,
  table: ResolvedTable,
  context: LoadContext,
): Promise<ReadonlySet<string>> => {
  const { acknowledged, target } = context;
  const { tableId, replication } = table;
  const known = await knownOf(found, table, context);
  const plan = bulkLoad({
    ring: ringAs(target.ring, () => undefined),
    replication,
    sstables: known,
    filters: replicaFilters(context.options, context.ranges),
  });
  if (isLeft(plan)) return new Set();
  const owed = new Map<string, TokenRange[]>();
  const contents = new Map(known.map(({ id, content }) => [id, content]));
  for (const { node, transfers } of plan.right.targets) {
    const replica = { replica: ringEndpointText(node.endpoint), hostId: node.hostId };
    for (const { sstable, ranges } of transfers) {
      const item = { tableId, content: contents.get(sstable) ?? sstable };
      const missing = acknowledged.missing(item, replica, ranges);
      if (missing.length > 0) owed.set(sstable, [...(owed.get(sstable) ?? []), ...missing]);
    }
  }
  const delivered = new Set<string>();
  for (const { id, files } of known) {
    const missing = owed.get(id);
    if (missing === undefined || !(await hasKeysIn(files, missing))) delivered.add(id);
  }
  return delivered;
};

/** Asks the ledger. */
export const lookBack = async (
  source: DiscoveredTable,
  table: ResolvedTable,
  context: LoadContext,
): Promise<LookedBack> => {
  if (context.ledger === undefined)
    return { sstables: source.sstables, contents: new Map(), delivered: new Set() };
  const found = await contentsOf(source, table, context);
  const delivered = context.acknowledged.knowsTable(table.tableId)
    ? await deliveredOf(found, table, context)
    : new Set<string>();
  return { ...found, delivered };
};
