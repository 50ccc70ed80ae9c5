// Data plane. Digest.sha1 and Digest.adler32: what is in them is not what `ka` calls it (spec: sstable-data §9). Called by the verification of
// old SSTables. Reads Data.db once, through one reused buffer.
import { createHash } from 'node:crypto';
import { adler32 } from '@scamander/bytes';
import { SSTableError } from '../../errors.ts';
import { corrupt } from '../../io/decoding.ts';
import { SCAN_BUFFER_BYTES, TEXT_COMPONENT_BYTES_MAX } from '../../limits.ts';
import type { Findings } from '../../verify/findings.ts';
import type { LegacyParts } from '../legacy-parts.ts';

const forEachPiece = async (
  parts: LegacyParts,
  findings: Findings,
  take: (piece: Uint8Array) => void,
): Promise<void> => {
  const file = await parts.files.file('Data.db');
  const buffer = new Uint8Array(SCAN_BUFFER_BYTES);
  for (let at = 0; at < file.lengthBytes; at += buffer.length) {
    const length = Math.min(buffer.length, file.lengthBytes - at);
    await file.read(buffer, at, length);
    take(buffer.subarray(0, length));
    findings.read(length);
  }
};

const checkAdler = async (parts: LegacyParts, text: string, findings: Findings): Promise<void> => {
  const component = parts.features.digestComponent;
  const digits = /^(\d{1,10})\s*$/.exec(text)?.[1];
  if (digits === undefined || Number(digits) > 0xffff_ffff) {
    const found = JSON.stringify(text.slice(0, 20));
    throw corrupt(parts.files.path(component), 0, found, 'a decimal Adler-32');
  }
  let found = 1;
  await forEachPiece(parts, findings, (piece) => {
    found = adler32(piece, found);
  });
  const expected = Number(digits);
  if (found === expected) return;
  const file = parts.files.path('Data.db');
  throw new SSTableError({ code: 'SCM_SSTABLE_DIGEST', file, component, found, expected });
};

/** Up to `jb`: 40 hex digits, two spaces, a file name. */
const checkSha1 = async (parts: LegacyParts, text: string, findings: Findings): Promise<void> => {
  const component = parts.features.digestComponent;
  const expected = /^([0-9a-f]{40})(?:\s.*)?$/s.exec(text)?.[1];
  if (expected === undefined) {
    const found = JSON.stringify(text.slice(0, 50));
    throw corrupt(parts.files.path(component), 0, found, 'a SHA-1 of 40 hexadecimal digits');
  }
  const hash = createHash('sha1');
  await forEachPiece(parts, findings, (piece) => void hash.update(piece));
  const found = hash.digest('hex');
  if (found === expected) return;
  const file = parts.files.path('Data.db');
  throw corrupt(file, undefined, `SHA-1 ${found}`, `${expected}, as ${component} says`);
};

/** Compares Data.db with its digest, where it has one: up to `jb` compressed files have none. */
export const checkLegacyDigest = async (parts: LegacyParts, findings: Findings): Promise<void> => {
  const { digestComponent, digest } = parts.features;
  if (digest === 'none') return;
  const isAdler = digest === 'Adler-32';
  if (!parts.files.has(digestComponent)) {
    if (isAdler || parts.source.compressed === undefined) {
      findings.warn(`${digestComponent} is missing: Data.db was checked by its blocks instead`);
    }
    return;
  }
  const path = parts.files.path(digestComponent);
  await findings.check(path, async () => {
    const bytes = await parts.files.whole(digestComponent, TEXT_COMPONENT_BYTES_MAX);
    const text = Buffer.from(bytes).toString('latin1');
    await (isAdler ? checkAdler : checkSha1)(parts, text, findings);
  });
};
