// Control plane. The components that travel with an entire SSTable (spec: streaming-4.0-plus §3.3). Called by the open SSTable.
import { isStreamableComponent } from '../naming/component-kind.ts';
import type { SSTableFiles } from '../types.ts';

/** The order in which 4.0 and 4.1 send them; others follow by name. Receivers take any order. */
const ORDER = [
  'Data.db',
  'Index.db',
  'Partitions.db',
  'Rows.db',
  'Statistics.db',
  'CompressionInfo.db',
  'Filter.db',
  'Summary.db',
  'Digest.crc32',
  'CRC.db',
];

const rank = (name: string): number => {
  const at = ORDER.indexOf(name);
  return at < 0 ? ORDER.length : at;
};

/** Names and lengths, Data.db first. An empty Filter.db is left out always: 4.x refuses to open it. */
export const manifestOf = (
  files: SSTableFiles,
  options: { readonly includeFilter: boolean },
): readonly { readonly name: string; readonly lengthBytes: number }[] =>
  [...files.components]
    .map(([name, lengthBytes]) => ({ name, lengthBytes }))
    .filter(({ name }) => isStreamableComponent(name))
    .filter(
      ({ name, lengthBytes }) => name !== 'Filter.db' || (options.includeFilter && lengthBytes > 0),
    )
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
