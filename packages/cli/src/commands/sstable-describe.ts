// Control plane. `scamander sstable describe`: what an SSTable is and holds, from its components. Called by program.ts.
import { join } from 'node:path';
import { cqlName, parseType } from '@scamander/cql-types';
import {
  isLegacyVersion,
  type LegacySSTable,
  openLegacySSTable,
  openSSTable,
  type SSTable,
  type SSTableError,
  type SSTableFiles,
  summarizeLegacyStatistics,
} from '@scamander/sstable-io';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult } from '../context.ts';
import { jsonLine } from '../output/json-lines.ts';
import { sizeText } from '../output/sizes.ts';
import { columns } from '../output/table.ts';
import { say, type Terminal, tell } from '../output/terminal.ts';
import { exitCodeOfAll, nothingAmong, shown, showProblem, sstablesAt } from './sstable-paths.ts';

const typeName = (text: string): string => {
  const type = parseType(text);
  return isLeft(type) ? text : cqlName(type.right);
};

const timestampText = (micros: bigint): string => {
  const ms = Number(micros / 1000n);
  return Math.abs(ms) <= 8.64e15 ? `${micros} (${new Date(ms).toISOString()})` : String(micros);
};

const columnText = ({ name, type }: { readonly name: Uint8Array; readonly type: string }): string =>
  `${Buffer.from(name).toString('utf8')} ${typeName(type)}`;

/** Everything as one object, for --json and for the rows below. */
export const describe = (sstable: SSTable) => {
  const { files, statistics, header, partitioner, compression } = sstable;
  const { descriptor } = files;
  return {
    file: join(descriptor.directory, `${descriptor.prefix}Data.db`),
    keyspace: descriptor.keyspace,
    table: descriptor.table,
    tableId: descriptor.tableId,
    index: descriptor.indexName,
    version: descriptor.version,
    format: descriptor.format,
    id: descriptor.id,
    components: Object.fromEntries(files.components),
    partitioner: partitioner.className,
    firstToken: partitioner.tokenToText(partitioner.tokenOf(sstable.firstKey)),
    lastToken: partitioner.tokenToText(partitioner.tokenOf(sstable.lastKey)),
    firstKey: Buffer.from(sstable.firstKey).toString('hex'),
    lastKey: Buffer.from(sstable.lastKey).toString('hex'),
    dataLength: sstable.dataLengthBytes,
    compression: compression ?? null,
    statistics,
    partitionKey: typeName(header.keyType),
    clustering: header.clusteringTypes.map(typeName),
    staticColumns: header.staticColumns.map(columnText),
    regularColumns: header.regularColumns.map(columnText),
  };
};

const text = (sstable: SSTable): string => {
  const d = describe(sstable);
  const s = d.statistics;
  const compressed =
    sstable.compression === undefined
      ? 'none'
      : `${sstable.compression.compressor}, ${sizeText(sstable.compression.chunkLengthBytes)} chunks, ${sstable.compression.chunkCount} of them, ratio ${s.compressionRatio.toFixed(3)}`;
  const rows: [string, string][] = [
    [
      'table',
      `${d.keyspace}.${d.table}${d.index === undefined ? '' : `, index ${d.index}`}${d.tableId === undefined ? '' : ` (${d.tableId})`}`,
    ],
    ['version', `${d.version}-${d.format}, id ${d.id}`],
    ['partitioner', d.partitioner],
    ['tokens', `${d.firstToken} … ${d.lastToken}`],
    ['keys (hex)', `${d.firstKey} … ${d.lastKey}`],
    [
      'partitions',
      `${s.partitions} (estimate of the statistics), ${s.rows} rows, ${s.columns} cells`,
    ],
    ['data', `${sizeText(Number(d.dataLength))} uncompressed`],
    ['compression', compressed],
    ['timestamps', `${timestampText(s.minTimestamp)} … ${timestampText(s.maxTimestamp)}`],
    [
      'deletion times',
      `${s.minLocalDeletionTime} … ${s.maxLocalDeletionTime}, TTL ${s.minTtl} … ${s.maxTtl}`,
    ],
    ['level', String(s.sstableLevel)],
    [
      'repaired',
      s.repairedAtMs === 0n
        ? s.pendingRepair === undefined
          ? 'no'
          : `pending in ${s.pendingRepair}`
        : new Date(Number(s.repairedAtMs)).toISOString(),
    ],
    ['partition key', d.partitionKey],
    ['clustering', d.clustering.join(', ') || 'none'],
    ['static columns', d.staticColumns.join(', ') || 'none'],
    ['regular columns', d.regularColumns.join(', ') || 'none'],
    [
      'components',
      [...sstable.files.components].map(([name, bytes]) => `${name} ${sizeText(bytes)}`).join(', '),
    ],
  ];
  return `${d.file}\n${columns(rows).replace(/^/gm, '  ')}`;
};

/** What an SSTable of before 3.0 says: nothing of its columns. */
const describeLegacy = (sstable: LegacySSTable) => {
  const { files, partitioner, compression } = sstable;
  const { descriptor } = files;
  return {
    file: join(descriptor.directory, `${descriptor.prefix}Data.db`),
    keyspace: descriptor.keyspace,
    table: descriptor.table,
    tableId: descriptor.tableId,
    index: descriptor.indexName,
    version: descriptor.version,
    format: descriptor.format,
    id: descriptor.id,
    components: Object.fromEntries(files.components),
    partitioner: partitioner.className,
    firstToken: partitioner.tokenToText(partitioner.tokenOf(sstable.firstKey)),
    lastToken: partitioner.tokenToText(partitioner.tokenOf(sstable.lastKey)),
    firstKey: Buffer.from(sstable.firstKey).toString('hex'),
    lastKey: Buffer.from(sstable.lastKey).toString('hex'),
    dataLength: sstable.dataLengthBytes,
    compression: compression ?? null,
    statistics: summarizeLegacyStatistics(sstable.statistics),
  };
};

const legacyText = (sstable: LegacySSTable): string => {
  const d = describeLegacy(sstable);
  const s = d.statistics;
  const rows: [string, string][] = [
    ['table', `${d.keyspace}.${d.table}${d.index === undefined ? '' : `, index ${d.index}`}`],
    ['version', `${d.version}, generation ${d.id}`],
    ['partitioner', d.partitioner],
    ['tokens', `${d.firstToken} … ${d.lastToken}`],
    ['keys (hex)', `${d.firstKey} … ${d.lastKey}`],
    ['partitions', `${s.partitions} (estimate of the statistics)`],
    ['data', `${sizeText(Number(d.dataLength))} uncompressed`],
    ['compression', sstable.compression?.compressor ?? 'none'],
    ['timestamps', `${timestampText(s.minTimestamp)} … ${timestampText(s.maxTimestamp)}`],
    ['level', String(s.sstableLevel)],
    ['columns', 'not said before 3.0: dump and upgrade need --schema'],
    [
      'components',
      [...sstable.files.components].map(([name, bytes]) => `${name} ${sizeText(bytes)}`).join(', '),
    ],
  ];
  return `${d.file}\n${columns(rows).replace(/^/gm, '  ')}`;
};

/** One SSTable, shown; an error where it can't be opened. */
const showOne = async (
  files: SSTableFiles,
  terminal: Terminal,
): Promise<SSTableError | undefined> => {
  if (isLegacyVersion(files.descriptor.format, files.descriptor.version)) {
    const opened = await openLegacySSTable(files, {});
    if (isLeft(opened)) return opened.left;
    if (terminal.json)
      terminal.stdout.write(jsonLine({ type: 'SSTable', ...describeLegacy(opened.right) }));
    else say(terminal, legacyText(opened.right));
    await opened.right.close();
    return undefined;
  }
  const opened = await openSSTable(files);
  if (isLeft(opened)) return opened.left;
  if (terminal.json)
    terminal.stdout.write(jsonLine({ type: 'SSTable', ...describe(opened.right) }));
  else say(terminal, text(opened.right));
  await opened.right.close();
  return undefined;
};

/** Runs the command. */
export const runDescribe = async (
  paths: readonly string[],
  terminal: Terminal,
): Promise<CommandResult> => {
  const { sstables, problems, foreign } = await sstablesAt(paths);
  for (const message of foreign) tell(terminal, `note: ${message}`);
  const nothing = nothingAmong(sstables, problems, paths);
  if (nothing !== undefined) return left(nothing);
  const kinds = new Set(problems.map(({ kind }) => kind));
  let bad = problems.length;
  for (const problem of problems) showProblem(terminal, problem);
  for (const files of sstables) {
    const error = await showOne(files, terminal);
    if (error === undefined) continue;
    bad += 1;
    const problem = shown(error);
    kinds.add(problem.kind);
    showProblem(terminal, problem);
  }
  const code = exitCodeOfAll(kinds);
  if (terminal.json)
    terminal.stdout.write(
      jsonLine({ type: 'result', exitCode: code, sstables: sstables.length, bad }),
    );
  return right(code);
};
