// The dump tools of real releases against ours, on the shipped samples: the same bytes with every flag that both have. No node runs.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Release, releases, runOfflineTool } from '@scamander-tools/real-cassandra';
import { fixture, sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from './support/command.ts';
import { samplesOf, setsFor } from './support/samples.ts';

/** Of the tool, and of ours. */
type Flags = readonly [tool: readonly string[], ours: readonly string[]];

const likeOf = ({ family }: Release): string => (family.startsWith('4.') ? '4.0' : '5.0');

const dataFilesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('-Data.db'))
    .map((name) => join(folder, name));

const firstDifference = (found: string, expected: string): string => {
  const [a, b] = [found.split('\n'), expected.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  return `line ${at + 1}\n  ours ${a[at]}\n  tool ${b[at]}`;
};

/** Tools before 5.0 give a partition behind one that is left out the position of that one, though its rows have their own. */
const comparable = (text: string, { family }: Release, tool: readonly string[]): string =>
  family.startsWith('4.') && tool.includes('-x')
    ? text.replaceAll(/^ {6}"position" : \d+/gm, '      "position" : 0')
    : text;

const compare = async (release: Release, file: string, [tool, ours]: Flags): Promise<void> => {
  const theirs = await runOfflineTool(release, 'sstabledump', file, ...tool);
  assert.is(theirs.exitCode, 0, theirs.stderr);
  const mine = await run('sstable', 'dump', '--quiet', '--like', likeOf(release), file, ...ours);
  assert.is(mine.code, 0, mine.err);
  // lines of ours all end; the tool does not end its last one
  const lines = ours.includes('jsonl') ? mine.out.replace(/\n$/, '') : mine.out;
  const [found, expected] = [lines, theirs.stdout].map((text) =>
    comparable(text, release, tool),
  ) as [string, string];
  assert.ok(found === expected, `${file} ${tool.join(' ')} ${firstDifference(found, expected)}`);
};

const FLAGS: readonly Flags[] = [
  [[], []],
  [['-t'], ['--timestamps', 'raw']],
  [['-l'], ['--format', 'jsonl']],
  [['-e'], ['--keys-only']],
  [
    ['-k', '23'],
    ['--keys', '23'],
  ],
  [
    ['-k', '23', '-k', '5', '-t'],
    ['--keys', '23', '--keys', '5', '--timestamps', 'raw'],
  ],
  [
    ['-x', '23'],
    ['--exclude-keys', '23'],
  ],
];

/** One of each version. In its default mode the tool of 5.0 refuses `oa`, which it reads as well as any. */
const tools = (): readonly Release[] => {
  const byVersion = new Map(releases().map((release) => [release.version, release]));
  return [...byVersion.values()].map((release) =>
    release.family === '5.0'
      ? { ...release, yaml: { storage_compatibility_mode: 'NONE' } }
      : release,
  );
};

/** Each takes a process of the tool; hundreds of dumps that it has made are compared in tests without it (test/dump of sstable-io). */
const SOME: ReadonlySet<string> = new Set(['users', 'with_zstd']);

for (const release of tools()) {
  for (const set of setsFor(release)) {
    test(`${release.version}: SSTables of ${set} are dumped as its tool dumps them`, async () => {
      for (const { path, table } of samplesOf(set))
        for (const file of SOME.has(table) ? dataFilesIn(path) : [])
          await compare(release, file, [['-t'], ['--timestamps', 'raw']]);
    });
  }

  test(`${release.version}: statics, collections, deletions and expiry with every flag`, async () => {
    const readings = samplesOf(setsFor(release)[0]).find(({ table }) => table === 'readings');
    for (const file of dataFilesIn(readings?.path ?? '').slice(0, 1))
      for (const flags of FLAGS) await compare(release, file, flags);
  });

  if (['4.0', '4.1', '5.0'].includes(release.family))
    sharedTest(test, `${release.version}: odd times as the instants of Java`, async () => {
      const [set] = ['4.0.19-nb', '4.1.10-nb', '5.0.6-nb'].filter((name) =>
        name.startsWith(release.family),
      );
      for (const table of ['oldtimes', 'negdel'])
        for (const file of dataFilesIn(fixture('real', set ?? '', table)))
          await compare(release, file, [[], []]);
    });
}

test.run();
