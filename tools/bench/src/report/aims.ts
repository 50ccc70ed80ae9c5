// Control plane: what was aimed at, and whether the results reach it. Pure; called by page.ts.
import type { CaseResult, Contender, Results, Sample } from './results.ts';
import { contenderOf, medianOf, rateOf, ratioOf } from './statistics.ts';

/** One aim beside what was reached. */
export type AimResult = {
  readonly aim: string;
  readonly reached: string;
  /** Undefined where nothing was measured. */
  readonly met: boolean | undefined;
};

type Finder = (caseName: string, contender: string) => Contender | undefined;

const notMeasured = (aim: string): AimResult => ({ aim, reached: 'not measured', met: undefined });

const atLeast = (aim: string, value: number | undefined, least: number, unit = '×'): AimResult =>
  value === undefined
    ? notMeasured(aim)
    : { aim, reached: `${value.toFixed(2)} ${unit}`, met: value >= least };

const ratio =
  (find: Finder) =>
  (aim: string, caseName: string, ours: string, theirs: string, least: number): AimResult => {
    const [a, b] = [find(caseName, ours), find(caseName, theirs)];
    return atLeast(aim, a && b ? ratioOf(a, b, rateOf) : undefined, least);
  };

const peakMb = (contender: Contender): number =>
  Math.max(...contender.samples.map(({ maxRssBytes }: Sample) => maxRssBytes)) / 1e6;

const memoryMbMax = 150;
/** A pull digests what it keeps, with a thread of its own. */
const pullMbMax = 200;
/** Two peaks of a garbage-collected process count as equal within this. */
const equalWithin = 0.15;

const tlsMemoryAims = (find: Finder): AimResult[] =>
  ['load', 'serve'].map((side) => {
    const aim = `${side} over TLS: memory peak at 4 GB under ${memoryMbMax} MB`;
    const contender = find('memory', `${side}, 4 GB, TLS`);
    if (contender === undefined) return notMeasured(aim);
    const mb = peakMb(contender);
    return { aim, reached: `${mb.toFixed(0)} MB`, met: mb < memoryMbMax };
  });

const memoryAims = (find: Finder): AimResult[] =>
  ['load', 'serve'].flatMap((side) => {
    const small = find('memory', `${side}, 100 MB`);
    const large = find('memory', `${side}, 4 GB`);
    const below = `${side}: memory peak at 4 GB under ${memoryMbMax} MB`;
    const equal = `${side}: the same peak at 100 MB and at 4 GB`;
    if (small === undefined || large === undefined) return [notMeasured(below), notMeasured(equal)];
    const [smallMb, largeMb] = [peakMb(small), peakMb(large)];
    return [
      { aim: below, reached: `${largeMb.toFixed(0)} MB`, met: largeMb < memoryMbMax },
      {
        aim: equal,
        reached: `${smallMb.toFixed(0)} MB and ${largeMb.toFixed(0)} MB`,
        met: Math.abs(largeMb - smallMb) <= equalWithin * Math.max(smallMb, largeMb),
      },
    ];
  });

/** Of the largest size that was taken: 4 GB, or what SCAMANDER_BENCH_GB said. */
const pullMemoryAims = (result: CaseResult | undefined): AimResult[] =>
  ['pull', 'serve pulled from', 'load', 'serve loaded into'].map((side) => {
    const sides = result?.contenders.filter(({ name }) => name.startsWith(`${side}, `)) ?? [];
    const small = sides.find(({ name }) => name.endsWith('100 MB'));
    const large = sides.find(({ name }) => name.endsWith(' GB'));
    const size = large?.name.slice(side.length + 2) ?? '4 GB';
    const aim = `${side}: the same peak at 100 MB and at ${size}, under ${pullMbMax} MB`;
    if (small === undefined || large === undefined) return notMeasured(aim);
    const [smallMb, largeMb] = [peakMb(small), peakMb(large)];
    return {
      aim,
      reached: `${smallMb.toFixed(0)} MB and ${largeMb.toFixed(0)} MB`,
      met: largeMb < pullMbMax && largeMb - smallMb <= equalWithin * Math.max(smallMb, largeMb),
    };
  });

const offlineMbMax = 200;

const offlineMemoryAims = (find: Finder): AimResult[] =>
  [
    'reader alone',
    'dump',
    'verify --deep',
    'split by ranges',
    'split by size',
    'compact, two SSTables',
    'upgrade nb → oa',
    'upgrade nb → da',
  ].map((name) => {
    const aim = `${name}: 2 GB with a partition of 500 MB under ${offlineMbMax} MB`;
    const contender = find('offline-memory', name);
    if (contender === undefined) return notMeasured(aim);
    const mb = peakMb(contender);
    return { aim, reached: `${mb.toFixed(0)} MB`, met: mb < offlineMbMax };
  });

const smallLoadAims = (find: Finder): AimResult[] =>
  ['load → serve', 'load → Cassandra 4.1.10'].map((name) => {
    const aim = `4 MB table, ${name}, process start to end: under 1.0 s`;
    const contender = find('small-load', name);
    if (contender === undefined) return notMeasured(aim);
    const seconds = medianOf(contender, (sample) => sample.seconds);
    return { aim, reached: `${seconds.toFixed(2)} s`, met: seconds < 1 };
  });

const againstNodeToNode = (find: Finder): AimResult => {
  const aim = 'end to end (durable) at least 4 × Cassandra node to node';
  const ours = find('end-to-end', 'load → serve, durable');
  const theirs = find('node-to-node', 'Cassandra → Cassandra');
  if (ours === undefined || theirs === undefined) return notMeasured(aim);
  return atLeast(aim, medianOf(ours, rateOf) / medianOf(theirs, rateOf), 4);
};

/** All aims, in the order of the issue that set them. */
export const aimResults = ({ cases }: Results): readonly AimResult[] => {
  const byName = new Map(cases.map((result): [string, CaseResult] => [result.name, result]));
  const find: Finder = (caseName, contender) => {
    const result = byName.get(caseName);
    return result === undefined ? undefined : contenderOf(result, contender);
  };
  const ratioAim = ratio(find);
  const kernel = 'scamander, by the kernel';
  const cached = 'load → serve, page cache';
  const whole = 'ruler send → recv';
  return [
    ratioAim('sender at least 0.9 × sendfile', 'sender', kernel, 'ruler send', 0.9),
    ratioAim('receiver to disk at least 0.9 × read+write', 'receiver', kernel, 'ruler copy', 0.9),
    ratioAim(
      'end to end, digests verified, at least 0.7 × ruler',
      'end-to-end',
      cached,
      whole,
      0.7,
    ),
    againstNodeToNode(find),
    ...smallLoadAims(find),
    ...memoryAims(find),
    ...tlsMemoryAims(find),
    ...pullMemoryAims(byName.get('pull-memory')),
    ratioAim('dump at least 5 × sstabledump', 'dump', 'scamander sstable dump', 'sstabledump', 5),
    ratioAim(
      'deep verification at least 2 × sstableverify -e',
      'verify',
      'scamander sstable verify --deep',
      'sstableverify -e',
      2,
    ),
    ratioAim(
      'merge at least level with nodetool compact',
      'merge',
      'scamander sstable compact',
      'nodetool compact',
      1,
    ),
    ...offlineMemoryAims(find),
  ];
};
