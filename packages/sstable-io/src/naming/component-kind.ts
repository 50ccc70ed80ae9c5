// Control plane. What the last part of a file name means (spec: sstable-index-and-stats §1.4). Called by discovery and the receiver. Pure.

/** Cassandra's Component.Type. */
export type ComponentKind =
  | 'DATA'
  | 'PRIMARY_INDEX'
  | 'SUMMARY'
  | 'PARTITION_INDEX'
  | 'ROW_INDEX'
  | 'STATS'
  | 'FILTER'
  | 'COMPRESSION_INFO'
  | 'CRC'
  | 'DIGEST'
  | 'TOC'
  | 'SECONDARY_INDEX'
  | 'SAI'
  | 'CUSTOM';

/** The Component of each fixed name. */
const KIND_BY_NAME: Readonly<Record<string, ComponentKind>> = {
  'Data.db': 'DATA',
  'Index.db': 'PRIMARY_INDEX',
  'Summary.db': 'SUMMARY',
  'Partitions.db': 'PARTITION_INDEX',
  'Rows.db': 'ROW_INDEX',
  'Statistics.db': 'STATS',
  'Filter.db': 'FILTER',
  'CompressionInfo.db': 'COMPRESSION_INFO',
  'CRC.db': 'CRC',
  'Digest.crc32': 'DIGEST',
  'Digest.adler32': 'DIGEST',
  'Digest.sha1': 'DIGEST',
  'TOC.txt': 'TOC',
};

/** Any name is a component: one that is not recognised is CUSTOM, never an error. */
export const componentKind = (name: string): ComponentKind => {
  if (Object.hasOwn(KIND_BY_NAME, name)) return KIND_BY_NAME[name] as ComponentKind;
  if (/^SI_.*\.db$/.test(name)) return 'SECONDARY_INDEX';
  if (/^SAI\+.+\.db$/.test(name)) return 'SAI';
  return 'CUSTOM';
};

/** Whether a component travels with an entire SSTable: all but TOC.txt and SASI files (spec §1.4, column "streamed whole"). */
export const isStreamableComponent = (name: string): boolean => {
  const kind = componentKind(name);
  return kind !== 'TOC' && kind !== 'SECONDARY_INDEX';
};
