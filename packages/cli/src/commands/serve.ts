// Control plane. `scamander serve`: runs an embedded node until it is interrupted. Called by program.ts.
import { parseSchema, type TableSchema } from '@scamander/cql-types';
import {
  type ScamanderErrorType,
  type ServedVersion,
  type ServeOptions,
  serve,
} from '@scamander/scamander';
import { discover } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { eventLine, jsonLine } from '../output/json-lines.ts';
import { newsLine } from '../output/load-text.ts';
import { sizeText } from '../output/sizes.ts';
import { say, type Terminal, tell } from '../output/terminal.ts';
import { readSchema } from '../settings/dump-flags.ts';
import { parseEndpoint } from '../settings/endpoint.ts';
import { oneOf } from '../settings/flag-values.ts';
import { type TlsFlags, tlsOptions } from '../settings/tls.ts';
import { usageError } from '../settings/usage-error.ts';

type Table = {
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string;
  readonly schema?: TableSchema;
};

const VERSIONS = ['nb', 'oa', 'da'] as const satisfies readonly ServedVersion[];

const TABLE =
  /^(\w+)\.(\w+):([0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12})$/;

const dashed = (id: string): string => {
  const hex = id.replaceAll('-', '').toLowerCase();
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
};

const namedTables = (specs: readonly string[]): Either<ScamanderErrorType, readonly Table[]> => {
  const tables: Table[] = [];
  for (const spec of specs) {
    const match = TABLE.exec(spec);
    if (match === null)
      return left(usageError(`"${spec}" is not KEYSPACE.TABLE:ID`, '--add-table'));
    tables.push({
      keyspace: match[1] ?? '',
      table: match[2] ?? '',
      tableId: dashed(match[3] ?? ''),
    });
  }
  return right(tables);
};

const tablesLike = async (folders: readonly string[]): Promise<readonly Table[]> => {
  const { tables } = await discover(folders);
  return tables.flatMap(({ keyspace, table, tableId }) =>
    tableId === undefined ? [] : [{ keyspace, table, tableId }],
  );
};

/** Tables with the schema that a file has of them: by that, sections with columns which the table doesn't know are refused. */
const withSchemas = (
  tables: readonly Table[],
  file: string | undefined,
): Either<ScamanderErrorType, readonly Table[]> => {
  const read = readSchema(file);
  if (isLeft(read)) return read;
  if (read.right === undefined) return right(tables);
  const parsed = parseSchema(read.right.text, {});
  if (isLeft(parsed))
    return left({
      ...usageError(parsed.left.message, read.right.file),
      code: parsed.left.code,
    });
  const known = parsed.right.tables;
  return right(
    tables.map((table) => {
      const schema = known.find(
        (one) => one.table === table.table && one.keyspace === table.keyspace,
      );
      return schema === undefined ? table : { ...table, schema };
    }),
  );
};

const serveOptions = async (flags: Flags): Promise<Either<ScamanderErrorType, ServeOptions>> => {
  const data = flags['data'];
  if (typeof data !== 'string')
    return left(usageError('where to? no data directory is given', '--data'));
  const listen = parseEndpoint(String(flags['listen']), 7000, 0);
  if (isLeft(listen)) return left(usageError(listen.left, '--listen'));
  const announce =
    typeof flags['announce'] === 'string'
      ? parseEndpoint(flags['announce'], listen.right.port)
      : undefined;
  if (announce !== undefined && isLeft(announce))
    return left(usageError(announce.left, '--announce'));
  const tls = tlsOptions(flags as TlsFlags);
  if (isLeft(tls)) return tls;
  const named = namedTables((flags['addTable'] as readonly string[] | undefined) ?? []);
  if (isLeft(named)) return named;
  const like = await tablesLike((flags['like'] as readonly string[] | undefined) ?? []);
  const version = oneOf(String(flags['sstableVersion']), '--sstable-version', VERSIONS);
  if (isLeft(version)) return version;
  const tables = withSchemas([...like, ...named.right], flags['schema'] as string | undefined);
  if (isLeft(tables)) return tables;
  return right({
    dataDirectory: data,
    listen: listen.right,
    tables: tables.right,
    sstableVersion: version.right,
    ...(announce === undefined ? {} : { announce: announce.right }),
    ...(tls.right === undefined
      ? {}
      : { tls: { ...tls.right, requireClientCertificate: flags['tlsRequireClient'] === true } }),
  });
};

/** Runs the command. */
export const runServe = async (
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const options = await serveOptions(flags);
  if (isLeft(options)) return options;
  // Listened for before anybody is told that we are here: who is told may answer with Ctrl-C at once.
  let onInterrupt: () => void = () => undefined;
  const interrupted = new Promise<void>((resolve) => {
    onInterrupt = resolve;
  });
  const interrupt = context.interruptible(() => {
    interrupt.stop();
    onInterrupt();
  });
  const node = await serve(options.right);
  if (isLeft(node)) {
    interrupt.stop();
    return left(node.left);
  }
  const { endpoint } = node.right;
  const where = endpoint.host.includes(':')
    ? `[${endpoint.host}]:${endpoint.port}`
    : `${endpoint.host}:${endpoint.port}`;
  if (terminal.json)
    terminal.stdout.write(
      jsonLine({ type: 'Listening', endpoint: where, tables: node.right.tables }),
    );
  else say(terminal, `listening on ${where}, ${node.right.tables.length} tables known`);
  const subscription = node.right.events$.subscribe((event) => {
    if (terminal.json) {
      terminal.stdout.write(eventLine(event));
      return;
    }
    if (event.type === 'TableCommitted') {
      for (const file of event.received)
        tell(terminal, `received ${file.name} (${sizeText(Number(file.bytes))})`);
    }
    const line = newsLine(event, terminal.verbose);
    if (line !== undefined) tell(terminal, line);
  });
  await interrupted;
  await node.right.close();
  subscription.unsubscribe();
  if (terminal.json) terminal.stdout.write(jsonLine({ type: 'result', exitCode: EXIT.ok }));
  return right(EXIT.ok);
};
