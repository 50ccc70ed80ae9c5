// Small tables written for a test. Called by the tests of verification only.
import { parseSchema } from '@scamander/cql-types';
import {
  CqlSSTableWriter,
  compactSSTables,
  type PurgeOptions,
  type SSTableFiles,
  type WrittenVersion,
} from '@scamander/sstable-io';

const CQL =
  'CREATE TABLE shop.orders (id int, line int, name text, note text, total int static, tags set<text>, PRIMARY KEY (id, line))';

/** What a body may say. */
type Statements = {
  readonly [K in 'insert' | 'update' | 'delete' | 'deleteRange']: (
    ...inputs: Parameters<CqlSSTableWriter[K]>
  ) => void;
};

/** Writes what the body says into a new SSTable of a folder. */
export const written = async (
  directory: string,
  body: (table: Statements) => void,
  version: WrittenVersion = 'nb',
): Promise<SSTableFiles> => {
  const parsed = parseSchema(CQL);
  const schema = parsed._tag === 'Right' ? parsed.right.tables[0] : undefined;
  if (schema === undefined) throw new Error('no schema');
  const writer = await CqlSSTableWriter.create({ schema, directory, version, listNonce: 1 });
  const said: (() => Promise<void> | undefined)[] = [];
  body({
    insert: (...inputs) => said.push(() => writer.insert(...inputs)),
    update: (...inputs) => said.push(() => writer.update(...inputs)),
    delete: (...inputs) => said.push(() => writer.delete(...inputs)),
    deleteRange: (...inputs) => said.push(() => writer.deleteRange(...inputs)),
  });
  for (const statement of said) await statement();
  const [files] = await writer.finish();
  if (files === undefined) throw new Error('nothing was written');
  return files;
};

/** What a node makes of SSTables when it compacts them. */
export const compacted = async (
  directory: string,
  sources: readonly SSTableFiles[],
  purge?: PurgeOptions,
  version: WrittenVersion = 'nb',
): Promise<readonly SSTableFiles[]> => {
  const result = await compactSSTables(sources, {
    directory,
    keyspace: 'shop',
    table: 'orders',
    nextId: () => '77',
    version,
    purge,
  });
  if (result._tag === 'Left') throw result.left;
  return result.right.sstables;
};
