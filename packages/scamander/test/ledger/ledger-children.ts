// Starts ledger-child.ts as processes. Called by the tests of ledgers only.
import { fileURLToPath } from 'node:url';
import { bundleScript, ScriptChild } from '@scamander-tools/testing';

const SOURCE = fileURLToPath(new URL('./ledger-child.ts', import.meta.url));
const CHILD = fileURLToPath(new URL('../../coverage/ledger-child.mjs', import.meta.url));

/** Call it once before the first child. */
export const bundleLedgerChild = (): void => bundleScript(SOURCE, CHILD);

/** Files larger than this can't be written by a child that has a limit; a shell's block is 512 or 1024 bytes. */
const BLOCKS = 200;

/** A child that waits to be told to open. */
export class LedgerChild extends ScriptChild {
  constructor(mode: 'hold' | 'append' | 'full', path: string) {
    super(CHILD, [mode, path], { fileBlocksMax: mode === 'full' ? BLOCKS : 'unlimited' });
  }

  /** The next line it says; empty when it ended. */
  override async next(): Promise<string> {
    return (await super.next()) ?? '';
  }

  /** Lets it go on: to open first, to close then. */
  go(): void {
    this.tell('go');
  }

  /** Opens at once; what it says of it. */
  async opened(): Promise<string> {
    if ((await this.next()) !== 'ready') throw new Error('the child did not start');
    this.go();
    return this.next();
  }
}
