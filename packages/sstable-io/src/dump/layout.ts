// Control plane. The fixed pieces of a JSON dump, with the blanks and line ends of Cassandra's dump tool (JsonTransformer: Jackson's pretty printer,
// switched to one line within small objects) or without any (`-l`). Made once per dump; called by the JSON writer.
import { jsonString } from '@scamander/cql-types';
import { type Piece, piece } from './text-buffer.ts';

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
  const cells = `,${line(4)}${field('cells')}[`;
  const position = `,${line(4)}${field('position')}`;
  /** What opens a row or marker: the first of its partition, and those after it. */
  const opening = (type: string, rest = '') => ({
    first: piece(`${unfiltered}${text('type', type)}${rest}`),
    next: piece(`,${unfiltered}${text('type', type)}${rest}`),
  });
  /** What opens a cell, up to what follows its name. */
  const cellOpening = (before: string, name: string) => {
    const open = `${before}${line(5)}{${space}${field('name')}${name},${space}`;
    return {
      value: piece(`${open}${field('value')}`),
      path: piece(`${open}${field('path')}[${space}`),
      tombstone: piece(`${open}${field('deletion_info')}{${space}${field('local_delete_time')}"`),
      deletion: piece(`${open}${field('deletion_info')}{${space}${field('marked_deleted')}"`),
    };
  };
  const bound = (name: string): string => `,${line(4)}${field(name)}{${line(5)}`;
  const boundOf = (name: string, type: string): Piece =>
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
    row: opening('row', position),
    rowWithoutPosition: opening('row'),
    staticBlock: opening('static_block', position),
    bound: opening('range_tombstone_bound'),
    boundary: opening('range_tombstone_boundary'),
    unfilteredClose: piece(`${line(3)}}`),
    clusteringOpen: piece(`,${line(4)}${field('clustering')}[${space}`),
    clusteringClose: piece(`${space}]`),
    liveness: piece(`,${line(4)}${field('liveness_info')}{${space}${field('tstamp')}"`),
    rowDeletion: piece(`,${line(4)}${field('deletion_info')}{${space}${field('marked_deleted')}"`),
    localDeletion: piece(`",${space}${field('local_delete_time')}"`),
    objectClose: piece(`${space}}`),
    textObjectClose: piece(`"${space}}`),
    /** Closes the last cell and its row. */
    rowClose: piece(`${space}}${line(4)}]${line(3)}}`),
    rowCloseEmpty: piece(`${cells}${space}]${line(3)}}`),
    /** Opens a cell: the first of its row, and those after it, which close the one before. */
    cellOf: (name: string) => ({
      first: cellOpening(cells, name),
      next: cellOpening(`${space}},`, name),
    }),
    cellTimestamp: piece(`,${space}${field('tstamp')}"`),
    /** After a tombstone's deletion the tool falls back to lines. */
    tombstoneTimestamp: piece(`,${line(6)}${field('tstamp')}"`),
    /** Before the end of a tombstone, which is closed like other cells: a line of its own, less the blank that closes them all. */
    tombstoneEnd: piece(line(5).slice(0, -1)),
    ttl: piece(`,${space}${field('ttl')}`),
    expiresAt: piece(`,${space}${field('expires_at')}"`),
    expired: piece(`",${space}${field('expired')}true`),
    notExpired: piece(`",${space}${field('expired')}false`),
    inclusiveStart: boundOf('start', 'inclusive'),
    exclusiveStart: boundOf('start', 'exclusive'),
    inclusiveEnd: boundOf('end', 'inclusive'),
    exclusiveEnd: boundOf('end', 'exclusive'),
    boundClustering: piece(`,${line(5)}${field('clustering')}[${space}`),
    boundDeletion: piece(
      `,${line(5)}${field('deletion_info')}{${space}${field('marked_deleted')}"`,
    ),
    boundClose: piece(`${line(4)}}`),
    pathClose: piece(`${space}],${space}`),
    value: piece(field('value')),
    pathTombstone: piece(`${field('deletion_info')}{${space}${field('local_delete_time')}"`),
  };
};
