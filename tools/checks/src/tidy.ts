// Checks the habits of STYLE that a machine can see: readmes, opening comments, file sizes, banned calls, dead files.
// Called by main.ts; pure.
import type { Package, SourceFile, Workspace } from './workspace.ts';

/** Above this a file needs to be cut (STYLE: 50–150 lines, over 300 needs a reason). */
export const LINES_MAX = 400;

type Ban = {
  readonly pattern: RegExp;
  readonly instead: string;
  readonly allowedIn: readonly string[];
};

const BANS: readonly Ban[] = [
  {
    pattern: /\bDate\.now\(/,
    instead: 'a Clock or unixMs that is passed in',
    allowedIn: ['packages/cli/', 'packages/scamander/src/parts'],
  },
  {
    pattern: /\bMath\.random\(/,
    instead: 'a random function that is passed in',
    allowedIn: ['packages/cli/', 'packages/scamander/src/parts'],
  },
  {
    pattern: /(?<![.\w])setTimeout\(/,
    instead: 'Clock.setTimer',
    allowedIn: ['packages/cli/', 'packages/throttle/src/clock.ts'],
  },
  {
    pattern: /\bconsole\.(log|error|warn)\(/,
    instead: 'typed events; only the command line prints',
    allowedIn: ['packages/cli/'],
  },
];

const COMMENT_START = /^(#!.*\n)?\/\/|^\/\*/;

const checkFile = ({ path, text }: SourceFile): string[] => {
  const findings: string[] = [];
  const lines = text.split('\n').length;
  if (lines > LINES_MAX) findings.push(`${path}: ${lines} lines, the limit is ${LINES_MAX}`);
  const isBarrel = path.endsWith('/index.ts');
  if (!isBarrel && !COMMENT_START.test(text))
    findings.push(`${path}: does not say in its first lines what it is`);
  for (const { pattern, instead, allowedIn } of BANS) {
    if (allowedIn.some((start) => path.startsWith(start))) continue;
    if (pattern.test(text)) findings.push(`${path}: uses ${pattern.source}; use ${instead}`);
  }
  return findings;
};

/** Also what a worker thread is started from, `new URL('./x.ts', import.meta.url)`. */
const RELATIVE_IMPORT = /(?:from|import|new URL)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

const deadFiles = (pkg: Package): string[] => {
  const imported = new Set<string>();
  for (const { path, text } of pkg.sources) {
    for (const match of text.matchAll(RELATIVE_IMPORT)) {
      imported.add(new URL(match[1] ?? '', `file:///${path}`).pathname.slice(1));
    }
  }
  return pkg.sources
    .filter(
      ({ path }) =>
        !path.endsWith('/index.ts') && !path.endsWith('/src/main.ts') && !imported.has(path),
    )
    .map(({ path }) => `${path}: nothing imports it`);
};

const checkPackage = (pkg: Package): string[] => {
  const findings = pkg.sources.flatMap(checkFile);
  if (pkg.readme === undefined) findings.push(`${pkg.folder}: has no README.md`);
  else if (!pkg.readme.includes('```ts')) findings.push(`${pkg.folder}/README.md: has no example`);
  if (pkg.tests.length === 0) findings.push(`${pkg.folder}: has no tests`);
  return [...findings, ...deadFiles(pkg)];
};

/** All findings, one sentence each. */
export const checkTidiness = (workspace: Workspace): string[] =>
  workspace.packages.flatMap(checkPackage);
