// Starts child.ts as a process. Called by the stories that need processes.
import { fileURLToPath } from 'node:url';
import { bundleScript, ScriptChild } from '@scamander-tools/testing';

const SOURCE = fileURLToPath(new URL('./child.ts', import.meta.url));
const CHILD = fileURLToPath(new URL('../../coverage/child.mjs', import.meta.url));

/** Call it once before the first child. */
export const bundleChild = (): void => bundleScript(SOURCE, CHILD);

/** A running child. */
export class Child extends ScriptChild {
  /** Of children to come: see {@link ScriptChild}. */
  static fileBlocksMax: number | 'unlimited' = 'unlimited';

  constructor(...argv: (string | number)[]) {
    super(CHILD, argv, { fileBlocksMax: Child.fileBlocksMax });
  }
}
