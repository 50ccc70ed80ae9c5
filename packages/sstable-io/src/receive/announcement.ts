// Control plane. Whether an SSTable that a peer announces can be taken at all (spec: streaming-4.0-plus §3.3; sstable-index-and-stats §9).
// Called by planReceive and for sections, before a byte is read or a file is made. Pure.
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import { REQUIRED_COMPONENTS } from '../directory/completeness.ts';
import { SSTableError } from '../errors.ts';
import { COMPONENT_NAME_LENGTH_MAX, MANIFEST_COMPONENTS_MAX } from '../limits.ts';
import { isStreamableComponent } from '../naming/component-kind.ts';
import {
  isReceivableVersion,
  isSSTableFormat,
  isUnreadVersion,
  RECEIVABLE_VERSIONS_TEXT,
} from '../naming/versions.ts';
import type { SSTableFormat } from '../types.ts';

/** What the stream says of the SSTable: CassandraStreamHeader and the STREAM message before it. */
export interface ReceiveHeader {
  readonly sstableVersion: string;
  readonly formatName: string;
  readonly manifest: readonly { readonly name: string; readonly lengthBytes: bigint }[];
  readonly sstableLevel: number;
  readonly repairedAtMs: bigint;
  readonly pendingRepair: string | undefined;
}

/** Letters of a component's name: no separators of paths or of file names (§1.2: component names never contain a dash). */
const COMPONENT_NAME = /^[A-Za-z0-9_][\w+.]*$/;

/** An SSTableError of code `SCM_SSTABLE_MANIFEST`. */
export const manifestError = (file: string, reason: string): SSTableError =>
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
export const checkVersion = (
  file: string,
  header: Pick<ReceiveHeader, 'formatName' | 'sstableVersion'>,
): Either<SSTableError, SSTableFormat> => {
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
export const checkRepairState = (
  file: string,
  header: Pick<ReceiveHeader, 'sstableLevel' | 'repairedAtMs' | 'pendingRepair'>,
): SSTableError | undefined => {
  if (header.sstableLevel < 0 || header.sstableLevel > 0x7fffffff)
    return manifestError(file, `level ${header.sstableLevel} is out of range`);
  if (header.repairedAtMs < 0n) return manifestError(file, 'repairedAt is negative');
  if (header.pendingRepair !== undefined && header.repairedAtMs !== 0n)
    return manifestError(file, 'both pendingRepair and repairedAt are set');
  return undefined;
};

const checkEntireVersion = (
  label: string,
  header: ReceiveHeader,
  keepUnread: boolean,
): Either<SSTableError, SSTableFormat> => {
  const { formatName, sstableVersion } = header;
  return keepUnread && isSSTableFormat(formatName) && isUnreadVersion(formatName, sstableVersion)
    ? right(formatName)
    : checkVersion(label, header);
};

/** The format of an announced SSTable, or why it is refused. `label` is named in the error. */
export const checkAnnouncement = (
  label: string,
  header: ReceiveHeader,
  keepUnread: boolean,
): Either<SSTableError, SSTableFormat> => {
  const format = checkEntireVersion(label, header, keepUnread);
  if (format._tag === 'Left') return format;
  const error =
    checkManifest(label, format.right, header.manifest) ?? checkRepairState(label, header);
  return error === undefined ? format : left(error);
};
