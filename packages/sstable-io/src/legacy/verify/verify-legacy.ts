// Control plane. Verifies an open SSTable of a version before `ma`, quickly or deeply (spec: sstable-index-and-stats §10, sstable-data §8, §9).
// Called through LegacySSTable.verify.

import { CRC_32, DataReader } from '../../io/data-reader.ts';
import { corrupt } from '../../io/decoding.ts';
import { ReadableFile } from '../../io/readable-file.ts';
import type { VerifyLevel, VerifyReport } from '../../types.ts';
import { checkChunkOffsets, checkCrcDb } from '../../verify/blocks.ts';
import { checkFilter } from '../../verify/filter.ts';
import { Findings, type VerifyOptions } from '../../verify/findings.ts';
import { checkToc } from '../../verify/toc.ts';
import { ADLER_32 } from '../chunk-checksums.ts';
import type { LegacyParts } from '../legacy-parts.ts';
import { checkLegacyDigest } from './legacy-digest.ts';
import { checkLegacyPartitions } from './legacy-partitions.ts';
import { checkOldestSummary } from './oldest-summary.ts';

/** Bytes that progress counts: Data.db for its digest, for the blocks of CRC.db, and for its chunks or partitions. */
const totalBytes = (parts: LegacyParts, isDeep: boolean, readsBlocks: boolean): number => {
  const { files, features, source } = parts;
  const isPlain = source.compressed === undefined;
  const passes = [
    files.has(features.digestComponent),
    isPlain && readsBlocks && features.hasCrcDb,
    isDeep || (!isPlain && readsBlocks),
  ];
  return (files.files.components.get('Data.db') ?? 0) * passes.filter(Boolean).length;
};

const checkLengths = async ({ files }: LegacyParts, findings: Findings): Promise<void> => {
  for (const [component, listedBytes] of files.files.components) {
    const path = files.path(component);
    await findings.check(path, async () => {
      const file = await ReadableFile.open(path);
      const { lengthBytes } = file;
      await file.close();
      if (lengthBytes === listedBytes) return;
      throw corrupt(path, undefined, `${lengthBytes} bytes`, `${listedBytes}, as listed`);
    });
  }
};

/** Every chunk against its checksum, the surplus one behind the data too; after a walk over all partitions only that one. */
const checkChunks = async (
  { source }: LegacyParts,
  isWalked: boolean,
  findings: Findings,
): Promise<void> => {
  if (source.compressed === undefined) return;
  const { chunkCount, chunkLengthBytes } = source.compressed.offsets.params;
  const start = isWalked ? Math.ceil(source.dataLengthBytes / chunkLengthBytes) : 0;
  await findings.check(source.file.path, async () => {
    const reader = new DataReader(source, { readAhead: true });
    for (let i = start; i < chunkCount; i++) {
      await reader.chunk(i);
      findings.read(Math.floor(source.file.lengthBytes / chunkCount));
    }
  });
};

/** See LegacySSTable.verify. */
export const verifyLegacySSTable = async (
  parts: LegacyParts,
  level: VerifyLevel,
  options: VerifyOptions,
): Promise<VerifyReport> => {
  const { files, features, source } = parts;
  const isDeep = level === 'deep';
  const readsBlocks = isDeep || !files.has(features.digestComponent);
  const findings = new Findings(options, totalBytes(parts, isDeep, readsBlocks));
  await checkLengths(parts, findings);
  if (features.hasToc) await checkToc(parts, findings);
  await checkLegacyDigest(parts, findings);
  if (source.compressed !== undefined) {
    await checkChunkOffsets(parts, source.compressed.offsets, findings);
  } else if (features.hasCrcDb) {
    const checksum = features.digest === 'Adler-32' ? ADLER_32 : CRC_32;
    await checkCrcDb(parts, readsBlocks, findings, checksum);
  }
  if (!features.hasSummary && files.has('Summary.db')) await checkOldestSummary(parts, findings);
  if (parts.summaryError !== undefined) findings.add(parts.summaryError);
  const isWalked =
    isDeep &&
    (await findings.check(source.file.path, () => checkLegacyPartitions(parts, findings)));
  if (readsBlocks) await checkChunks(parts, isWalked, findings);
  await checkFilter(parts, isDeep && findings.errors.length === 0, findings);
  return findings.report();
};
