// A process that opens a ledger when it is told to, and holds it until it is killed or its input ends. Not a test by itself; started by
// ledger-children.ts.
//
// argv: hold PATH | append PATH | full PATH
import { readFileSync, statSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openLedger } from '../../src/ledger/open-ledger.ts';
import { acknowledged, IDENTITY } from './records.ts';

const [mode = '', path = ''] = process.argv.slice(2);

/** Reaches the parent before the next statement runs. */
const tell = (line: string): void => {
  writeSync(1, `${line}\n`);
};

const input = createInterface({ input: process.stdin });
const lines = input[Symbol.asyncIterator]();

tell('ready');
await lines.next();
const opened = await openLedger(path, IDENTITY, { unixMs: () => Date.now() });
if (opened._tag === 'Left') {
  tell(`${opened.left.code} ${opened.left.message}`);
  process.exit(0);
}
const ledger = opened.right;
tell(`opened ${ledger.run}`);

if (mode === 'append') {
  for (let at = 0; ; at++) {
    const written = await ledger.append(acknowledged(`c${at}`, { ranges: [`${at}:9`] }));
    if (written._tag === 'Left') throw new Error(written.left.message);
    tell(`${at}`);
  }
}

if (mode === 'full') {
  for (const length of [10_000, 400_000, 10_000]) {
    const before = readFileSync(path);
    const written = await ledger.append(acknowledged('x'.repeat(length)));
    const isSame = statSync(path).size === before.length && readFileSync(path).equals(before);
    tell(
      `${written._tag === 'Left' ? `${written.left.code} ${written.left.message}` : 'written'}, ${isSame ? 'same' : 'longer'}`,
    );
  }
}

await lines.next();
await ledger.close();
input.close();
