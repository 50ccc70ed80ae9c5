// Control plane. The fixed pieces of a JSON dump, with the blanks and line ends of Cassandra's dump tool (JsonTransformer: Jackson's pretty printer,
// switched to one line within small objects) or without any (`-l`). Made once per dump; called by the JSON writer.
import { jsonString } from '@scamander/cql-types';
import { piece } from './text-buffer.ts';

/** Everything between the values. Names say what is opened, closed or begun. */
export type JsonLayout = ReturnType<typeof jsonLayout>;

/** `pretty`: the tool's indented form; else one partition a line. `tags` are fields that come first in each partition. */
export const jsonLayout = (pretty: boolean, tags: Readonly<Record<string, string>>) => {
  const line = (level: number): string => (pretty ? `\n${'  '.repeat(level)}` : '');
  const space = pretty ? ' ' : '';
  const field = (name: string): string => `"${name}"${space}:${space}`;
  const text = (name: string, value: string): string => `${field(name)}"${value}"`;
  const tagged = Object.entries(tags)
    .map(([name, value]) => `${line(2)}${field(name)}${jsonString(value)},`)
    .join('');
  const partition = `{${tagged}${line(2)}${field('partition')}{${line(3)}${field('key')}[${space}`;
  const inPartition = (): string => `${line(1)}${partition}`;
  const unfiltered = `${line(3)}{${line(4)}`;
  const cell = line(5);
  const bound = (name: string): string => `,${line(4)}${field(name)}{${line(5)}`;
  const boundOf = (name: string, type: string): Uint8Array =>
    piece(`${bound(name)}${text('type', type)}`);
  return {
    documentOpen: piece(pretty ? '[' : ''),
    documentClose: piece(pretty ? '\n]' : ''),
    documentCloseEmpty: piece(pretty ? ' ]' : ''),
    firstPartition: piece(inPartition()),
    nextPartition: piece(pretty ? `,${inPartition()}` : inPartition()),
    comma: piece(`,${space}`),
    keyClose: piece(`${space}]`),
    partitionPosition: piece(`,${line(3)}${field('position')}`),
    partitionDeletion: piece(
      `,${line(3)}${field('deletion_info')}{${space}${field('marked_deleted')}"`,
    ),
    rowsOpen: piece(`${line(2)}},${line(2)}${field('rows')}[`),
    rowsClose: piece(`${line(2)}]`),
    rowsCloseEmpty: piece(`${space}]`),
    partitionClose: piece(`${line(1)}}${pretty ? '' : '\n'}`),
    firstUnfiltered: piece(unfiltered),
    nextUnfiltered: piece(`,${unfiltered}`),
    row: piece(text('type', 'row')),
    staticBlock: piece(text('type', 'static_block')),
    rowPosition: piece(`,${line(4)}${field('position')}`),
    clusteringOpen: piece(`,${line(4)}${field('clustering')}[${space}`),
    clusteringClose: piece(`${space}]`),
    liveness: piece(`,${line(4)}${field('liveness_info')}{${space}${field('tstamp')}"`),
    rowDeletion: piece(`,${line(4)}${field('deletion_info')}{${space}${field('marked_deleted')}"`),
    localDeletion: piece(`",${space}${field('local_delete_time')}"`),
    objectClose: piece(`${space}}`),
    textObjectClose: piece(`"${space}}`),
    cellsOpen: piece(`,${line(4)}${field('cells')}[`),
    cellsClose: piece(`${line(4)}]`),
    cellsCloseEmpty: piece(`${space}]`),
    unfilteredClose: piece(`${line(3)}}`),
    firstCell: piece(cell),
    nextCell: piece(`,${cell}`),
    cellTimestamp: piece(`,${space}${field('tstamp')}"`),
    /** After a tombstone's deletion the tool falls back to lines. */
    tombstoneTimestamp: piece(`,${line(6)}${field('tstamp')}"`),
    tombstoneClose: piece(pretty ? `${line(5)}}` : '}'),
    ttl: piece(`,${space}${field('ttl')}`),
    expiresAt: piece(`,${space}${field('expires_at')}"`),
    expired: piece(`",${space}${field('expired')}true`),
    notExpired: piece(`",${space}${field('expired')}false`),
    bound: piece(text('type', 'range_tombstone_bound')),
    boundary: piece(text('type', 'range_tombstone_boundary')),
    inclusiveStart: boundOf('start', 'inclusive'),
    exclusiveStart: boundOf('start', 'exclusive'),
    inclusiveEnd: boundOf('end', 'inclusive'),
    exclusiveEnd: boundOf('end', 'exclusive'),
    boundClustering: piece(`,${line(5)}${field('clustering')}[${space}`),
    boundDeletion: piece(
      `,${line(5)}${field('deletion_info')}{${space}${field('marked_deleted')}"`,
    ),
    boundClose: piece(`${line(4)}}`),
    /** Opens a cell: its name, and what follows it. */
    cellOf: (name: string) => {
      const open = `{${space}${field('name')}${name},${space}`;
      return {
        value: piece(`${open}${field('value')}`),
        path: piece(`${open}${field('path')}[${space}`),
        tombstone: piece(`${open}${field('deletion_info')}{${space}${field('local_delete_time')}"`),
        deletion: piece(`${open}${field('deletion_info')}{${space}${field('marked_deleted')}"`),
      };
    },
    pathClose: piece(`${space}],${space}`),
    value: piece(field('value')),
    pathTombstone: piece(`${field('deletion_info')}{${space}${field('local_delete_time')}"`),
  };
};
