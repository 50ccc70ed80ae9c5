// Control plane. The names of a pull, du or copy to the tables they mean, with their ids. Called by these jobs. A name that is not known, a view or
// a keyspace of the nodes' own ends the job before anything is asked for.
import { fullRing } from '@scamander/ring';
import { streamErrorMessage } from '@scamander/session';
import { isSystemKeyspace } from '@scamander/sstable-io';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { refusal, type ScamanderErrorType } from '../../errors.ts';
import type { FrontDoorParts } from '../../parts.ts';
import { announcedEndpoint } from '../../target/announced-endpoint.ts';
import type { Probe } from '../../target/probe.ts';
import type { ResolvedTable } from '../../target/target.ts';
import type { TableName } from '../options.ts';
import { previewNode } from './preview.ts';
import type { Source } from './source.ts';

type Refused = Either<ScamanderErrorType, readonly ResolvedTable[]>;

const systemKeyspace = (keyspace: string): ScamanderErrorType =>
  refusal(
    'SCM_PULL_SYSTEM',
    `${keyspace} is the nodes' own: what it holds speaks of these nodes and this cluster, and means nothing anywhere else`,
    keyspace,
    'name a keyspace of your own; roles and grants are taken along as CQL statements',
  );

const isView = ({ code }: ScamanderErrorType): boolean => code === 'SCM_LOAD_VIEW';

const view = (where: string): ScamanderErrorType =>
  refusal(
    'SCM_PULL_VIEW',
    `${where} is a materialized view; nodes make its data themselves`,
    where,
    'name its base table',
  );

const ofCluster = async (source: Source, { keyspace, table }: TableName): Promise<Refused> => {
  const named = table === undefined ? await source.target.tablesOf(keyspace) : right([table]);
  if (isLeft(named)) return named;
  if (named.right.length === 0)
    return left(
      refusal(
        'SCM_PULL_NOTHING',
        `the keyspace ${keyspace} has no table`,
        keyspace,
        'name another',
      ),
    );
  const tables: ResolvedTable[] = [];
  for (const name of named.right) {
    const found = await source.target.table(keyspace, name);
    if (isLeft(found)) return left(isView(found.left) ? view(`${keyspace}.${name}`) : found.left);
    tables.push(found.right);
  }
  return right(tables);
};

const unknownToAll = (where: string, reasons: readonly string[]): ScamanderErrorType =>
  refusal(
    'SCM_PULL_NO_TABLE_ID',
    `no node tells the id of ${where}: ${reasons.join('; ')}`,
    where,
    'embedded nodes know a table by its folder <keyspace>/<table>-<id>, and tell its id where it holds an SSTable; check the name',
  );

/** Embedded nodes have no schema, but what they would send carries the id of its table. */
const ofEmbedded = async (
  source: Source,
  { keyspace, table }: TableName,
  { probes, signal }: NamesInput,
  parts: FrontDoorParts,
): Promise<Refused> => {
  const { target } = source;
  // The target says what is wrong with a keyspace alone.
  if (table === undefined) {
    const all = await target.tablesOf(keyspace);
    return isLeft(all) ? all : right([]);
  }
  const reasons: string[] = [];
  for (const node of target.nodes) {
    const replica = endpointText(node.endpoint);
    const probe = probes.get(replica);
    if (probe?.version === undefined) {
      reasons.push(`${replica}: ${probe?.error?.message ?? 'no answer'}`);
      continue;
    }
    const from =
      source.options.announce ?? announcedEndpoint(probe.localHost ?? '127.0.0.1', target.nodes);
    const ranges = [fullRing(target.partitioner)];
    const question = { node, from, keyspace, tables: [table], ranges, signal };
    const answer = await previewNode(source, question, parts);
    const tableId = isLeft(answer) ? undefined : answer.right[0]?.tableId;
    if (tableId !== undefined) {
      const found = await target.table(keyspace, table, { tableId, directories: [] });
      return isLeft(found) ? found : right([found.right]);
    }
    const reason = isLeft(answer) ? streamErrorMessage(answer.left) : 'it holds nothing of it';
    reasons.push(`${replica}: ${reason}`);
  }
  return left(unknownToAll(`${keyspace}.${table}`, reasons));
};

/** What resolving needs. */
export interface NamesInput {
  readonly names: readonly TableName[];
  readonly probes: ReadonlyMap<string, Probe>;
  readonly signal: AbortSignal;
}

/** The tables, each once, in the order in which they are named. */
export const resolveNames = async (
  source: Source,
  input: NamesInput,
  parts: FrontDoorParts,
): Promise<Refused> => {
  const tables = new Map<string, ResolvedTable>();
  for (const name of input.names) {
    if (isSystemKeyspace(name.keyspace)) return left(systemKeyspace(name.keyspace));
    const found =
      source.options.source.kind === 'cluster'
        ? await ofCluster(source, name)
        : await ofEmbedded(source, name, input, parts);
    if (isLeft(found)) return found;
    for (const table of found.right) tables.set(`${table.keyspace}.${table.table}`, table);
  }
  return right([...tables.values()]);
};
