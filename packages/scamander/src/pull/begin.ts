// Control plane. What a pull needs before it asks for anything: nodes that answer, tables under their names, a place to listen, a folder in order.
// Called by pull(). Each step may end it with an error.

import { isSchemaName, nodeFileSystem, tableDirectory } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import type { FrontDoorParts } from '../parts.ts';
import type { Probe } from '../target/probe.ts';
import type { ResolvedTable } from '../target/target.ts';
import type { Destination } from './destination/destination.ts';
import {
  type KeyspaceSchema,
  keyspaceSchema,
  writeSchemaFiles,
} from './destination/schema-files.ts';
import { intoUnusable, unreachable, wrongName } from './errors.ts';
import type { PullEvent } from './events.ts';
import type { PullOptions } from './options.ts';
import { type Listening, openListening } from './source/listening.ts';
import { resolveNames } from './source/names.ts';
import type { Source } from './source/source.ts';
import type { PulledTable } from './tables.ts';

type Checked<T> = Either<ScamanderErrorType, T>;

/** Where a table goes that was found under these names. */
const placed = (
  tables: readonly ResolvedTable[],
  { keyspace, table }: PullOptions,
): Checked<readonly PulledTable[]> => {
  for (const name of [keyspace, table])
    if (name !== undefined && !isSchemaName(name))
      return left(wrongName(name, 'is no name of a keyspace or table'));
  if (table !== undefined && tables.length > 1)
    return left(wrongName(table, 'can be the name of one table only, and several are pulled'));
  if (keyspace !== undefined && new Set(tables.map((one) => one.keyspace)).size > 1)
    return left(wrongName(keyspace, 'can take the tables of one keyspace only'));
  return right(
    tables.map((resolved) => ({
      resolved,
      known: undefined,
      keyspace: keyspace ?? resolved.keyspace,
      table: table ?? resolved.table,
    })),
  );
};

/** What was found out before anything is asked for. */
export interface Ready {
  readonly probes: ReadonlyMap<string, Probe>;
  readonly listening: Listening;
  readonly tables: readonly PulledTable[];
}

/** Asks nodes and schema, and listens. The caller closes the listener. */
export const makeReady = async (
  source: Source,
  options: PullOptions,
  context: { readonly signal: AbortSignal; readonly emit: (event: PullEvent) => void },
  parts: FrontDoorParts,
): Promise<Checked<Ready>> => {
  const { signal, emit } = context;
  const probes = await source.probe(signal, emit);
  if (![...probes.values()].some(({ version }) => version !== undefined))
    return left(unreachable(probes));
  const found = await resolveNames(source, { names: options.names, probes, signal }, parts);
  if (isLeft(found)) return found;
  const tables = placed(found.right, options);
  if (isLeft(tables)) return tables;
  const listening = await openListening(source, probes, parts);
  return isLeft(listening)
    ? listening
    : right({ probes, listening: listening.right, tables: tables.right });
};

/** Makes the tables' folders with their schema, and the tables known to the receiving port. */
export const makeFolders = async (
  source: Source,
  destination: Destination,
  tables: readonly PulledTable[],
  emit: (event: PullEvent) => void,
  parts: FrontDoorParts,
): Promise<Checked<readonly PulledTable[]>> => {
  const { dataDirectory, registry } = destination;
  const schemas = new Map<string, KeyspaceSchema>();
  const made: PulledTable[] = [];
  for (const one of tables) {
    const { keyspace, table, tableId } = one.resolved;
    const asked = schemas.get(keyspace);
    const schema =
      asked === undefined ? await keyspaceSchema(source.target, keyspace, emit) : right(asked);
    if (isLeft(schema)) return schema;
    schemas.set(keyspace, schema.right);
    const own = schema.right.tables.find((other) => other.table === table && !other.isView);
    try {
      const known = await registry.add(one.keyspace, one.table, tableId, own);
      made.push({ ...one, known });
    } catch (cause) {
      return left(intoUnusable(dataDirectory, cause));
    }
  }
  for (const [keyspace, schema] of schemas) {
    const places = made
      .filter(({ resolved }) => resolved.keyspace === keyspace)
      .map((one) => ({
        ...one,
        directory: tableDirectory(dataDirectory, one.keyspace, one.table, one.resolved.tableId),
      }));
    const fileSystem = parts.fileSystem ?? nodeFileSystem;
    const written = await writeSchemaFiles(dataDirectory, schema, places, fileSystem);
    if (isLeft(written)) return written;
  }
  return right(made);
};
