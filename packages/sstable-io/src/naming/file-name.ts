// Control plane. File name and path of a component ↔ descriptor (spec: sstable-index-and-stats §1.2). Called by discovery, the receiver
// and whoever opens a single file. Pure: looks at no file system.
import { basename, dirname, join, resolve } from 'node:path';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { SSTableError } from '../errors.ts';
import type { SSTableDescriptor, SSTableFormat } from '../types.ts';
import {
  parseLegacyName,
  parseSelfDescribingName,
  type SelfDescribingName,
  upgradeAdvice,
} from './legacy-name.ts';
import { locateTable, type NameOverride, type TableLocation } from './location.ts';
import { parseSSTableId } from './sstable-id.ts';
import { isKnownVersion, isSSTableFormat, KNOWN_VERSIONS_TEXT } from './versions.ts';

/** The four tokens of a modern name, or the same of one of 0.7 to 2.1. */
export interface ParsedName {
  readonly version: string;
  readonly id: string;
  readonly format: SSTableFormat;
  readonly component: string;
  /** What precedes the component, such as `nb-1-big-`. */
  readonly prefix: string;
  /** Keyspace and table where the name itself says them, as those of before 2.2 do; up to 1.0 the folder is the keyspace's. */
  readonly owner?: { readonly keyspace: string | undefined; readonly table: string };
}

/** A component's path taken apart. */
export interface ParsedFileName {
  readonly descriptor: SSTableDescriptor;
  readonly component: string;
}

const refuse = (file: string, fileName: string): SSTableError => {
  const legacy = parseLegacyName(fileName);
  if (legacy === undefined)
    return new SSTableError({
      code: 'SCM_SSTABLE_NOT_AN_SSTABLE',
      file,
      reason: 'the name is not <version>-<id>-<big|bti>-<component>',
    });
  if (legacy.temporary)
    return new SSTableError({
      code: 'SCM_SSTABLE_UNFINISHED',
      file,
      reason: 'a temporary file that a node removes when it starts',
    });
  return new SSTableError({
    code: 'SCM_SSTABLE_UNSUPPORTED',
    file,
    what: upgradeAdvice(legacy.version),
  });
};

/** The generation of an old name, as a sequence number; names of indexes are refused as their folders are. */
const parseOld = (old: SelfDescribingName, file: string): Either<SSTableError, ParsedName> => {
  const { keyspace, table, indexName, version, id, component, prefix } = old;
  if (indexName !== undefined)
    return left(
      new SSTableError({
        code: 'SCM_SSTABLE_UNSUPPORTED',
        file,
        what: 'a built-in secondary index: the node rebuilds it from the table',
      }),
    );
  if (parseSSTableId(id) === undefined) return left(refuse(file, `${prefix}${component}`));
  return right({ version, id, format: 'big', component, prefix, owner: { keyspace, table } });
};

/**
 * Takes a file name apart; `file` is only for the error. Exactly four tokens between dashes: component names never contain one. Names of
 * 0.7 to 2.1 have a form of their own.
 *
 * Errors: NOT_AN_SSTABLE, UNKNOWN_VERSION, UNSUPPORTED (a name of 0.6; says what to upgrade with), UNFINISHED (temporary).
 */
export const parseName = (fileName: string, file: string): Either<SSTableError, ParsedName> => {
  const old = parseSelfDescribingName(fileName);
  if (old !== undefined) return parseOld(old, file);
  const tokens = fileName.split('-');
  const [version, id, format, component] = tokens;
  if (
    tokens.length !== 4 ||
    version === undefined ||
    id === undefined ||
    format === undefined ||
    component === undefined ||
    component === '' ||
    !/^[a-z]+$/.test(version) ||
    !isSSTableFormat(format) ||
    parseSSTableId(id) === undefined
  )
    return left(refuse(file, fileName));
  if (fileName.endsWith('.tmp'))
    return left(
      new SSTableError({
        code: 'SCM_SSTABLE_UNFINISHED',
        file,
        reason: 'a temporary file that a node removes when it starts',
      }),
    );
  if (!isKnownVersion(format, version))
    return left(
      new SSTableError({
        code: 'SCM_SSTABLE_UNKNOWN_VERSION',
        file,
        version: `${format} ${version}`,
        known: KNOWN_VERSIONS_TEXT,
      }),
    );
  return right({ version, id, format, component, prefix: `${version}-${id}-${format}-` });
};

/** Keyspace and table where the name says them. */
export const ownerOf = (
  { owner }: Pick<ParsedName, 'owner'>,
  directory: string,
): { readonly keyspace: string; readonly table: string } | undefined =>
  owner === undefined
    ? undefined
    : { keyspace: owner.keyspace ?? basename(directory), table: owner.table };

/** Joins what the name says with what the folder says. Names in `override` win over both, and a name that says its table over the folder. */
export const describe = (
  name: Omit<ParsedName, 'component'>,
  directory: string,
  location: TableLocation,
  override: NameOverride = {},
): SSTableDescriptor => ({
  directory,
  keyspace: override.keyspace ?? ownerOf(name, directory)?.keyspace ?? location.keyspace,
  table: override.table ?? name.owner?.table ?? location.table,
  tableId: location.tableId,
  indexName: location.indexName,
  version: name.version,
  format: name.format,
  id: name.id,
  prefix: name.prefix,
});

/** Takes the path of any component apart. Names in `override` win over those of the folders. Errors: those of {@link parseName}. */
export const parseSSTableFileName = (
  path: string,
  override: NameOverride = {},
): Either<SSTableError, ParsedFileName> => {
  const absolute = resolve(path);
  const name = parseName(basename(absolute), path);
  if (name._tag === 'Left') return name;
  const directory = dirname(absolute);
  return right({
    descriptor: describe(name.right, directory, locateTable(directory, override), override),
    component: name.right.component,
  });
};

/** Path of one component of an SSTable, whether it exists or not. */
export const componentPath = (
  descriptor: Pick<SSTableDescriptor, 'directory' | 'prefix'>,
  component: string,
): string => join(descriptor.directory, `${descriptor.prefix}${component}`);
