// Builds folders with files of SSTables for the tests of this folder: names and lengths matter here, not what is inside.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const TABLE_HEX = '5a1c395eb41f11e5a2f2d1f5cb37ed2d';
export const TABLE_ID = '5a1c395e-b41f-11e5-a2f2-d1f5cb37ed2d';

export const BIG = [
  'Data.db',
  'Index.db',
  'Statistics.db',
  'Summary.db',
  'Digest.crc32',
  'TOC.txt',
];
export const BTI = ['Data.db', 'Partitions.db', 'Rows.db', 'Statistics.db', 'TOC.txt'];

/** Writes the files of one SSTable; TOC.txt lists them all and what `listed` adds. */
export const writeSSTable = (
  folder: string,
  prefix: string,
  components: readonly string[] = BIG,
  listed: readonly string[] = [],
): void => {
  mkdirSync(folder, { recursive: true });
  for (const name of components)
    writeFileSync(
      join(folder, `${prefix}${name}`),
      name === 'TOC.txt' ? [...components, ...listed].join('\n') : `${prefix}${name}`,
    );
};

/** `<data>/<keyspace>/<table>-<hex>`. */
export const tableFolder = (data: string, keyspace = 'ks', table = 't'): string =>
  join(data, keyspace, `${table}-${TABLE_HEX}`);
