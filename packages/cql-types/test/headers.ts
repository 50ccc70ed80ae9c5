// Finds the type strings in the headers of real SSTables. Called by the tests of this package; just enough of Statistics.db for that
// (spec: sstable-index-and-stats §6.1, §6.6).
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ByteReader } from '@scamander/bytes';
import { fixture } from '@scamander-tools/testing';

/** The types of one header. */
export interface HeaderTypes {
  readonly file: string;
  readonly version: string;
  readonly keyType: string;
  readonly clusteringTypes: readonly string[];
  /** Static and regular columns by name. */
  readonly columns: ReadonlyMap<string, string>;
}

const TEXT_BYTES_MAX = 1 << 20;
const HEADER_COMPONENT = 3;

const readHeader = (
  bytes: Uint8Array,
  hasChecksums: boolean,
): Omit<HeaderTypes, 'file' | 'version'> => {
  const toc = new ByteReader(bytes);
  const count = toc.i32();
  if (hasChecksums) toc.skip(4);
  let at = -1;
  for (let index = 0; index < count; index++) {
    const component = toc.i32();
    const position = toc.i32();
    if (component === HEADER_COMPONENT) at = position;
  }
  const reader = new ByteReader(bytes, at);
  for (let index = 0; index < 3; index++) reader.uvint();
  const keyType = reader.strV(TEXT_BYTES_MAX);
  const clusteringTypes = Array.from({ length: reader.uvintNumber() }, () =>
    reader.strV(TEXT_BYTES_MAX),
  );
  const columns = new Map<string, string>();
  for (let group = 0; group < 2; group++) {
    const size = reader.uvintNumber();
    for (let index = 0; index < size; index++) {
      const name = reader.strV(TEXT_BYTES_MAX);
      columns.set(name, reader.strV(TEXT_BYTES_MAX));
    }
  }
  return { keyType, clusteringTypes, columns };
};

const statisticsFiles = (folder: string): string[] => {
  const found: string[] = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) found.push(...statisticsFiles(path));
    else if (name.endsWith('Statistics.db')) found.push(path);
  }
  return found;
};

/** The headers of every SSTable of version `ma` and later in the fixtures. */
export const realHeaders = (): readonly HeaderTypes[] => {
  const headers: HeaderTypes[] = [];
  for (const file of statisticsFiles(fixture('real'))) {
    const version = /\/(m[a-e]|n[ab]|oa|da)-[^/]*$/.exec(file)?.[1];
    if (version === undefined) continue;
    headers.push({ file, version, ...readHeader(readFileSync(file), !version.startsWith('m')) });
  }
  return headers;
};
