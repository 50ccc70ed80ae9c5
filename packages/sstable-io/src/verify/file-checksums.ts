// Data plane. CRC-32 of whole components, and Digest.crc32 (spec: sstable-data §9). Called by verification. Reads pieces of one reused buffer,
// so that the event loop is free between them.
import { crc32 } from '@node-rs/crc32';
import { SSTableError } from '../errors.ts';
import { corrupt } from '../io/decoding.ts';
import { ReadableFile } from '../io/readable-file.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import { SCAN_BUFFER_BYTES, TEXT_COMPONENT_BYTES_MAX } from '../limits.ts';
import { isStreamableComponent } from '../naming/component-kind.ts';
import type { VerifyPart } from '../types.ts';
import type { Findings } from './findings.ts';

/** CRC-32 of a file, or of its first bytes, read front to back. `progress` gets the bytes of each piece. */
export const fileCrc32 = async (
  path: string,
  progress: (pieceBytes: number) => void,
  firstBytes = Number.POSITIVE_INFINITY,
): Promise<number> => {
  const file = await ReadableFile.open(path);
  try {
    const end = Math.min(file.lengthBytes, firstBytes);
    const buffer = new Uint8Array(Math.min(SCAN_BUFFER_BYTES, Math.max(end, 1)));
    let crc = 0;
    for (let at = 0; at < end; at += buffer.length) {
      const length = Math.min(buffer.length, end - at);
      await file.read(buffer, at, length);
      crc = crc32(buffer.subarray(0, length), crc);
      progress(length);
    }
    return crc;
  } finally {
    await file.close();
  }
};

const checksumOf = async (
  parts: Pick<SSTableParts, 'files' | 'options'>,
  component: string,
  findings: Findings,
): Promise<number> => {
  const path = parts.files.path(component);
  const { fileCrc32: injected } = parts.options;
  if (injected === undefined) return await fileCrc32(path, (bytes) => findings.read(bytes));
  let done = 0;
  const progress = (bytes: number) => {
    findings.read(bytes - done);
    done = bytes;
  };
  const crc = await injected(path, { progress, signal: findings.signal });
  progress(parts.files.files.components.get(component) ?? done);
  return crc >>> 0;
};

/** Checksums of every component that travels, or of the `part` that is asked for, and their lengths against the listing. */
export const checkFiles = async (
  parts: Pick<SSTableParts, 'files' | 'options'>,
  findings: Findings,
  part: VerifyPart = 'all',
): Promise<void> => {
  for (const [component, listedBytes] of parts.files.files.components) {
    const isData = component === 'Data.db';
    if (!isStreamableComponent(component) || (part === 'digest' && !isData)) continue;
    const path = parts.files.path(component);
    await findings.check(path, async () => {
      const file = await ReadableFile.open(path);
      const { lengthBytes } = file;
      await file.close();
      if (lengthBytes !== listedBytes) {
        throw corrupt(path, undefined, `${lengthBytes} bytes`, `${listedBytes}, as listed`);
      }
      if (isData && part === 'structure') return;
      findings.checksums[component] = await checksumOf(parts, component, findings);
    });
  }
};

const readDigest = async (parts: SSTableParts): Promise<number> => {
  const path = parts.files.path('Digest.crc32');
  const bytes = await parts.files.whole('Digest.crc32', TEXT_COMPONENT_BYTES_MAX);
  const text = Buffer.from(bytes).toString('latin1');
  const digits = /^(\d{1,10})\s*$/.exec(text)?.[1];
  if (digits === undefined || Number(digits) > 0xffffffff) {
    throw corrupt(path, 0, JSON.stringify(text.slice(0, 20)), 'a decimal CRC-32');
  }
  return Number(digits);
};

/** Whether the digest is that of Data.db without an empty chunk at its end, as of writers that add one when they have counted already. */
const isOfAllButSurplus = async (parts: SSTableParts, expected: number): Promise<boolean> => {
  const { compressed, dataLengthBytes, file } = parts.source;
  if (compressed === undefined) return false;
  const { chunkCount, chunkLengthBytes } = compressed.offsets.params;
  if ((chunkCount - 1) * chunkLengthBytes < dataLengthBytes) return false;
  const { offsetBytes } = await compressed.offsets.chunk(chunkCount - 1);
  return (await fileCrc32(file.path, () => {}, offsetBytes)) === expected;
};

/** Compares Data.db with its digest. False when there is no digest to compare with. */
export const checkDigest = async (parts: SSTableParts, findings: Findings): Promise<boolean> => {
  if (!parts.files.has('Digest.crc32')) {
    findings.warn('Digest.crc32 is missing: Data.db was checked by its blocks instead');
    return false;
  }
  await findings.check(parts.files.path('Digest.crc32'), async () => {
    const expected = await readDigest(parts);
    const found = findings.checksums['Data.db'];
    if (found !== undefined && found !== expected) {
      if (await isOfAllButSurplus(parts, expected)) {
        findings.warn(
          'Digest.crc32 is right for Data.db without the empty chunk at its end: the data is sound, but nodes that compare digests refuse it',
        );
        return;
      }
      const file = parts.files.path('Data.db');
      throw new SSTableError({ code: 'SCM_SSTABLE_DIGEST', file, found, expected });
    }
  });
  return true;
};
