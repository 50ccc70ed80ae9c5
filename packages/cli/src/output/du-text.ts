// Control plane. Sizes of tables in words: table by table, node by node. Called by the du command; pure.
import type { DuEntry, DuEvent, DuReport } from '@scamander/scamander';
import { jobNewsLine } from './news-text.ts';
import { durationText, sizeText } from './sizes.ts';
import { columns } from './table.ts';

const count = (number: number, one: string): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : `${one}s`}`;

/** Nodes estimate in steps, and not all tell. */
const keysText = (keys: number | undefined): string =>
  keys === undefined ? 'keys unknown' : `about ${count(keys, 'key')}`;

interface Sum {
  readonly bytes: number;
  readonly files: number;
  readonly keys: number | undefined;
}

const sumOf = (entries: readonly DuEntry[]): Sum => ({
  bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0),
  files: entries.reduce((sum, { files }) => sum + files, 0),
  keys: entries.reduce<number | undefined>(
    (sum, { keys }) => (sum === undefined || keys === undefined ? undefined : sum + keys),
    0,
  ),
});

const cells = (name: string, { bytes, files, keys }: Sum, more = ''): string[] => [
  name,
  sizeText(bytes),
  count(files, 'file'),
  keysText(keys),
  more,
];

/** A range that ends where it begins is all of the ring. */
const isWhole = (range: string): boolean => /^(.*):\1$/.test(range);

const rangesText = ({ ranges: [first = '', ...others] }: DuEntry): string => {
  if (others.length > 0) return `${others.length + 1} ranges`;
  return isWhole(first) ? 'the whole ring' : first;
};

const tableRows = (name: string, entries: readonly DuEntry[]): string[][] => [
  cells(name, sumOf(entries)),
  ...entries.map((entry) => cells(`  ${entry.replica}`, entry, rangesText(entry))),
];

/** The whole answer. */
export const duText = (report: DuReport): string => {
  const byTable = new Map<string, DuEntry[]>();
  for (const entry of report.entries) {
    const name = `${entry.keyspace}.${entry.table}`;
    const entries = byTable.get(name) ?? [];
    byTable.set(name, entries);
    entries.push(entry);
  }
  const rows = [...byTable].flatMap(([name, entries]) => tableRows(name, entries));
  const shown = columns([...rows, cells('in all', report)]);
  return [
    ...shown.split('\n').map((line) => line.trimEnd()),
    ...report.silent.map(({ replica, reason }) => `${replica} does not tell: ${reason}`),
    ...report.missing.map(
      ({ table, ranges, reason }) => `missing of ${table}: ${ranges.join(', ')} (${reason})`,
    ),
    `asked in ${durationText(report.elapsedMs)}`,
  ].join('\n');
};

/** One line of news; undefined for what people need not see. */
export const duNewsLine = (event: DuEvent, verbose: boolean): string | undefined => {
  switch (event.type) {
    case 'ClusterSeen':
      return `cluster ${event.name}: ${event.nodes} nodes, Cassandra ${event.releases.join(', ')}`;
    case 'Warning':
      return `warning: ${event.message}`;
    case 'ReplicaProbed':
      if (event.problem !== undefined) return `${event.replica} can't be asked: ${event.problem}`;
      return verbose
        ? `${event.replica} answers with streaming version ${event.version}`
        : undefined;
    case 'Sized':
      return verbose
        ? `${event.entry.replica} has ${sizeText(event.entry.bytes)} of ${event.entry.keyspace}.${event.entry.table}`
        : undefined;
    default:
      return jobNewsLine(event);
  }
};
