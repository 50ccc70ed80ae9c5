import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pageFile, resultsFile } from '../src/paths.ts';
import { aimResults } from '../src/report/aims.ts';
import { renderPage } from '../src/report/page.ts';
import {
  type CaseResult,
  type Contender,
  formatResults,
  mergeResults,
  noResults,
  parseResults,
  type Results,
  type Setting,
} from '../src/report/results.ts';
import { markdownTable, renderCase } from '../src/report/tables.ts';

const setting: Setting = {
  takenAt: '2026-11-24T18:00:00.000Z',
  node: 'v20.20.2',
  kernel: '6.1',
  cpu: 'a processor',
  cores: 2,
  memoryGiB: 24,
  fileSystem: 'ext4',
  loadAverage: 0.12,
};

const contender = (name: string, seconds: readonly number[], maxRssBytes = 50e6): Contender => ({
  name,
  samples: seconds.map((value, index) => ({
    round: index + 1,
    seconds: value,
    bytes: 1e9,
    cpuSeconds: 0.5,
    maxRssBytes,
  })),
});

const caseOf = (name: string, ...contenders: readonly Contender[]): CaseResult => ({
  name,
  quick: false,
  setting,
  contenders,
});

const results = (...cases: readonly CaseResult[]): Results => ({ ...noResults, cases });

const sender = caseOf(
  'sender',
  contender('ruler send', [0.5, 0.4, 0.8]),
  contender('scamander, by the kernel', [0.5, 0.5, 1]),
);

test('a table: names to the left, numbers to the right', () => {
  assert.is(markdownTable(['a', 'b'], [['x', '1']]), '| a | b |\n| --- | --: |\n| x | 1 |');
});

test('a case: median, range, ratio of the same rounds, CPU, memory, runs', () => {
  assert.is(
    renderCase(sender),
    [
      '| contender | MB/s | range | × ruler send | CPU s | peak MB | runs |',
      '| --- | --: | --: | --: | --: | --: | --: |',
      '| ruler send | 2000 | 1250–2500 | 1 | 0.50 | 50.0 | 3 |',
      '| scamander, by the kernel | 2000 | 1000–2000 | 0.80 | 0.50 | 50.0 | 3 |',
    ].join('\n'),
  );
});

test('a case with phases shows where the seconds go', () => {
  const phased: Contender = {
    name: 'load → serve',
    samples: [{ ...contender('', [1]).samples[0]!, phases: { start: 0.25, send: 0.5 } }],
  };
  const text = renderCase(caseOf('small-load', phased));
  assert.match(text, '| seconds | start | send |');
  assert.match(text, '| load → serve | 0.25 | 0.50 |');
});

test('a case without words is an error of ours', () => {
  assert.throws(() => renderCase(caseOf('unheard', contender('x', [1]))), /pages\.ts/);
});

const aim = (text: string, given: Results) => {
  const found = aimResults(given).find((one) => one.aim.includes(text));
  assert.ok(found, text);
  return found;
};

test('aims: what was not measured is neither met nor missed', () => {
  for (const one of aimResults(noResults)) {
    assert.is(one.reached, 'not measured');
    assert.is(one.met, undefined);
  }
});

test('aims: a ratio below is missed, at the mark is met', () => {
  assert.equal(aim('0.9 × sendfile', results(sender)), {
    aim: 'sender at least 0.9 × sendfile',
    reached: '0.80 ×',
    met: false,
  });
  const ours = contender('scamander, by the kernel', [1]);
  const receiver = caseOf('receiver', contender('ruler copy', [0.9]), ours);
  assert.is(aim('0.9 × read+write', results(receiver)).met, true);
});

test('aims: memory under the limit, and the same for small and large', () => {
  const of = (largeBytes: number): Results =>
    results(
      caseOf(
        'memory',
        contender('load, 100 MB', [1], 100e6),
        contender('load, 4 GB', [1], largeBytes),
      ),
    );
  assert.is(aim('load: memory peak', of(110e6)).met, true);
  assert.is(aim('load: the same peak', of(110e6)).met, true);
  assert.is(aim('load: memory peak', of(151e6)).met, false);
  assert.is(aim('load: the same peak', of(140e6)).met, false);
  assert.is(aim('serve: memory peak', of(110e6)).met, undefined);
});

test('aims: small loads are judged by their median', () => {
  const of = (...seconds: number[]): Results =>
    results(caseOf('small-load', contender('load → serve', seconds)));
  assert.is(aim('load → serve', of(0.9, 0.95, 5)).met, true);
  assert.is(aim('load → serve', of(0.9, 1.05, 5)).met, false);
});

test('results: newer cases replace older ones; other files are refused', () => {
  const older = results(sender, caseOf('receiver', contender('ruler copy', [1])));
  const newer = results(caseOf('sender', contender('ruler send', [9])));
  const merged = mergeResults(older, newer);
  assert.equal(
    merged.cases.map(({ name }) => name),
    ['receiver', 'sender'],
  );
  assert.is(merged.cases[1]?.contenders[0]?.samples[0]?.seconds, 9);
  assert.equal(parseResults(formatResults(older)), older);
  assert.throws(() => parseResults('{"format":"other"}'), /scamander-bench-1/);
});

test('the page has its aims and every case that was run', () => {
  const page = renderPage(results(sender));
  assert.match(page, '# Performance');
  assert.match(page, '| sender at least 0.9 × sendfile | 0.80 × | **no** |');
  assert.match(page, '## Sender alone');
  assert.not.match(page, '## Memory');
});

test('the page says when the machine was not quiet', () => {
  const busy = { ...sender, setting: { ...setting, loadAverage: 7.5 } };
  const quiet = caseOf('receiver', contender('ruler copy', [1]));
  assert.not.match(renderPage(results(sender)), 'Not on a quiet machine');
  assert.match(renderPage(results(busy, quiet)), 'load average 0.1–7.5 before the cases');
});

test('docs/PERFORMANCE.md is what docs/performance.json says', () => {
  assert.ok(existsSync(resultsFile), 'docs/performance.json is there');
  const kept = parseResults(readFileSync(resultsFile, 'utf8'));
  assert.is(readFileSync(pageFile, 'utf8'), renderPage(kept));
});

test('kept results are of full size, and every contender has its runs', () => {
  for (const { name, quick, contenders } of parseResults(readFileSync(resultsFile, 'utf8')).cases) {
    assert.is(quick, false, name);
    for (const { samples } of contenders) assert.ok(samples.length > 0, name);
  }
});

test.run();
