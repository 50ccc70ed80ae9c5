// Makes docs/LIMITS.md from the limits.ts of every package, so that the page can't drift. Called by `npm run docs:limits` (writes) and by a
// test (compares). Reads files only, unless asked to write.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWorkspace, type Workspace } from './workspace.ts';

/** One named maximum. */
export type Limit = { readonly name: string; readonly value: string; readonly reason: string };

const CONSTANT = /\/\*\*([\s\S]*?)\*\/\s*export const (\w+)(?::[^=]+)? =\s*([^;]*?);/g;

const inOneLine = (comment: string): string =>
  comment
    .replace(/^\s*\*\s?/gm, '')
    .replace(/\{@link ([^}]+)\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();

/** The documented constants of one limits.ts, in order. Functions of limits are shown by their expression. */
export const limitsOf = (text: string): readonly Limit[] =>
  [...text.matchAll(CONSTANT)].map(([, comment = '', name = '', value = '']) => ({
    name,
    value: value.replace(/\s+/g, ' ').trim(),
    reason: inOneLine(comment),
  }));

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** The whole page. */
export const limitsPage = (workspace: Workspace): string => {
  const parts = workspace.packages.flatMap((pkg) => {
    const file = pkg.sources.find(({ path }) => path.endsWith('src/limits.ts'));
    const limits = file === undefined ? [] : limitsOf(file.text);
    if (limits.length === 0) return [];
    const rows = limits.map(
      ({ name, value, reason }) => `| \`${name}\` | \`${cell(value)}\` | ${cell(reason)} |`,
    );
    return [`## ${pkg.name}\n\n| limit | value | why |\n| --- | --- | --- |\n${rows.join('\n')}\n`];
  });
  return [
    '# Limits\n',
    'Everything has a limit: what comes from outside meets one before anything is allocated, and every queue, wait and cache has one.',
    'This page is made from the `limits.ts` of each package by `npm run docs:limits`; a test keeps it current.\n',
    ...parts,
  ].join('\n');
};

if (process.argv[1]?.endsWith('limits-page.ts')) {
  writeFileSync(join('docs', 'LIMITS.md'), limitsPage(readWorkspace(process.cwd())));
}

/** What stands on disk. */
export const writtenPage = (root: string): string =>
  readFileSync(join(root, 'docs', 'LIMITS.md'), 'utf8');
