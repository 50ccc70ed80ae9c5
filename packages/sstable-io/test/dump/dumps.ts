// The dumps that the releases' own tools made of the fixtures, and ours of the same SSTables. Called by the tests of this folder only.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import type { DumpSSTableOptions } from '../../src/dump/dump-sstable.ts';
import { dumpSSTable } from '../../src/dump/dump-sstable.ts';
import { openSSTable } from '../../src/open.ts';
import type { SSTable, SSTableFiles } from '../../src/types.ts';
import { fixtureSSTables } from '../fixture-sstables.ts';

/** One SSTable and what the tool of the release that wrote it says. */
export interface ToolDump {
  /** `release/table/id`. */
  readonly name: string;
  readonly files: SSTableFiles;
  readonly text: () => string;
  /** Made with `-t`. */
  readonly isRaw: boolean;
  readonly release: '3.0' | '4.0' | '5.0';
}

const releaseOf = (folder: string): ToolDump['release'] => {
  if (folder.startsWith('3')) return '3.0';
  return folder.startsWith('4') ? '4.0' : '5.0';
};

const toolDump = (files: SSTableFiles): ToolDump[] => {
  const { directory, id, prefix } = files.descriptor;
  const folder = basename(dirname(directory));
  const zipped = join(directory, `dump-${id}.json.gz`);
  const plain = join(directory, `${prefix.slice(0, -1)}.json`);
  const name = `${folder}/${basename(directory)}/${id}`;
  const rest = { name, files, release: releaseOf(folder) };
  if (existsSync(zipped))
    return [
      { ...rest, isRaw: true, text: () => gunzipSync(readFileSync(zipped)).toString('utf8') },
    ];
  if (existsSync(plain))
    return [{ ...rest, isRaw: false, text: () => readFileSync(plain, 'utf8') }];
  return [];
};

/** Every dump of the shared fixtures; none where they are missing. */
export const toolDumps: readonly ToolDump[] = fixtureSSTables.flatMap(toolDump);

/** The dump of that name. */
export const toolDumpNamed = (name: string): ToolDump => {
  const found = toolDumps.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no dump ${name}`);
  return found;
};

/** Opens, does, closes. */
export const withSSTable = async <T>(
  files: SSTableFiles,
  work: (sstable: SSTable) => Promise<T>,
): Promise<T> => {
  const opened = await openSSTable(files);
  if (opened._tag === 'Left') throw opened.left;
  try {
    return await work(opened.right);
  } finally {
    await opened.right.close();
  }
};

/** All pieces as one text. */
export const textOf = async (pieces: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const part of pieces) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
};

/** Our text. */
export const ourDump = (files: SSTableFiles, options: DumpSSTableOptions): Promise<string> =>
  withSSTable(files, async (sstable) => {
    const dump = await dumpSSTable(sstable, options);
    assert.is(dump._tag, 'Right', JSON.stringify(dump));
    return await textOf((dump as Extract<typeof dump, { _tag: 'Right' }>).right);
  });

/** Seconds since 1970 when nothing of the fixtures that was to live had expired. */
export const WHEN_MADE_SECONDS = 1_795_540_000;
