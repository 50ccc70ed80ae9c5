// Control plane: which SSTables the benchmarks use. Data and pure functions; called by write-datasets.ts and the cases.
import { datasetsFolder } from '../paths.ts';

/** One table, written by a real node, of blobs that do not compress. */
export type Dataset = {
  /** Folder and table name. */
  readonly name: string;
  readonly rows: number;
  readonly valueBytes: number;
  readonly compression: 'none' | 'lz4';
};

/** The release that writes them: its SSTables are `nb`. */
export const datasetRelease = '4.1.10';
export const datasetKeyspace = 'bench';

const sizes = {
  '4mb': { rows: 4_000, valueBytes: 1_000 },
  '80mb': { rows: 20_000, valueBytes: 4_000 },
  '100mb': { rows: 25_000, valueBytes: 4_000 },
  '1gib': { rows: 266_000, valueBytes: 4_000 },
  '4gb': { rows: 1_000_000, valueBytes: 4_000 },
} as const;

/** `4mb` … `4gb`: about so many bytes of Data.db. */
export type DatasetSize = keyof typeof sizes;

export const dataset = (size: DatasetSize, compression: Dataset['compression']): Dataset => ({
  name: `blobs_${size}_${compression}`,
  ...sizes[size],
  compression,
});

/** CREATE TABLE without an id. */
export const createTableCql = ({ name, compression }: Dataset): string =>
  `CREATE TABLE IF NOT EXISTS ${datasetKeyspace}.${name} (id int PRIMARY KEY, body blob) WITH compression = ${
    compression === 'none' ? "{'enabled': 'false'}" : "{'class': 'LZ4Compressor'}"
  }`;

/** The keyspace of every node that writes or takes them; without commit log, which would only cost disk. */
export const createKeyspaceCql = (): string =>
  `CREATE KEYSPACE IF NOT EXISTS ${datasetKeyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1} AND durable_writes = false`;

/** A dataset as it lies in the cache. */
export type MadeDataset = Dataset & {
  /** Table directory, `…/bench/blobs_1gib_lz4-<id>`. */
  readonly tableFolder: string;
  /** Largest Data.db. */
  readonly dataFile: string;
  readonly sstables: number;
  /** Of all Data.db files together. */
  readonly dataBytes: number;
  /** Of all components together. */
  readonly totalBytes: number;
};

export const folderOf = ({ name }: Dataset): string => `${datasetsFolder}/${name}`;
