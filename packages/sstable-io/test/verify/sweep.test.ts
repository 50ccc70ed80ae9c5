// Every byte of a small SSTable flipped, every component cut at every length, one at a time: deep verification says so, or it is one of the few
// bytes that nothing depends on and the rows are the same. Never a crash, a hang or other rows.
// By default one bit of each byte, and a share of the bytes of Statistics.db; all bytes and bits with SCAMANDER_SWEEP=whole in the environment
// (minutes).
import { readFileSync, writeFileSync } from 'node:fs';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { versionFeatures } from '../../src/components/version.ts';
import { SSTableError } from '../../src/errors.ts';
import { componentPath } from '../../src/naming/file-name.ts';
import { openSSTable } from '../../src/open.ts';
import { decodeStatistics } from '../../src/statistics/statistics.ts';
import type { SSTable, SSTableFiles } from '../../src/types.ts';
import type { WrittenVersion } from '../../src/write/writer-options.ts';
import { orThrow, readAll, textOf } from '../rows/reading.ts';
import { withMemoryFiles } from './memory-files.ts';
import { writeTiny } from './tiny-sstable.ts';

const IS_WHOLE = process.env['SCAMANDER_SWEEP'] === 'whole';
/** Of Statistics.db, most of which are numbers of histograms. */
const STATISTICS_STEP = 23;

const rowsOf = async (sstable: SSTable): Promise<string> =>
  textOf(await readAll(orThrow(await sstable.rows())));

/** What is said of the files, and their rows where nothing is. */
const look = async (
  files: SSTableFiles,
  usual: ReadonlySet<string>,
): Promise<{ complaints: string[]; rows: string | undefined }> => {
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') {
    assert.instance(opened.left, SSTableError);
    return { complaints: [opened.left.message], rows: undefined };
  }
  try {
    const { errors, warnings } = await opened.right.verify('deep');
    for (const error of errors) assert.instance(error, SSTableError);
    const said = [...errors.map(({ message }) => message), ...warnings];
    const complaints = said.filter((text) => !usual.has(text));
    return { complaints, rows: complaints.length > 0 ? undefined : await rowsOf(opened.right) };
  } finally {
    await opened.right.close();
  }
};

/** As listed with another length. TOC.txt, which is not read through memory, is left out where it is not the one that is spoiled. */
const withLength = (files: SSTableFiles, component: string, bytes: number): SSTableFiles => {
  const components = new Map([...files.components, [component, bytes]]);
  if (component !== 'TOC.txt') components.delete('TOC.txt');
  return { ...files, components };
};

const WITHOUT_TOC = new Set(['TOC.txt is missing']);

/** Fields of Statistics.db that say nothing of the rows, as far as the file itself can tell. */
const FREE_FIELDS = [
  /^validation\.bloomFilterFpChance$/,
  /^stats\.(commitLog|sstableLevel$|repairedAtMs$|pendingRepair$|isTransient$|originatingHostId$)/,
  /^stats\.estimatedTombstoneDropTime\.maxBinSize$/,
  // names are nowhere else
  /^header\.(static|regular)Columns\.\d+\.name$/,
];

const fieldsOf = (value: unknown, path: string, out: Map<string, string>): void => {
  if (value instanceof Uint8Array) out.set(path, Buffer.from(value).toString('hex'));
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (path === '' && (key === 'parts' || key === 'features')) continue;
      fieldsOf(inner, path === '' ? key : `${path}.${key}`, out);
    }
  } else out.set(path, String(value));
};

const changedFields = (files: SSTableFiles, before: Uint8Array, after: Uint8Array): string[] => {
  const { format, version } = files.descriptor;
  const features = orThrow(versionFeatures(format, version, 'Statistics.db'));
  const [old, now] = [before, after].map((bytes) => {
    const fields = new Map<string, string>();
    fieldsOf(orThrow(decodeStatistics(bytes, features)), '', fields);
    return fields;
  }) as [Map<string, string>, Map<string, string>];
  return [...new Set([...old.keys(), ...now.keys()])].filter(
    (key) => old.get(key) !== now.get(key),
  );
};

/** Why nothing need be said: what is in the file is the same, or nothing else in it tells that it is wrong. */
const reasonOf = (
  files: SSTableFiles,
  component: string,
  before: Buffer,
  after: Buffer,
): string | undefined => {
  if (component === 'TOC.txt') {
    const lines = (bytes: Buffer) => bytes.toString('latin1').trimEnd().split(/\s+/).sort().join();
    return lines(before) === lines(after) ? 'the same names' : undefined;
  }
  if (component === 'Digest.crc32') {
    return before.toString().trimEnd() === after.toString().trimEnd() ? 'white space' : undefined;
  }
  if (component === 'Summary.db') {
    return before.subarray(4).equals(after.subarray(4)) ? 'the interval of a table' : undefined;
  }
  if (component !== 'Statistics.db') return undefined;
  const fields = changedFields(files, before, after);
  return fields.every((field) => FREE_FIELDS.some((free) => free.test(field)))
    ? `fields ${fields.join()}`
    : undefined;
};

const offsetsOf = (component: string, length: number): number[] => {
  const step = component === 'Statistics.db' && !IS_WHOLE ? STATISTICS_STEP : 1;
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
};

const maskOf = (at: number, round: number): number => 1 << ((at * 5 + round) % 8);

/** How many files were spoiled. */
const sweep = async (
  name: string,
  files: SSTableFiles,
  held: Map<string, Buffer>,
): Promise<number> => {
  const first = await look(files, new Set());
  assert.equal(first.complaints, [], 'sound as it was written');
  let spoiled = 0;
  const check = async (component: string, before: Buffer, after: Buffer, what: string) => {
    const path = componentPath(files.descriptor, component);
    held.set(path, after);
    if (component === 'TOC.txt') writeFileSync(path, after);
    const found = await look(withLength(files, component, after.length), WITHOUT_TOC);
    spoiled += 1;
    if (found.complaints.length > 0) return;
    const where = `${name}: ${component} ${what}`;
    const reason = reasonOf(files, component, before, after);
    assert.ok(reason, `${where}: nothing is said of it`);
    if (!reason.includes('.name')) assert.ok(found.rows === first.rows, `${where}: other rows`);
  };
  for (const [component, length] of files.components) {
    const path = componentPath(files.descriptor, component);
    const bytes = held.get(path)!;
    for (const at of offsetsOf(component, length)) {
      for (let round = 0; round < (IS_WHOLE ? 8 : 1); round++) {
        const flipped = Buffer.from(bytes);
        flipped[at]! ^= maskOf(at, round);
        await check(component, bytes, flipped, `flipped by ${maskOf(at, round)} at ${at}`);
      }
      await check(component, bytes, bytes.subarray(0, at), `cut at ${at}`);
    }
    held.set(path, bytes);
    if (component === 'TOC.txt') writeFileSync(path, bytes);
  }
  return spoiled;
};

const VERSIONS: WrittenVersion[] = ['me', 'nb', 'oa', 'da'];

for (const version of VERSIONS) {
  for (const isCompressed of [true, false]) {
    const name = `${version}, ${isCompressed ? 'compressed' : 'uncompressed'}`;

    test(`${name}: every flipped byte and every cut is found, or changes nothing`, async () => {
      await withTempFolder(async (folder) => {
        const files = await writeTiny(folder, version, isCompressed);
        const held = new Map<string, Buffer>();
        for (const component of files.components.keys()) {
          const path = componentPath(files.descriptor, component);
          held.set(path, readFileSync(path));
        }
        let spoiled = 0;
        await withMemoryFiles(held, async () => {
          spoiled = await sweep(name, files, held);
        });
        assert.ok(spoiled > 1800, `${spoiled} spoiled files`);
      });
    });
  }
}

test.run();
