// Control plane: docs/PERFORMANCE.md from the results, whole. Pure; called by main.ts, and by a test that compares it with the file.
import { aimResults } from './aims.ts';
import { type CasePage, casePages } from './pages.ts';
import type { CaseResult, Results, Setting } from './results.ts';
import { markdownTable, renderCase } from './tables.ts';

const intro = `# Performance

Rendered by \`npm run bench -- --render\` from [performance.json](performance.json): do not edit it here.

Numbers of one small machine say little by themselves. So every contender runs in the same rounds as a *ruler*, a hundred lines of C
(\`tools/bench/native/ruler.c\`) that do nothing but let the kernel move one file over one TCP connection, and the ratio is taken within
each round. MB is a million bytes. Medians; ranges are minimum and maximum of all runs.

\`\`\`sh
npm run bench                                    # all cases; the first run writes about 8 GB of SSTables with a real Cassandra node
npm run bench -- --only end-to-end --only sender # some
npm run bench -- --write                         # keep the results, render this page
npm run bench -- --clean                         # remove the SSTables again
\`\`\`

It needs Linux, \`cc\`, Java 17 and Maven. The SSTables are made by Cassandra 4.1.10 (\`nb\`): blobs of 4 kB (1 kB in the 4 MB table) that do
not compress, one SSTable each.`;

/** More than this before a case means that others used the machine. */
const quietLoadMax = 1;

const disturbance = (settings: readonly Setting[]): readonly string[] => {
  const loads = settings.map(({ loadAverage }) => loadAverage);
  return loads.some((load) => load > quietLoadMax)
    ? [
        `- **Not on a quiet machine**: load average ${Math.min(...loads).toFixed(1)}–${Math.max(...loads).toFixed(1)} before the cases. Ratios within a round still say something, seconds and MB/s by themselves little.`,
      ]
    : [];
};

const settingText = (settings: readonly Setting[]): string => {
  const distinct = (value: (setting: Setting) => string): string =>
    [...new Set(settings.map(value))].join('; ');
  return [
    `- Taken: ${distinct(({ takenAt }) => takenAt.slice(0, 10))}`,
    `- Machine: ${distinct(({ cores, cpu, memoryGiB }) => `${cores} cores of ${cpu}, ${memoryGiB} GiB`)}`,
    `- Linux ${distinct(({ kernel }) => kernel)}, ${distinct(({ fileSystem }) => fileSystem)}, loopback`,
    `- Node ${distinct(({ node }) => node)}, command line as \`npm run build\` bundles it`,
    ...disturbance(settings),
  ].join('\n');
};

const verdict = (met: boolean | undefined): string =>
  met === undefined ? '–' : met ? 'yes' : '**no**';

const aimTable = (results: Results): string =>
  markdownTable(
    ['aim', 'reached', 'met'],
    aimResults(results).map(({ aim, reached, met }) => [aim, reached, verdict(met)]),
  );

const section = (result: CaseResult, page: CasePage): string =>
  [
    `## ${page.title}`,
    ...page.how,
    renderCase(result),
    `Load average before: ${result.setting.loadAverage.toFixed(1)}.`,
    `What bounds it:\n\n${page.bounds.map((text) => `- ${text}`).join('\n')}`,
  ].join('\n\n');

/** The whole page. Cases that were not run are left out. */
export const renderPage = (results: Results): string => {
  const sections = Object.entries(casePages).flatMap(([name, page]) => {
    const result = results.cases.find((one) => one.name === name);
    return result === undefined ? [] : [section(result, page)];
  });
  const settings = results.cases.map(({ setting }) => setting);
  return `${[
    intro,
    '## Setting',
    settingText(settings),
    '## Aims',
    aimTable(results),
    ...sections,
  ].join('\n\n')}\n`;
};
