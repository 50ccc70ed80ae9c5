// Both planes. The jobs of `scamander sstable split`, `compact` and `upgrade`: SSTables read and written again as others. Run by run-job.ts. Each
// group of inputs becomes its SSTables together or leaves the destination as it was; inputs are only read.
import type { TableSchema } from '@scamander/cql-types';
import { parseRange, type TokenRange } from '@scamander/ring';
import type { ErrorKind, ScamanderErrorType } from '@scamander/scamander';
import {
  compactSSTables,
  type PurgeOptions,
  type RewriteTarget,
  type RewrittenSSTables,
  rewriteSSTable,
  SSTableError,
  type SSTableFiles,
  splitSSTable,
  type WrittenVersion,
} from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { shown } from '../commands/sstable-paths.ts';
import { usageError } from '../settings/usage-error.ts';
import { type AnySSTable, openAnySSTable } from './any-sstable.ts';
import { destinationOf, sequenceIn, withDestination } from './destination.ts';
import { dataBytesOf } from './dump.ts';
import type { Job, JobTools } from './job.ts';
import { purgeableBeside } from './overlapping.ts';
import { type SchemaFinder, type SchemaText, schemaFinder } from './schemas.ts';

/** What becomes of the SSTables. */
export type RewriteAction =
  /** One SSTable for each range, or one for so many bytes. */
  | { readonly kind: 'split'; readonly ranges: readonly string[] }
  | { readonly kind: 'split'; readonly sizeBytes: number }
  /** All SSTables of a table become one, or several of a size. */
  | {
      readonly kind: 'compact';
      readonly sstableBytesMax: number | undefined;
      /** Absent: nothing is purged. Without `gcGraceSeconds` the schema says them. */
      readonly purge?: { readonly gcGraceSeconds: number | undefined; readonly nowSeconds: number };
    }
  | { readonly kind: 'upgrade'; readonly version: WrittenVersion };

/** What to rewrite, and how. */
export interface RewriteJobInput {
  readonly action: RewriteAction;
  readonly sstables: readonly SSTableFiles[];
  /** Data directory below which the new SSTables appear. */
  readonly into: string;
  /** Absent: that of the inputs. */
  readonly version?: WrittenVersion | undefined;
  readonly capDeletionTimes: boolean;
  readonly schema?: SchemaText | undefined;
  /** Of SSTables that do not say it: those of 1.0 and before. */
  readonly partitioner?: string | undefined;
}

/** How it went. */
export interface RewriteOutcome {
  /** New SSTables. */
  readonly written: number;
  readonly bad: number;
  readonly kinds: readonly ErrorKind[];
}

const dataFileOf = ({ descriptor }: SSTableFiles): string =>
  `${descriptor.directory}/${descriptor.prefix}Data.db`;

const bytesOf = ({ components }: SSTableFiles): number =>
  [...components.values()].reduce((sum, length) => sum + length, 0);

/** Compactions take the SSTables of a table together, the others each by itself. */
const groupsOf = ({ action, sstables }: RewriteJobInput): readonly (readonly SSTableFiles[])[] => {
  if (action.kind !== 'compact') return sstables.map((files) => [files]);
  const groups = new Map<string, SSTableFiles[]>();
  for (const files of sstables) {
    const { keyspace, table, tableId } = files.descriptor;
    const name = `${keyspace}.${table}.${tableId ?? ''}`;
    groups.set(name, [...(groups.get(name) ?? []), files]);
  }
  return [...groups.values()];
};

/** `gc_grace_seconds` of a table whose statement does not say them, in every release. */
const GC_GRACE_SECONDS = 864_000;

/** A failure of a group: known, and ready to be shown. */
class GroupFailure extends Error {
  override readonly name = 'GroupFailure';
  readonly shown: ScamanderErrorType;
  constructor(error: ScamanderErrorType) {
    super(error.message);
    this.shown = error;
  }
}

const orFail = <T>(result: Either<ScamanderErrorType, T>): T => {
  if (isLeft(result)) throw new GroupFailure(result.left);
  return result.right;
};

const rangeSets = (
  sstable: AnySSTable,
  texts: readonly string[],
): readonly (readonly TokenRange[])[] =>
  texts.map((text) => {
    const range = parseRange(sstable.partitioner, text);
    if (isLeft(range))
      throw new GroupFailure(
        usageError(`no token range of ${sstable.partitioner.name}: ${text}`, '--ranges'),
      );
    return [range.right];
  });

const purgeOf = async (
  { purge }: Extract<RewriteAction, { kind: 'compact' }>,
  inputs: readonly AnySSTable[],
  schema: TableSchema | undefined,
): Promise<PurgeOptions | undefined> => {
  if (purge === undefined) return undefined;
  const ofTable = schema && (schema.options.gcGraceSeconds ?? GC_GRACE_SECONDS);
  const gcGraceSeconds = purge.gcGraceSeconds ?? ofTable;
  if (gcGraceSeconds === undefined)
    throw new GroupFailure(
      usageError(
        'nobody says how long deletions must stay',
        '--purge',
        'give --gc-grace SECONDS or --schema FILE',
      ),
    );
  const { partitioner } = inputs[0] as AnySSTable;
  const files = inputs.map((input) => input.files);
  const { nowSeconds } = purge;
  return {
    nowSeconds,
    gcBefore: nowSeconds - gcGraceSeconds,
    purgeableBefore: orFail(await purgeableBeside(files, partitioner, schema)),
    strictLiveness: schema?.isView ?? false,
  };
};

/** One job under way. */
class Rewriting {
  readonly #input: RewriteJobInput;
  readonly #tools: JobTools;
  readonly #schemaOf: SchemaFinder;
  readonly #totalBytes: number;
  #doneBytes = 0;

  constructor(input: RewriteJobInput, tools: JobTools, schemaOf: SchemaFinder) {
    this.#input = input;
    this.#tools = tools;
    this.#schemaOf = schemaOf;
    this.#totalBytes = dataBytesOf(input.sstables);
  }

  async run(): Promise<Either<ScamanderErrorType, RewriteOutcome>> {
    let written = 0;
    const kinds = new Set<ErrorKind>();
    let bad = 0;
    for (const group of groupsOf(this.#input)) {
      this.#tools.signal.throwIfAborted();
      const result = await this.#group(group);
      this.#tools.signal.throwIfAborted();
      this.#doneBytes += dataBytesOf(group);
      this.#tools.progress(this.#doneBytes, this.#totalBytes);
      if (isLeft(result)) {
        // what is wrong with the command line is wrong with all of them
        if (result.left.code === 'SCM_USAGE') return result;
        bad += 1;
        kinds.add(result.left.kind);
        this.#tools.event({ type: 'Problem', error: result.left });
      } else {
        written += result.right.sstables.length;
        this.#tell(group, result.right);
      }
    }
    return right({ written, bad, kinds: [...kinds] });
  }

  #tell(group: readonly SSTableFiles[], { sstables, partitions }: RewrittenSSTables): void {
    this.#tools.event({
      type: 'Rewritten',
      inputs: group.map(dataFileOf),
      outputs: sstables.map((files) => ({ sstable: dataFileOf(files), bytes: bytesOf(files) })),
      partitions,
    });
  }

  async #group(
    group: readonly SSTableFiles[],
  ): Promise<Either<ScamanderErrorType, RewrittenSSTables>> {
    const opened: AnySSTable[] = [];
    try {
      const schema = this.#schemaOf(group[0] as SSTableFiles);
      const { partitioner } = this.#input;
      for (const files of group)
        opened.push(orFail(await openAnySSTable(files, { schema, partitioner })));
      return right(await this.#rewrite(group, opened, schema));
    } catch (error) {
      if (error instanceof GroupFailure) return left(error.shown);
      if (error instanceof SSTableError) return left(shown(error));
      throw error;
    } finally {
      for (const sstable of opened) await sstable.close();
    }
  }

  async #rewrite(
    group: readonly SSTableFiles[],
    inputs: readonly AnySSTable[],
    schema: TableSchema | undefined,
  ): Promise<RewrittenSSTables> {
    const { keyspace, table, tableId: ofFolder } = (group[0] as SSTableFiles).descriptor;
    const tableId = ofFolder ?? schema?.id;
    const directory = destinationOf(this.#input.into, { keyspace, table, tableId });
    const work = async (): Promise<RewrittenSSTables> => {
      const target: RewriteTarget = {
        directory,
        keyspace,
        table,
        tableId,
        nextId: await sequenceIn(directory),
        version: this.#input.version,
        deletionTimeOverflow: this.#input.capDeletionTimes ? 'cap' : 'refuse',
        signal: this.#tools.signal,
        progress: (bytes, total) => this.#progress(group, total === 0 ? 1 : bytes / total),
      };
      const result = await this.#act(inputs, target, schema);
      if (isLeft(result)) throw result.left;
      return result.right;
    };
    return await withDestination(directory, work, ({ sstables }) => sstables.length > 0);
  }

  async #act(
    inputs: readonly AnySSTable[],
    target: RewriteTarget,
    schema: TableSchema | undefined,
  ): Promise<Either<SSTableError, RewrittenSSTables>> {
    const { action } = this.#input;
    const first = inputs[0] as AnySSTable;
    switch (action.kind) {
      case 'compact': {
        const purge = await purgeOf(action, inputs, schema);
        const { sstableBytesMax } = action;
        return await compactSSTables(inputs, { ...target, purge, sstableBytesMax });
      }
      case 'split': {
        const by =
          'ranges' in action
            ? { ranges: rangeSets(first, action.ranges) }
            : { sizeBytes: action.sizeBytes };
        return await splitSSTable(first, by, target);
      }
      case 'upgrade':
        return await rewriteSSTable(first, { ...target, version: action.version });
      default: {
        const never: never = action;
        return never;
      }
    }
  }

  #progress(group: readonly SSTableFiles[], part: number): void {
    this.#tools.progress(this.#doneBytes + part * dataBytesOf(group), this.#totalBytes);
  }
}

/** See {@link RewriteJobInput}. Left only where the command line is wrong; problems of SSTables are events. */
export const rewriteJob: Job<RewriteJobInput, RewriteOutcome> = async (input, tools) => {
  const schemaOf = schemaFinder(input.schema, input.sstables);
  if (isLeft(schemaOf)) return schemaOf;
  return await new Rewriting(input, tools, schemaOf.right).run();
};
