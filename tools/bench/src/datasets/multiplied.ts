// Control plane: a table of many times the size of a dataset, without its bytes: its SSTables are linked under other numbers, and differ in when
// they were repaired, so that nobody can take one for another. Called by the case of large pulls.
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  changeStatistics,
  decodeStatistics,
  encodeStatistics,
  parseSSTableFileName,
  versionFeatures,
} from '@scamander/sstable-io';
import { scratchFolder } from '../paths.ts';
import { datasetKeyspace, type MadeDataset } from './dataset.ts';

const repairedAs = (path: string, repairedAtMs: bigint): Uint8Array => {
  const name = parseSSTableFileName(path, {});
  if (name._tag === 'Left') throw name.left;
  const { format, version } = name.right.descriptor;
  const features = versionFeatures(format, version, path);
  if (features._tag === 'Left') throw features.left;
  const statistics = decodeStatistics(readFileSync(path), features.right, path);
  if (statistics._tag === 'Left') throw statistics.left;
  return encodeStatistics(changeStatistics(statistics.right, { repairedAtMs }));
};

/** A data directory in the scratch folder with so many times the dataset's SSTables. */
export const multiplied = (
  dataset: MadeDataset,
  times: number,
): MadeDataset & { readonly dataDirectory: string } => {
  const dataDirectory = join(scratchFolder, `times-${times}`);
  rmSync(dataDirectory, { recursive: true, force: true });
  const tableFolder = join(dataDirectory, datasetKeyspace, basename(dataset.tableFolder));
  mkdirSync(tableFolder, { recursive: true });
  for (let round = 0; round < times; round += 1)
    for (const file of readdirSync(dataset.tableFolder)) {
      const path = join(dataset.tableFolder, file);
      const renumbered = file.replace(
        /^(\w+)-(\d+)-/,
        (_, version: string, id: string) => `${version}-${Number(id) + round * 1_000}-`,
      );
      const copy = join(tableFolder, renumbered);
      if (file.endsWith('-Statistics.db')) writeFileSync(copy, repairedAs(path, BigInt(round + 1)));
      else linkSync(path, copy);
    }
  return {
    ...dataset,
    dataDirectory,
    tableFolder,
    sstables: dataset.sstables * times,
    dataBytes: dataset.dataBytes * times,
    totalBytes: dataset.totalBytes * times,
  };
};
