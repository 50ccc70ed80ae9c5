// Control plane. What the receipt says of a source SSTable: what was read of it, and with `sha256` both digests of every component. Called by
// sources.ts. The digests take a reading of their own, beside the transfer.
import type { SSTableError, SSTableFiles } from '@scamander/sstable-io';
import { componentPath } from '@scamander/sstable-io';
import { isLeft } from 'fp-ts/lib/Either.js';
import { componentRecords } from '../receipt/component-digests.ts';
import { contentIdOf } from '../receipt/content-id.ts';
import type { ComponentRecord, SourceRecord } from '../receipt/receipt.ts';

/** Path of Data.db: how an SSTable is called everywhere in a load. */
export const dataPathOf = ({ descriptor }: SSTableFiles): string =>
  componentPath(descriptor, 'Data.db');

/** Bytes of all components. */
export const sizeOf = ({ components }: SSTableFiles): number =>
  [...components.values()].reduce((sum, bytes) => sum + bytes, 0);

const componentsOf = (
  { components }: SSTableFiles,
  checksums: Readonly<Record<string, number>>,
): Readonly<Record<string, ComponentRecord>> =>
  Object.fromEntries(
    [...components].map(([name, bytes]) => [
      name,
      { bytes, crc32: checksums[name], sha256: undefined },
    ]),
  );

/** The record of an SSTable, with the checksums that its verification came by. */
export const recordOf = (
  files: SSTableFiles,
  content: string | undefined,
  checksums: Readonly<Record<string, number>>,
  reasons: readonly string[],
): SourceRecord => ({
  sstable: dataPathOf(files),
  version: files.descriptor.version,
  format: files.descriptor.format,
  bytes: sizeOf(files),
  content,
  components: componentsOf(files, checksums),
  verdict: reasons.length === 0 ? 'sound' : 'refused',
  reasons,
});

/** The record with one more checksum. */
export const withChecksum = (
  record: SourceRecord,
  component: string,
  crc32: number | undefined,
): SourceRecord => {
  const known = record.components[component];
  return known === undefined
    ? record
    : { ...record, components: { ...record.components, [component]: { ...known, crc32 } } };
};

/** How digests are computed. */
export interface DigestPass {
  readonly signal: AbortSignal;
  readonly progress: (files: SSTableFiles, bytes: number) => void;
}

/** The record with both digests of every component, or what can't be read. A load that is given up keeps the record as it was. */
export const withDigests = async (
  files: SSTableFiles,
  record: SourceRecord,
  { signal, progress }: DigestPass,
): Promise<{ readonly record: SourceRecord; readonly error?: SSTableError }> => {
  const content = await contentIdOf(files);
  if (isLeft(content)) return { record, error: content.left };
  const known = { ...record, content: content.right };
  try {
    const components = await componentRecords(files, {
      signal,
      progress: (bytes) => progress(files, bytes),
    });
    return isLeft(components)
      ? { record: known, error: components.left }
      : { record: { ...known, components: components.right } };
  } catch (reason) {
    if (signal.aborted) return { record: known };
    throw reason;
  }
};
