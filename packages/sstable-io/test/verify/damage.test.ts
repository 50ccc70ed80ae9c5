import { seededRandom, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SSTableError } from '../../src/errors.ts';
import { openSSTable } from '../../src/open.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { fixtureSSTable } from '../fixture-sstables.ts';
import { SSTableCopy } from '../sstable-copy.ts';

const FOLDERS = [
  'real/4.1.10-nb/wide',
  'real/4.1.10-nb/dels',
  'real/4.1.10-nb/z_snappy',
  'real/5.0.6-oa/z_zstd',
  'real/5.0.6-da/dels',
  'real/5.0.6-da/many_uncompressed',
  'real/5.0.6-da/rp_wide',
  'real/3.11.19-me/wide',
];
const CUTS = 3;
const FLIPS = 5;

/** What the files themselves give no means to find: the sampling interval of Summary.db, and Statistics.db before it had checksums. */
const isBlind = (version: string, component: string, at: number, isCut: boolean): boolean =>
  !isCut &&
  ((component === 'Summary.db' && at < 4) || (component === 'Statistics.db' && version < 'na'));

/** Everything that is said of an SSTable: the reason why it can't be opened, or errors and warnings of a deep verification. */
const complaints = async (files: SSTableFiles): Promise<string[]> => {
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') {
    assert.instance(opened.left, SSTableError);
    return [opened.left.message];
  }
  try {
    const report = await opened.right.verify('deep');
    for (const error of report.errors) assert.instance(error, SSTableError);
    return [...report.errors.map((error) => error.message), ...report.warnings];
  } finally {
    await opened.right.close();
  }
};

const spoil = (bytes: Buffer, at: number, isCut: boolean, bit: number): Buffer => {
  if (isCut) return bytes.subarray(0, at);
  const spoiled = Buffer.from(bytes);
  spoiled[at]! ^= 1 << bit;
  return spoiled;
};

for (const folder of FOLDERS) {
  sharedTest(test, `${folder}: every cut and every flipped bit of every component is found`, () =>
    withTempFolder(async (temp) => {
      const random = seededRandom(folder.length);
      const source = fixtureSSTable(folder);
      const copy = new SSTableCopy(source, temp);
      const usual = new Set(await complaints(copy.files));
      for (const [component, length] of source.components) {
        const bytes = copy.bytes(component);
        for (let i = 0; length > 0 && i < CUTS + FLIPS; i++) {
          const isCut = i < CUTS;
          const at = Math.floor(random() * length);
          const spoiled = spoil(bytes, at, isCut, Math.floor(random() * 8));
          copy.write(component, spoiled);
          const found = (await complaints(copy.files)).filter((text) => !usual.has(text));
          if (isBlind(source.descriptor.version, component, at, isCut)) continue;
          assert.ok(found.length > 0, `${component} ${isCut ? 'cut' : 'flipped'} at ${at}`);
        }
        copy.write(component, bytes);
      }
    }),
  );
}

test.run();
