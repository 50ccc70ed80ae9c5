// Control plane. What a table's folder holds, by content: an SSTable that comes again is not kept twice. Called by the gate before a commit.
// Reads small components only, never Data.db.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  componentPath,
  discover,
  type ReceivePlan,
  type SSTableError,
  type SSTableFiles,
} from '@scamander/sstable-io';
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import { contentIdOf } from '../../receipt/content-id.ts';

/** A finished SSTable in its staging folder, where its files carry no prefix. */
const stagedFiles = async ({
  descriptor,
  stagingDirectory,
}: ReceivePlan): Promise<SSTableFiles> => {
  const components = new Map<string, number>();
  for (const name of await readdir(stagingDirectory))
    components.set(name, (await stat(join(stagingDirectory, name))).size);
  return { descriptor: { ...descriptor, directory: stagingDirectory, prefix: '' }, components };
};

/** Contents of one table's folder. */
export class TableContents {
  /** Content to path of Data.db. */
  readonly #paths: Map<string, string>;

  #last: Promise<unknown> = Promise.resolve();

  private constructor(paths: Map<string, string>) {
    this.#paths = paths;
  }

  /** Reads what is there. An SSTable that can't be read counts as not there: it is then kept again. */
  static async of(directory: string): Promise<TableContents> {
    const paths = new Map<string, string>();
    const { tables } = await discover([directory]);
    for (const files of tables.flatMap(({ sstables }) => sstables)) {
      const content = await contentIdOf(files);
      if (!isLeft(content)) paths.set(content.right, componentPath(files.descriptor, 'Data.db'));
    }
    return new TableContents(paths);
  }

  /** Path of the Data.db with this content. */
  find(content: string): string | undefined {
    return this.#paths.get(content);
  }

  /** Runs the step when those before it are over. */
  alone<T>(step: () => Promise<T>): Promise<T> {
    const running = this.#last.then(step);
    this.#last = running.catch(() => undefined);
    return running;
  }

  add(content: string, path: string): void {
    this.#paths.set(content, path);
  }
}

/** The content of a finished SSTable. */
export const stagedContent = async (plan: ReceivePlan): Promise<Either<SSTableError, string>> =>
  contentIdOf(await stagedFiles(plan));
