import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limitsOf, limitsPage, writtenPage } from '../src/limits-page.ts';
import { readWorkspace } from '../src/workspace.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('constants with their comments are found, whatever their shape', () => {
  const text = `// head
/** One reason. */
export const A_MAX = 1 << 20;
/**
 * Two lines
 * of reason, see {@link A_MAX}.
 */
export const B_MS: number =
  5_000;
const HIDDEN = 1;
/** By size. */
export const cMax = (n: number): number => n + 1;
`;
  assert.equal(limitsOf(text), [
    { name: 'A_MAX', value: '1 << 20', reason: 'One reason.' },
    { name: 'B_MS', value: '5_000', reason: 'Two lines of reason, see `A_MAX`.' },
    { name: 'cMax', value: '(n: number): number => n + 1', reason: 'By size.' },
  ]);
});

test('docs/LIMITS.md is what the sources say (npm run docs:limits writes it)', () => {
  assert.is(writtenPage(root), limitsPage(readWorkspace(root)));
});

test.run();
