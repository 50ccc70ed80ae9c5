// Control plane. The YAML file behind --config: the flags' names without dashes, plus nothing else. Called by program.ts.
// Flags stand over environment over file.
import { readFileSync } from 'node:fs';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { parse } from 'yaml';

const text = t.string;
const flag = t.boolean;
/** Numbers are what a person writes for these, too. */
const textOrNumber = t.union([t.string, t.number], 'text or number');
const whole = t.refinement(t.number, Number.isInteger, 'integer');

const KEYS = {
  to: text,
  from: text,
  'storage-port': whole,
  keyspace: text,
  table: text,
  dc: text,
  rack: text,
  only: text,
  ignore: text,
  'primary-only': flag,
  ranges: text,
  connections: whole,
  throttle: textOrNumber,
  'inter-dc-throttle': textOrNumber,
  'entire-throttle': textOrNumber,
  entire: text,
  tls: flag,
  'tls-ca': text,
  'tls-cert': text,
  'tls-key': text,
  'tls-server-name': text,
  'tls-insecure': flag,
  'cql-tls': flag,
  'cql-tls-ca': text,
  'cql-tls-cert': text,
  'cql-tls-key': text,
  'cql-tls-server-name': text,
  'cql-tls-insecure': flag,
  user: text,
  'password-file': text,
  'address-map': text,
  receipt: text,
  ledger: text,
  'session-size': textOrNumber,
  retries: whole,
  'retry-delay': textOrNumber,
  into: text,
  sessions: whole,
  'unit-size': textOrNumber,
  'all-replicas': flag,
  'by-range': flag,
  'dial-back-timeout': textOrNumber,
  'sstable-version': text,
  'source-throttle': textOrNumber,
  'source-inter-dc-throttle': textOrNumber,
  'source-entire-throttle': textOrNumber,
  'target-storage-port': whole,
  'target-dc': text,
  'target-user': text,
  'target-password-file': text,
  'target-address-map': text,
  'target-tls': flag,
  'target-tls-ca': text,
  'target-tls-cert': text,
  'target-tls-key': text,
  'target-tls-server-name': text,
  'target-tls-insecure': flag,
  'target-cql-tls': flag,
  'target-cql-tls-ca': text,
  'target-cql-tls-cert': text,
  'target-cql-tls-key': text,
  'target-cql-tls-server-name': text,
  'target-cql-tls-insecure': flag,
  'no-target-cql': flag,
  'no-target-tls': flag,
  'no-target-cql-tls': flag,
  headroom: textOrNumber,
  schema: text,
  'dry-run': flag,
  protocol: textOrNumber,
  consistency: text,
  verify: text,
  'no-cql': flag,
  'no-cql-tls': flag,
  'no-gossip': flag,
  'silence-timeout': textOrNumber,
  data: text,
  listen: text,
  announce: text,
  'tls-require-client': flag,
  'no-color': flag,
  json: flag,
  quiet: flag,
  verbose: flag,
} as const;

/** What a configuration file may hold. */
export const ConfigFile = t.partial(KEYS, 'ConfigFile');
/** See {@link ConfigFile}. */
export type ConfigFile = t.TypeOf<typeof ConfigFile>;

const inWords = (errors: t.Errors): string =>
  errors
    .map(({ context, value }) => {
      const path = context
        .map(({ key }) => key)
        .filter((key) => key !== '')
        .join('.');
      return `${path}: expected ${context.at(-1)?.type.name ?? 'something else'}, got ${JSON.stringify(value)}`;
    })
    .join('; ');

/** Decodes the parsed YAML; unknown keys are errors, so that a misspelt one is not silently ignored. */
export const decodeConfig = (parsed: unknown): Either<string, ConfigFile> => {
  if (parsed === null || parsed === undefined) return right({});
  if (typeof parsed !== 'object' || Array.isArray(parsed))
    return left('expected a mapping of flag names to values');
  const unknown = Object.keys(parsed).filter((key) => !(key in KEYS));
  if (unknown.length > 0)
    return left(
      `unknown ${unknown.length === 1 ? 'key' : 'keys'} ${unknown.join(', ')}; known: ${Object.keys(KEYS).join(', ')}`,
    );
  const decoded = ConfigFile.decode(parsed);
  return isLeft(decoded) ? left(inWords(decoded.left)) : right(decoded.right);
};

/** Reads and decodes a file; the Left is one sentence that names it. */
export const readConfig = (path: string): Either<string, ConfigFile> => {
  try {
    const config = decodeConfig(parse(readFileSync(path, 'utf8')));
    return isLeft(config) ? left(`${path}: ${config.left}`) : config;
  } catch (error) {
    return left(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
};
