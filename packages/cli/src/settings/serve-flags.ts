// Control plane. The flags of `serve` to ServeOptions. Called by commands/serve.ts; reads the few files and folders that flags name.
import { parseSchema, type TableSchema } from '@scamander/cql-types';
import type {
  ScamanderErrorType,
  ServedEntire,
  ServedVersion,
  ServeOptions,
} from '@scamander/scamander';
import { discover } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { Flags } from '../context.ts';
import { readSchema } from './dump-flags.ts';
import { parseEndpoint } from './endpoint.ts';
import { oneOf } from './flag-values.ts';
import { addressMapOf, ratesOf } from './load-flags.ts';
import { type TlsFlags, tlsOptions } from './tls.ts';
import { usageError } from './usage-error.ts';

type Table = {
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string;
  readonly schema?: TableSchema;
};

const ENTIRE = ['auto', 'never'] as const satisfies readonly ServedEntire[];

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

/** Checks every flag. */
export const serveOptions = async (
  flags: Flags,
): Promise<Either<ScamanderErrorType, ServeOptions>> => {
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
  const entire = oneOf(String(flags['entire']), '--entire', ENTIRE);
  if (isLeft(entire)) return entire;
  const rates = ratesOf(flags);
  if (isLeft(rates)) return rates;
  const addressMap = addressMapOf(flags['addressMap'] as string | undefined);
  if (isLeft(addressMap)) return addressMap;
  const tables = withSchemas([...like, ...named.right], flags['schema'] as string | undefined);
  if (isLeft(tables)) return tables;
  return right({
    dataDirectory: data,
    listen: listen.right,
    tables: tables.right,
    sstableVersion: version.right,
    entire: entire.right,
    rates: rates.right,
    ...(addressMap.right === undefined ? {} : { addressMap: addressMap.right }),
    ...(announce === undefined ? {} : { announce: announce.right }),
    ...(tls.right === undefined
      ? {}
      : { tls: { ...tls.right, requireClientCertificate: flags['tlsRequireClient'] === true } }),
  });
};
