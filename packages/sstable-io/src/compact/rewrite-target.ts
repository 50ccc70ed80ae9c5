// Control plane. Where and how rewritten SSTables go, and what of it follows their inputs. Called by the compaction, the split and the upgrade.
import { SSTableError } from '../errors.ts';
import type { RowHeader } from '../rows/row-header.ts';
import type { WritingRelease } from '../statistics/writing-release.ts';
import type { AppearanceOptions } from '../write/appearance.ts';
import { knownCompressorOptions } from '../write/chunk-compressor.ts';
import type { DeletionTimeOverflow } from '../write/deletion-bounds.ts';
import { serializationHeaderOf } from '../write/header-of.ts';
import type {
  SSTableWriterOptions,
  WriterCompression,
  WrittenVersion,
} from '../write/writer-options.ts';
import { encodingOf, minIndexIntervalOf, type RewriteInput } from './rewrite-input.ts';

/** Where the new SSTables go and what they are like; what is left out is as in the inputs. */
export interface RewriteTarget extends AppearanceOptions {
  /** Absolute; where they appear. */
  readonly directory: string;
  readonly keyspace: string;
  readonly table: string;
  readonly tableId?: string | undefined;
  /** Gives an id that no SSTable of the table has or is about to have; called once for each new SSTable. */
  readonly nextId: () => string;
  /** @default that of the inputs, the newest of them; 3.x becomes `me` and 4.0's `na` becomes `nb` */
  readonly version?: WrittenVersion | undefined;
  /** `'none'` stores Data.db as it is. @default as the last input */
  readonly compression?: WriterCompression | 'none' | undefined;
  /** @default as the last input */
  readonly bloomFilterFpChance?: number | undefined;
  /** @default as the last input */
  readonly minIndexInterval?: number | undefined;
  /** @default Cassandra's own for the format */
  readonly columnIndexBytes?: number | undefined;
  /** @default what the function says of level and repair state */
  readonly sstableLevel?: number | undefined;
  readonly repairedAtMs?: bigint | undefined;
  readonly pendingRepair?: string | undefined;
  /** What to do with a deletion time beyond 2038 when a version before `oa` is written. @default 'refuse' */
  readonly deletionTimeOverflow?: DeletionTimeOverflow | undefined;
  /** See SSTableWriterOptions. */
  readonly release?: WritingRelease | undefined;
  readonly liveComplexDeletionTime?: number | undefined;
  readonly stagingRoot?: string | undefined;
  /** Aborted, nothing is left and the result is its reason as an IO error. */
  readonly signal?: AbortSignal | undefined;
  /** Uncompressed bytes of the inputs that were read, of how many. */
  readonly progress?: ((bytes: number, totalBytes: number) => void) | undefined;
}

/** Repair state of what is written. */
export interface RepairState {
  readonly sstableLevel: number;
  readonly repairedAtMs: bigint;
  readonly pendingRepair: string | undefined;
  readonly isTransient: boolean;
}

const unsupported = (directory: string, what: string): SSTableError =>
  new SSTableError({ code: 'SCM_SSTABLE_UNSUPPORTED', file: directory, what });

/** Older ones first. */
const VERSIONS: readonly WrittenVersion[] = ['me', 'nb', 'oa', 'da'];

/** The written version that holds all that a version holds. */
const writtenVersionOf = ({ files }: RewriteInput): WrittenVersion => {
  const { version, format } = files.descriptor;
  if (format === 'bti') return 'da';
  return version >= 'oa' ? 'oa' : version >= 'na' ? 'nb' : 'me';
};

const newestVersion = (inputs: readonly RewriteInput[]): WrittenVersion => {
  const places = inputs.map((input) => VERSIONS.indexOf(writtenVersionOf(input)));
  return VERSIONS[Math.max(...places)] as WrittenVersion;
};

/** As an input has it, without options that a node of 5.0 would refuse. */
const compressionOf = (input: RewriteInput): WriterCompression | undefined => {
  if (input.compression === undefined) return undefined;
  const { compressor, options, chunkLengthBytes, maxCompressedLengthBytes } = input.compression;
  return {
    compressor,
    options: knownCompressorOptions(compressor, options),
    chunkLengthBytes,
    maxCompressedLengthBytes,
  };
};

/**
 * What SSTables of one table have in common when they are compacted: one partitioner, one repair session or none, all transient or none. Of
 * the times of repair the earliest counts, 0 for unrepaired (CompactionTask.getMinRepairedAt).
 */
export const sharedState = (directory: string, inputs: readonly RewriteInput[]): RepairState => {
  const [first, ...rest] = inputs;
  if (first === undefined) throw new RangeError('no SSTables');
  const { statistics, partitioner } = first;
  for (const other of rest) {
    if (other.partitioner.className !== partitioner.className)
      throw unsupported(
        directory,
        `SSTables of ${partitioner.name} and of ${other.partitioner.name} in one`,
      );
    if (
      other.statistics.pendingRepair !== statistics.pendingRepair ||
      other.statistics.isTransient !== statistics.isTransient
    )
      throw unsupported(directory, 'SSTables of different repair sessions in one');
  }
  const repairedAt = inputs.map((input) => input.statistics.repairedAtMs);
  return {
    sstableLevel: 0,
    repairedAtMs: repairedAt.reduce((a, b) => (a < b ? a : b)),
    pendingRepair: statistics.pendingRepair,
    isTransient: statistics.isTransient,
  };
};

/** Options of a writer, but for its id. */
export type SeriesOptions = Omit<SSTableWriterOptions, 'id'>;

/** Options for SSTables made of these inputs, whose rows have the columns of `header`. */
export const writerOptionsOf = async (
  target: RewriteTarget,
  inputs: readonly RewriteInput[],
  header: RowHeader,
  state: RepairState,
): Promise<SeriesOptions> => {
  const last = inputs.at(-1) as RewriteInput;
  const { compression } = target;
  return {
    directory: target.directory,
    keyspace: target.keyspace,
    table: target.table,
    tableId: target.tableId,
    version: target.version ?? newestVersion(inputs),
    partitioner: last.partitioner,
    header: serializationHeaderOf(header, encodingOf(inputs)),
    compression: compression === 'none' ? undefined : (compression ?? compressionOf(last)),
    bloomFilterFpChance: target.bloomFilterFpChance ?? last.statistics.bloomFilterFpChance,
    minIndexInterval: target.minIndexInterval ?? (await minIndexIntervalOf(last)),
    columnIndexBytes: target.columnIndexBytes,
    sstableLevel: target.sstableLevel ?? state.sstableLevel,
    repairedAtMs: target.repairedAtMs ?? state.repairedAtMs,
    pendingRepair: target.pendingRepair ?? state.pendingRepair,
    isTransient: state.isTransient,
    deletionTimeOverflow: target.deletionTimeOverflow,
    release: target.release,
    liveComplexDeletionTime: target.liveComplexDeletionTime,
    stagingRoot: target.stagingRoot,
    fileSystem: target.fileSystem,
  };
};
