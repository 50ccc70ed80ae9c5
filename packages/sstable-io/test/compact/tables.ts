// What tests of rewriting need of an SSTable: its rows, whether it is sound, and what stands in a folder. Called by tests only.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { RewriteTarget } from '../../src/compact/rewrite-target.ts';
import { openSSTable, orThrow } from '../../src/open.ts';
import type { SSTableFiles } from '../../src/types.ts';
import { holdAll } from '../merge/held-rows.ts';
import { textOf } from '../merge/rows-text.ts';

/** All rows of an SSTable, a line each. */
export const linesOf = async (files: SSTableFiles): Promise<string[]> => {
  const sstable = orThrow(await openSSTable(files));
  try {
    return textOf(await holdAll(orThrow(await sstable.rows())));
  } finally {
    await sstable.close();
  }
};

/** Verifies an SSTable deeply. */
export const assertSound = async (files: SSTableFiles, message = ''): Promise<void> => {
  const sstable = orThrow(await openSSTable(files));
  try {
    const { errors, warnings } = await sstable.verify('deep');
    assert.equal([...errors.map(String), ...warnings], [], message);
  } finally {
    await sstable.close();
  }
};

/** A target with ids from 1 on. */
export const targetIn = (directory: string): RewriteTarget => {
  let id = 0;
  return {
    directory,
    keyspace: 'ks',
    table: 'tb',
    nextId: () => {
      id += 1;
      return `${id}`;
    },
  };
};

/** Every file below a folder, also hidden ones. */
export const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory()
          ? [`${entry.name}/`, ...filesBelow(join(folder, entry.name))]
          : [entry.name],
      )
    : [];
