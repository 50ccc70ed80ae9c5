// Control plane: the memory peak of everything that reads SSTables offline, on 2 GB of rows of which a quarter is one partition. None of it may
// depend on the sizes.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type MadeWide, makeWide, wideSize } from '../datasets/wide-dataset.ts';
import { programFile } from '../native/build.ts';
import { commandLine, scratchFolder } from '../paths.ts';
import { silently, startMeasured } from '../run/measured-process.ts';
import { type Case, type Measured, takeTurns } from './case.ts';

/** A quarter of the ring each. */
const quarters = [
  '-9223372036854775808:-4611686018427387904',
  '-4611686018427387904:0',
  '0:4611686018427387904',
  '4611686018427387904:9223372036854775807',
].join(',');

const sstable = (...args: readonly string[]): readonly string[] => [
  process.execPath,
  commandLine,
  'sstable',
  ...args,
];

/** A command, what it reads in uncompressed bytes, and where it writes if it does. */
const measuredRun =
  (command: readonly string[], bytes: number, into?: string) => async (): Promise<Measured> => {
    try {
      const { cost } = await startMeasured(silently(command)).ended;
      return { ...cost, bytes };
    } finally {
      if (into !== undefined) rmSync(into, { recursive: true, force: true });
    }
  };

const contenders = (
  { dataFiles: [large], dataBytes: [bytes, smallBytes], tableFolder, totalBytes }: MadeWide,
  folder: string,
): Readonly<Record<string, () => Promise<Measured>>> => {
  const into = join(folder, 'into');
  const rewrite = (inputBytes: number, kind: string, ...args: readonly string[]) =>
    measuredRun(sstable(kind, '--quiet', '--into', into, ...args), inputBytes, into);
  const partBytes = String(Math.round(totalBytes / 8));
  return {
    'reader alone': measuredRun([process.execPath, programFile('read-rows'), large], bytes),
    dump: measuredRun(sstable('dump', '--quiet', '--format', 'json', large), bytes),
    'verify --deep': measuredRun(sstable('verify', '--quiet', '--deep', large), bytes),
    'split by ranges': rewrite(bytes, 'split', '--ranges', quarters, large),
    'split by size': rewrite(bytes, 'split', '--size', partBytes, large),
    'compact, two SSTables': rewrite(bytes + smallBytes, 'compact', tableFolder),
    'upgrade nb → oa': rewrite(bytes, 'upgrade', '--format', 'oa', large),
    'upgrade nb → da': rewrite(bytes, 'upgrade', '--format', 'da', large),
  };
};

export const offlineMemoryCase: Case = {
  name: 'offline-memory',
  needs: () => [],
  run: async (context) => {
    const made = await makeWide(wideSize(context.quick), context.tell);
    mkdirSync(scratchFolder, { recursive: true });
    const folder = mkdtempSync(join(scratchFolder, 'offline-'));
    return await takeTurns(context, 1, contenders(made, folder));
  },
};
