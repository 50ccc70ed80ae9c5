// Control plane. An entire SSTable that a peer announces → the files to be created for it (spec: streaming-4.0-plus §3.3, §4.3).
// Called by the front door's IncomingFile. Pure: makes no file.
import { isAbsolute, join } from 'node:path';
import { tableIdToHex } from '@scamander/bytes';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { REQUIRED_COMPONENTS } from '../directory/completeness.ts';
import { SSTableError } from '../errors.ts';
import { COMPONENT_NAME_LENGTH_MAX, MANIFEST_COMPONENTS_MAX } from '../limits.ts';
import { isStreamableComponent } from '../naming/component-kind.ts';
import { parseSSTableId } from '../naming/sstable-id.ts';
import {
  isReceivableVersion,
  isSSTableFormat,
  RECEIVABLE_VERSIONS_TEXT,
} from '../naming/versions.ts';
import type { SSTableDescriptor, SSTableFormat } from '../types.ts';

/** Where a received SSTable is to end up. */
export interface ReceiveTarget {
  /** Absolute; made if it does not exist. */
  readonly tableDirectory: string;
  /** On the same file system, outside every table directory: see {@link stagingRoot}. */
  readonly stagingRoot: string;
  readonly keyspace: string;
  readonly table: string;
  readonly tableId: string;
  /** Gives an id that no SSTable of the table has or is about to have. */
  readonly nextId: () => string;
}

/** What the stream says of the SSTable: CassandraStreamHeader and the STREAM message before it. */
export interface ReceiveHeader {
  readonly sstableVersion: string;
  readonly formatName: string;
  readonly manifest: readonly { readonly name: string; readonly lengthBytes: bigint }[];
  readonly sstableLevel: number;
  readonly repairedAtMs: bigint;
  readonly pendingRepair: string | undefined;
}

/** A file to be created and filled with exactly so many bytes. Fits the FileSink of the data path. */
export interface StagedFile {
  readonly path: string;
  readonly component: string;
  readonly lengthBytes: number;
}

/** A planned receive. Hand it to the other functions of this folder, in order: prepare, (bytes), finish, commit; or abort. */
export interface ReceivePlan {
  /** As it will be once committed. The sender's version and format, our id (§4.3, step 2). */
  readonly descriptor: SSTableDescriptor;
  readonly stagingRoot: string;
  /** Exists from prepareReceive to commitReceived or abortReceive. */
  readonly stagingDirectory: string;
  /** In the order of the manifest, which is the order of the bytes on the wire. */
  readonly files: readonly StagedFile[];
  readonly totalBytes: bigint;
  readonly sstableLevel: number;
  readonly repairedAtMs: bigint;
  readonly pendingRepair: string | undefined;
}

/** Folder for SSTables that are being received: a hidden one in the data directory, which neither nodes nor discovery look into. */
export const stagingRoot = (dataDirectory: string): string =>
  join(dataDirectory, '.scamander-incoming');

/** Letters of a component's name: no separators of paths or of file names (§1.2: component names never contain a dash). */
const COMPONENT_NAME = /^[A-Za-z0-9_][\w+.]*$/;

const manifestError = (file: string, reason: string): SSTableError =>
  new SSTableError({ code: 'SCM_SSTABLE_MANIFEST', file, reason });

const tooLong = (file: string, field: string, value: bigint, limit: number): SSTableError =>
  new SSTableError({
    code: 'SCM_SSTABLE_TOO_LONG',
    file,
    offset: undefined,
    field,
    value,
    limit: BigInt(limit),
  });

const checkEntry = (
  file: string,
  { name, lengthBytes }: ReceiveHeader['manifest'][number],
): SSTableError | undefined => {
  if (name.length > COMPONENT_NAME_LENGTH_MAX)
    return tooLong(file, 'component name length', BigInt(name.length), COMPONENT_NAME_LENGTH_MAX);
  if (!COMPONENT_NAME.test(name) || name.endsWith('.tmp') || name.includes('..'))
    return manifestError(file, `${JSON.stringify(name)} can't be the name of a component`);
  if (!isStreamableComponent(name))
    return manifestError(file, `${name} never travels with an SSTable`);
  if (lengthBytes < 0n || lengthBytes > BigInt(Number.MAX_SAFE_INTEGER))
    return tooLong(file, `length of ${name}`, lengthBytes, Number.MAX_SAFE_INTEGER);
  return undefined;
};

/** "Unspecified order; only files that exist; TOC.txt never" (streaming-4.0-plus §3.3). Names that differ only in case are doubles. */
const checkManifest = (
  file: string,
  format: SSTableFormat,
  manifest: ReceiveHeader['manifest'],
): SSTableError | undefined => {
  if (manifest.length > MANIFEST_COMPONENTS_MAX)
    return tooLong(file, 'manifest entries', BigInt(manifest.length), MANIFEST_COMPONENTS_MAX);
  const seen = new Set<string>();
  let totalBytes = 0n;
  for (const entry of manifest) {
    const error = checkEntry(file, entry);
    if (error !== undefined) return error;
    const folded = entry.name.toLowerCase();
    if (seen.has(folded)) return manifestError(file, `${entry.name} stands twice in the manifest`);
    seen.add(folded);
    totalBytes += entry.lengthBytes;
  }
  if (totalBytes > BigInt(Number.MAX_SAFE_INTEGER))
    return tooLong(file, 'sum of the manifest', totalBytes, Number.MAX_SAFE_INTEGER);
  for (const component of REQUIRED_COMPONENTS[format])
    if (!manifest.some(({ name }) => name === component))
      return new SSTableError({
        code: 'SCM_SSTABLE_MISSING_COMPONENT',
        file,
        component,
        why: 'the manifest of the sender does not list it',
      });
  if (manifest.some(({ name, lengthBytes }) => name === 'Data.db' && lengthBytes === 0n))
    return manifestError(file, 'Data.db has length 0');
  return undefined;
};

/** "4.0/4.1 only know `big`"; a version means nothing without its format. */
const checkVersion = (file: string, header: ReceiveHeader): Either<SSTableError, SSTableFormat> => {
  const { formatName, sstableVersion } = header;
  if (!isSSTableFormat(formatName) || !isReceivableVersion(formatName, sstableVersion))
    return left(
      new SSTableError({
        code: 'SCM_SSTABLE_UNKNOWN_VERSION',
        file,
        version: `${formatName.slice(0, 20)} ${sstableVersion.slice(0, 20)}`,
        known: RECEIVABLE_VERSIONS_TEXT,
      }),
    );
  return right(formatName);
};

/** Level and repair state that a node takes (sstable-index-and-stats §9, "Invariants"). */
const checkRepairState = (file: string, header: ReceiveHeader): SSTableError | undefined => {
  if (header.sstableLevel < 0 || header.sstableLevel > 0x7fffffff)
    return manifestError(file, `level ${header.sstableLevel} is out of range`);
  if (header.repairedAtMs < 0n) return manifestError(file, 'repairedAt is negative');
  if (header.pendingRepair !== undefined && header.repairedAtMs !== 0n)
    return manifestError(file, 'both pendingRepair and repairedAt are set');
  return undefined;
};

/**
 * Checks what a peer announces and says which files to create, before a byte of it is read.
 *
 * Errors: UNKNOWN_VERSION, MANIFEST (a name, double or value that can't be), MISSING_COMPONENT, TOO_LONG. Throws a RangeError when the
 * target is wrong, which only our own side can cause.
 */
export const planReceive = (
  target: ReceiveTarget,
  header: ReceiveHeader,
): Either<SSTableError, ReceivePlan> => {
  if (!isAbsolute(target.tableDirectory) || !isAbsolute(target.stagingRoot))
    throw new RangeError('the folders of a receive must be absolute paths');
  const label = `${target.keyspace}.${target.table}`;
  const format = checkVersion(label, header);
  if (format._tag === 'Left') return format;
  const error =
    checkManifest(label, format.right, header.manifest) ?? checkRepairState(label, header);
  if (error !== undefined) return left(error);
  const id = target.nextId();
  if (parseSSTableId(id) === undefined) throw new RangeError(`not an SSTable id: ${id}`);
  const stagingDirectory = join(target.stagingRoot, `${tableIdToHex(target.tableId)}-${id}`);
  const files = header.manifest.map(({ name, lengthBytes }) => ({
    path: join(stagingDirectory, name),
    component: name,
    lengthBytes: Number(lengthBytes),
  }));
  return right({
    descriptor: {
      directory: target.tableDirectory,
      keyspace: target.keyspace,
      table: target.table,
      tableId: target.tableId,
      indexName: undefined,
      version: header.sstableVersion,
      format: format.right,
      id,
      prefix: `${header.sstableVersion}-${id}-${format.right}-`,
    },
    stagingRoot: target.stagingRoot,
    stagingDirectory,
    files,
    totalBytes: header.manifest.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0n),
    sstableLevel: header.sstableLevel,
    repairedAtMs: header.repairedAtMs,
    pendingRepair: header.pendingRepair,
  });
};
