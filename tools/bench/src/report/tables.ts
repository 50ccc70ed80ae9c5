// Control plane: one case as a Markdown table. Pure; called by main.ts and page.ts.
import { type CasePage, casePages } from './pages.ts';
import type { CaseResult, Contender, Sample } from './results.ts';
import { contenderOf, medianOf, rateOf, ratioOf } from './statistics.ts';

const seconds = ({ seconds: value }: Sample): number => value;
const megabytes = ({ maxRssBytes }: Sample): number => maxRssBytes / 1e6;

const format = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

const spread = (contender: Contender, value: (sample: Sample) => number): string => {
  const values = contender.samples.map(value);
  return `${format(Math.min(...values))}–${format(Math.max(...values))}`;
};

const known = (value: number): string => (value > 0 ? format(value) : '–');

/** A Markdown table; the first column to the left, the others to the right. */
export const markdownTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_cell, index) => (index === 0 ? '---' : '--:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
};

const ratioText = (result: CaseResult, contender: Contender, page: CasePage): string => {
  const reference = page.reference === undefined ? undefined : contenderOf(result, page.reference);
  if (reference === undefined) return '–';
  if (reference === contender) return '1';
  const ratio = ratioOf(contender, reference, page.measure === 'rate' ? rateOf : seconds);
  return ratio === undefined ? '–' : ratio.toFixed(2);
};

const rowOf = (result: CaseResult, contender: Contender, page: CasePage): string[] => {
  const value = page.measure === 'rate' ? rateOf : seconds;
  const middle =
    page.measure === 'memory' ? [] : [format(medianOf(contender, value)), spread(contender, value)];
  const ratio = page.reference === undefined ? [] : [ratioText(result, contender, page)];
  return [
    contender.name,
    ...middle,
    ...ratio,
    known(medianOf(contender, ({ cpuSeconds }) => cpuSeconds)),
    known(Math.max(...contender.samples.map(megabytes))),
    String(contender.samples.length),
  ];
};

const headOf = (page: CasePage): string[] => {
  const unit = page.measure === 'rate' ? 'MB/s' : 'seconds';
  return [
    'contender',
    ...(page.measure === 'memory' ? [] : [unit, 'range']),
    ...(page.reference === undefined ? [] : [`× ${page.reference}`]),
    'CPU s',
    'peak MB',
    'runs',
  ];
};

const phaseTable = (result: CaseResult): string => {
  const phased = result.contenders.filter(({ samples }) => samples.some((sample) => sample.phases));
  const names = [
    ...new Set(
      phased.flatMap(({ samples }) => samples.flatMap(({ phases = {} }) => Object.keys(phases))),
    ),
  ];
  if (names.length === 0) return '';
  const rows = phased.map((contender) => [
    contender.name,
    ...names.map((name) => format(medianOf(contender, ({ phases = {} }) => phases[name] ?? 0))),
  ]);
  return `\n\nWhere the seconds go, median of each part:\n\n${markdownTable(['seconds', ...names], rows)}`;
};

/** The tables of one case. */
export const renderCase = (result: CaseResult): string => {
  const page = casePages[result.name];
  if (page === undefined) throw new Error(`report/pages.ts says nothing of ${result.name}`);
  const rows = result.contenders.map((contender) => rowOf(result, contender, page));
  return `${markdownTable(headOf(page), rows)}${phaseTable(result)}`;
};
