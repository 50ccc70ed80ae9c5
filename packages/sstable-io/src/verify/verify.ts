// Control plane. Verifies an open SSTable, quickly or deeply (spec: sstable-index-and-stats §10). Called through SSTable.verify.
import type { SSTableParts } from '../io/sstable-parts.ts';
import type { VerifyLevel, VerifyReport } from '../types.ts';
import { checkChunkOffsets, checkCrcDb } from './blocks.ts';
import { checkData } from './deep.ts';
import { checkDigest, checkFiles } from './file-checksums.ts';
import { checkFilter } from './filter.ts';
import { Findings, type VerifyOptions } from './findings.ts';
import { checkIndexOrder } from './index-order.ts';
import { checkStatistics } from './statistics.ts';
import { checkToc } from './toc.ts';

/** Bytes that progress counts: every component once, Data.db again where its blocks are checked one by one. */
const totalBytes = ({ files }: SSTableParts, readsBlocks: boolean): number => {
  let total = readsBlocks ? (files.files.components.get('Data.db') ?? 0) : 0;
  for (const bytes of files.files.components.values()) total += bytes;
  return total;
};

/**
 * Reports everything that is wrong, with file, byte and what was expected. Rejects only with the reason of an aborted signal.
 * `quick` reads every file once and looks at structures that are cheap to check; `deep` also reads partitions, index and filter against each other.
 */
export const verifySSTable = async (
  parts: SSTableParts,
  level: VerifyLevel,
  options: VerifyOptions,
): Promise<VerifyReport> => {
  const isDeep = level === 'deep';
  const readsBlocks = isDeep || !parts.files.has('Digest.crc32');
  const findings = new Findings(options, totalBytes(parts, readsBlocks));
  const part = readsBlocks ? 'all' : (options.part ?? 'all');
  await checkFiles(parts, findings, part);
  if (part === 'digest') {
    await checkDigest(parts, findings);
    return findings.report();
  }
  await checkToc(parts, findings);
  await checkStatistics(parts, findings);
  await checkDigest(parts, findings);
  const { compressed } = parts.source;
  if (compressed !== undefined) await checkChunkOffsets(parts, compressed.offsets, findings);
  else await checkCrcDb(parts, readsBlocks, findings);
  if (parts.summaryError !== undefined) findings.add(parts.summaryError);
  if (options.indexOrder === true && !isDeep && findings.errors.length === 0)
    await checkIndexOrder(parts, findings);
  if (readsBlocks) await checkData(parts, isDeep, findings);
  await checkFilter(parts, isDeep && findings.errors.length === 0, findings);
  return findings.report();
};
