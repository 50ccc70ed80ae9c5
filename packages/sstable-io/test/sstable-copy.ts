// A fixture SSTable copied to where a test may spoil it. Called by this package's tests only.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SSTableFiles } from '../src/types.ts';
import { sstablesIn } from './fixture-sstables.ts';

/** Files of one SSTable in a folder of the test's own. */
export class SSTableCopy {
  readonly folder: string;
  readonly #prefix: string;

  constructor(source: SSTableFiles, folder: string) {
    this.folder = folder;
    this.#prefix = source.descriptor.prefix;
    for (const component of source.components.keys()) {
      cpSync(
        join(source.descriptor.directory, `${this.#prefix}${component}`),
        this.path(component),
      );
    }
  }

  path(component: string): string {
    return join(this.folder, `${this.#prefix}${component}`);
  }

  bytes(component: string): Buffer {
    return readFileSync(this.path(component));
  }

  write(component: string, bytes: Uint8Array): void {
    writeFileSync(this.path(component), bytes);
  }

  remove(component: string): void {
    rmSync(this.path(component));
  }

  /** As a listing of the folder finds it now. */
  get files(): SSTableFiles {
    const [files] = sstablesIn(this.folder);
    if (files === undefined) throw new Error(`nothing left in ${this.folder}`);
    return files;
  }
}
