// Finds every SSTable below the shared fixtures, by file name alone. Called by this package's tests only.
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fixture, sharedFolder } from '@scamander-tools/testing';
import type { SSTableFiles } from '../src/types.ts';

const NAME = /^(([a-z]{2})-([0-9a-z_]+)-(big|bti)-)(.+)$/;

const isComponent = (name: string): boolean => /\.(db|crc32|adler32|txt)$/.test(name);

/** The SSTables of one folder. */
export const sstablesIn = (folder: string): SSTableFiles[] => {
  const byPrefix = new Map<string, { files: SSTableFiles; components: Map<string, number> }>();
  for (const name of readdirSync(folder)) {
    const [, prefix, version, id, format, component] = NAME.exec(name) ?? [];
    if (prefix === undefined || component === undefined || !isComponent(component)) continue;
    const known = byPrefix.get(prefix);
    const components = known?.components ?? new Map<string, number>();
    components.set(component, statSync(join(folder, name)).size);
    const descriptor = {
      directory: folder,
      keyspace: 'ks',
      table: basename(folder),
      tableId: undefined,
      indexName: undefined,
      version: version as string,
      format: format as 'big' | 'bti',
      id: id as string,
      prefix,
    };
    byPrefix.set(prefix, { files: { descriptor, components }, components });
  }
  return [...byPrefix.values()].map(({ files }) => files);
};

const walk = (folder: string): SSTableFiles[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    // folders of built-in index tables begin with a dot
    .filter((entry) => !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return [...sstablesIn(path), ...walk(path)];
    });

/** `fixtures/…` path of an SSTable, for messages. */
export const nameOf = ({ descriptor }: SSTableFiles): string =>
  `${basename(dirname(descriptor.directory))}/${basename(descriptor.directory)}/${descriptor.prefix}`;

/** Every SSTable of a version this package reads; none where the shared fixtures are missing. */
export const fixtureSSTables: readonly SSTableFiles[] =
  sharedFolder === undefined
    ? []
    : [fixture('sstables'), fixture('real')]
        .flatMap(walk)
        .filter(({ descriptor }) => /^[mnod]/.test(descriptor.version));

/** One fixture SSTable: folder below `fixtures`, and which of its SSTables. */
export const fixtureSSTable = (folder: string, index = 0): SSTableFiles => {
  const found = sstablesIn(fixture(folder))[index];
  if (found === undefined) throw new Error(`no SSTable ${index} in ${folder}`);
  return found;
};
