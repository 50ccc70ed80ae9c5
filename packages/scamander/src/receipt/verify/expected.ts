// Control plane. Which SSTables a receipt names, and where they lie now. Called by verifyReceipt; reads names and sizes, and of SSTables that moved
// their content ids.
import { dirname, isAbsolute, join, normalize, resolve, sep } from 'node:path';
import { componentPath, discover, type SSTableFiles } from '@scamander/sstable-io';
import { type Either, isRight, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';
import { contentIdOf } from '../content-id.ts';
import type { ComponentRecord, Receipt } from '../receipt.ts';
import { keptByPulls } from './earlier-pulls.ts';
import type { VerifyOptions } from './verify-types.ts';

/** An SSTable as the receipt has it. */
export interface ExpectedSSTable {
  /** As the receipt names it. */
  readonly named: string;
  /** Path of Data.db now, or where it would be. */
  readonly path: string;
  readonly components: Readonly<Record<string, ComponentRecord>>;
}

/** What a receipt speaks of. */
export interface Expected {
  readonly sstables: readonly ExpectedSSTable[];
  /** What is there, by path of Data.db. */
  readonly found: ReadonlyMap<string, SSTableFiles>;
  /** Whether the folders should hold nothing else. */
  readonly isAll: boolean;
  /** Paths of what other receipts speak of. */
  readonly earlier: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

type Named = Omit<ExpectedSSTable, 'path'> & { readonly content: string | undefined };

const isProven = ({ sha256, crc32 }: ComponentRecord): boolean =>
  sha256 !== undefined || crc32 !== undefined;

/** The same file may have been named by several replicas; the record that knows most of it counts. */
const namedIn = ({ sources, receptions }: Receipt): readonly Named[] => {
  const named = new Map<string, Named>();
  for (const { sstable, content, components } of [
    ...sources.filter(({ verdict }) => verdict === 'sound'),
    ...receptions,
  ]) {
    const known = named.get(sstable);
    if (known === undefined || !Object.values(known.components).some(isProven))
      named.set(sstable, { named: sstable, content, components });
  }
  return [...named.values()];
};

const foundIn = async (
  directories: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SSTableFiles>> => {
  const { tables } = await discover([...directories], { signal });
  return new Map(
    tables.flatMap(({ sstables }) =>
      sstables.map(
        (files) => [resolve(componentPath(files.descriptor, 'Data.db')), files] as const,
      ),
    ),
  );
};

const outside = (name: string): ScamanderErrorType => ({
  code: 'SCM_RECEIPT_FORMAT',
  kind: 'usage',
  message: 'the receipt names a file outside of the data directory',
  where: name,
  lost: 'nothing; nothing was checked',
  advice: 'take the receipt from where it was first written',
  retryable: false,
});

/** Of a pull: below the data directory. */
const below = async (
  named: readonly Named[],
  directory: string,
  signal: AbortSignal,
): Promise<Either<ScamanderErrorType, Expected>> => {
  const odd = named.find(({ named: name }) => isAbsolute(name) || normalize(name).startsWith('..'));
  if (odd !== undefined) return left(outside(odd.named));
  const sstables = named.map((one) => ({ ...one, path: join(directory, one.named) }));
  const found = await foundIn([directory], signal);
  return right({ sstables, found, isAll: true, earlier: await keptByPulls(directory) });
};

/** Of a load: where they were. */
const inPlace = async (named: readonly Named[], signal: AbortSignal): Promise<Expected> => {
  const sstables = named.map((one) => ({ ...one, path: resolve(one.named) }));
  const directories = new Set(sstables.map(({ path }) => dirname(path)));
  return { sstables, found: await foundIn([...directories], signal), isAll: false, earlier: NONE };
};

/** File name and folder of the table. */
const SAME_TABLE = 2;

/** How many names two paths have in common at their ends. */
const commonEnd = (one: string, other: string): number => {
  const [a, b] = [one.split(sep).reverse(), other.split(sep).reverse()];
  const first = a.findIndex((name, index) => name !== b[index]);
  return first < 0 ? a.length : first;
};

/** The path that ends most like the one of the receipt; undefined where none has the same file and table folder, or several are as much alike. */
const mostAlike = (name: string, paths: readonly string[]): string | undefined => {
  const ends = paths.map((path) => ({ path, common: commonEnd(resolve(name), path) }));
  const most = Math.max(0, ...ends.map(({ common }) => common));
  const best = ends.filter(({ common }) => common === most);
  return most >= SAME_TABLE && best.length === 1 ? best[0]?.path : undefined;
};

/** Of a load, moved since: by content, else by name. */
const movedTo = async (
  named: readonly Named[],
  directory: string,
  signal: AbortSignal,
): Promise<Expected> => {
  const found = await foundIn([directory], signal);
  const byContent = new Map<string, string>();
  for (const [path, files] of found) {
    signal.throwIfAborted();
    const content = await contentIdOf(files);
    if (isRight(content)) byContent.set(content.right, path);
  }
  const known = named.map((one) => ({
    ...one,
    at: one.content === undefined ? undefined : byContent.get(one.content),
  }));
  const taken = new Set(known.map(({ at }) => at));
  const rest = [...found.keys()].filter((path) => !taken.has(path));
  const sstables = known.map(({ at, ...one }) => ({
    ...one,
    path: at ?? mostAlike(one.named, rest) ?? join(directory, one.named.split(sep).at(-1) ?? ''),
  }));
  return { sstables, found, isAll: true, earlier: NONE };
};

/** Finds them. */
export const expectedOf = async (
  receipt: Receipt,
  { data }: VerifyOptions,
  signal: AbortSignal,
): Promise<Either<ScamanderErrorType, Expected>> => {
  const named = namedIn(receipt);
  if (receipt.job === 'pull') return below(named, resolve(data ?? receipt.to), signal);
  return right(
    data === undefined ? await inPlace(named, signal) : await movedTo(named, resolve(data), signal),
  );
};
