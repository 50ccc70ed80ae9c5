// Control plane. What is to be loaded: opens every SSTable found, checks it against the target's table and verifies its bytes.
// Called by load before anything is sent; only the checksums of large files go on while they are. A bad SSTable is refused by itself; the
// others go on.
import type { Token } from '@scamander/ring';
import {
  type DiscoveredTable,
  openSSTable,
  type SSTable,
  type SSTableFiles,
  type VerifyPart,
} from '@scamander/sstable-io';
import type { fileCrc32 } from '@scamander/transport';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { DEEP_VERIFY_BYTES_MAX, LATE_DIGEST_BYTES_MIN } from '../limits.ts';
import type { SourceRecord } from '../receipt/receipt.ts';
import type { LoadEvent } from './events.ts';
import { type DigestVerdict, type LateDigest, LateDigests } from './late-digests.ts';
import { headerAsDeclared } from './old-headers.ts';
import { mismatchText, schemaMismatches, type TargetTable } from './schema-check.ts';
import { badData, schemaProblem } from './source-problems.ts';
import { dataPathOf, recordOf, sizeOf, withChecksum, withDigests } from './source-record.ts';

/** A sound SSTable that fits its table. Closed again: it is opened anew when its turn comes. */
export interface SourceSSTable {
  readonly files: SSTableFiles;
  readonly dataPath: string;
  /** Content id; the path where no ledger is kept. */
  readonly content: string;
  readonly bytes: number;
  readonly firstToken: Token;
  readonly lastToken: Token;
  readonly filterTrusted: boolean;
  readonly hasLegacyCounterShards: boolean;
  /** Its header calls frozen user types not frozen, as 3.0 wrote them. */
  readonly hasBareUserTypes: boolean;
  /** What its soundness still hangs on: the checksum of a large Data.db. */
  readonly digest?: LateDigest | undefined;
}

/** What became of one table's SSTables. */
export interface SettledSources {
  readonly sound: readonly SourceSSTable[];
  readonly records: readonly SourceRecord[];
  readonly problems: readonly ScamanderErrorType[];
}

/** SSTables that are sound, as far as that is known. */
export interface CheckedSources {
  /** All but those that are known to be bad by now. */
  readonly sound: readonly SourceSSTable[];
  /** The last word, when every digest is known. Resolves also when the load is given up, then without those that are not. */
  readonly settled: Promise<SettledSources>;
}

/** What the checks need. */
export interface SourceCheck {
  /** Undefined where the target has no schema. */
  readonly target: TargetTable | undefined;
  readonly level: 'auto' | 'quick' | 'deep';
  /** By path of Data.db; see {@link SourceSSTable.content}. */
  readonly contents: ReadonlyMap<string, string>;
  /** Paths of SSTables that every replica has acknowledged: they are opened, not read. */
  readonly delivered: ReadonlySet<string>;
  /** `sha256`: every component is read once more for the receipt, beside the transfer. */
  readonly digests: 'crc32' | 'sha256';
  readonly fileCrc32: typeof fileCrc32;
  readonly emit: (event: LoadEvent) => void;
  readonly signal: AbortSignal;
}

/** Digests cover Data.db only; what else a flipped bit may spoil takes reading it all, which costs little where there is little. */
const levelFor = ({ components }: SSTableFiles, asked: SourceCheck['level']): 'quick' | 'deep' => {
  if (asked !== 'auto') return asked;
  return (components.get('Data.db') ?? 0) <= DEEP_VERIFY_BYTES_MAX ? 'deep' : 'quick';
};

type Verdict = {
  readonly record: SourceRecord;
  readonly problems: readonly ScamanderErrorType[];
  readonly sound?: SourceSSTable;
};

/** The checksum of a large Data.db begins now and is waited for later. */
const partFor = ({ components }: SSTableFiles, level: 'quick' | 'deep'): VerifyPart =>
  level === 'quick' &&
  components.has('Digest.crc32') &&
  (components.get('Data.db') ?? 0) > LATE_DIGEST_BYTES_MIN
    ? 'structure'
    : 'all';

const contentOf = (files: SSTableFiles, { contents }: SourceCheck): string | undefined =>
  contents.get(dataPathOf(files));

/** What is known of an open SSTable; `header` as its table declares it. */
const sourceOf = (
  sstable: SSTable,
  header: SSTable['header'],
  check: SourceCheck,
  filterTrusted: boolean,
  digest?: LateDigest,
): SourceSSTable => {
  const { files, partitioner } = sstable;
  const dataPath = dataPathOf(files);
  return {
    files,
    dataPath,
    content: check.contents.get(dataPath) ?? dataPath,
    bytes: sizeOf(files),
    firstToken: partitioner.tokenOf(sstable.firstKey),
    lastToken: partitioner.tokenOf(sstable.lastKey),
    filterTrusted,
    hasLegacyCounterShards: sstable.statistics.hasLegacyCounterShards,
    hasBareUserTypes: header !== sstable.header,
    digest,
  };
};

const checkOpen = async (
  sstable: SSTable,
  check: SourceCheck,
  digests: LateDigests,
): Promise<Verdict> => {
  const { files } = sstable;
  const { target } = check;
  const header =
    target === undefined
      ? sstable.header
      : headerAsDeclared(sstable.header, files.descriptor.version, target);
  if (check.delivered.has(dataPathOf(files))) {
    const sound = sourceOf(sstable, header, check, false);
    return { record: recordOf(files, contentOf(files, check), {}, []), problems: [], sound };
  }
  const mismatches =
    target === undefined
      ? []
      : schemaMismatches(header, sstable.statistics.partitionerClass, target).map(mismatchText);
  if (target !== undefined && mismatches.length > 0) {
    return {
      record: recordOf(files, contentOf(files, check), {}, mismatches),
      problems: [schemaProblem(files, mismatches, target)],
    };
  }
  const level = levelFor(files, check.level);
  const part = partFor(files, level);
  const digest = part === 'structure' ? digests.add(files) : undefined;
  const report = await sstable.verify(level, {
    part,
    indexOrder: true,
    signal: check.signal,
    progress: (bytes, totalBytes) =>
      check.emit({ type: 'Verifying', sstable: dataPathOf(files), bytes, totalBytes }),
  });
  const record = recordOf(
    files,
    contentOf(files, check),
    report.checksums,
    report.errors.map((error) => error.message),
  );
  if (report.errors.length > 0) {
    digest?.cancel();
    return { record, problems: report.errors.map(badData) };
  }
  const sound = sourceOf(sstable, header, check, report.filterTrusted, digest);
  return { record, problems: [], sound };
};

const checkOne = async (
  files: SSTableFiles,
  check: SourceCheck,
  digests: LateDigests,
): Promise<Verdict> => {
  const opened = await openSSTable(files, { fileCrc32: check.fileCrc32 });
  if (isLeft(opened)) {
    const record = recordOf(files, contentOf(files, check), {}, [opened.left.message]);
    return { record, problems: [badData(opened.left)] };
  }
  try {
    return await checkOpen(opened.right, check, digests);
  } finally {
    await opened.right.close();
  }
};

const withDigest = ({ record, sound }: Verdict, { checksum, error }: DigestVerdict): Verdict => {
  if (error !== undefined) {
    const refused = { ...record, verdict: 'refused' as const, reasons: [error.message] };
    const lost = 'nothing; this SSTable is not sent to its end, so no node applies it';
    return { record: refused, problems: [{ ...badData(error), lost }] };
  }
  const whole = withChecksum(record, 'Data.db', checksum);
  return { record: whole, problems: [], ...(sound === undefined ? {} : { sound }) };
};

const tell = ({ record, problems }: Verdict, check: SourceCheck): void => {
  check.emit({ type: 'Verified', source: record });
  for (const error of problems) check.emit({ type: 'Problem', error });
};

/** The last word on one SSTable, which is told at once. Undefined when the load was given up before. */
const lastWord = async (verdict: Verdict, check: SourceCheck): Promise<Verdict | undefined> => {
  const digest = verdict.sound?.digest;
  if (digest === undefined) {
    tell(verdict, check);
    return verdict;
  }
  try {
    const last = withDigest(verdict, await digest.verdict);
    tell(last, check);
    return last;
  } catch (reason) {
    if (check.signal.aborted) return undefined;
    throw reason;
  }
};

/** Digests of a sound SSTable for the receipt. One that can't be read any more was sent all the same. */
const digested = async (verdict: Verdict, check: SourceCheck): Promise<Verdict> => {
  const files = verdict.sound?.files;
  if (files === undefined || check.digests === 'crc32') return verdict;
  const totalBytes = sizeOf(files);
  const { record, error } = await withDigests(files, verdict.record, {
    signal: check.signal,
    progress: (_, bytes) =>
      check.emit({ type: 'Verifying', sstable: dataPathOf(files), bytes, totalBytes }),
  });
  if (error === undefined) return { ...verdict, record };
  const problem = {
    ...badData(error),
    lost: 'its digests; the receipt does not prove this SSTable',
  };
  check.emit({ type: 'Problem', error: problem });
  return { ...verdict, record, problems: [...verdict.problems, problem] };
};

const settled = async (
  verdicts: readonly Promise<Verdict | undefined>[],
  check: SourceCheck,
): Promise<SettledSources> => {
  const last = (await Promise.all(verdicts)).filter((verdict) => verdict !== undefined);
  const known: Verdict[] = [];
  for (const verdict of last) known.push(await digested(verdict, check));
  return {
    sound: known.flatMap(({ sound }) => (sound === undefined ? [] : [sound])),
    records: known.map(({ record }) => record),
    problems: known.flatMap(({ problems }) => problems),
  };
};

/**
 * Checks the SSTables of one table, one after the other: the disk is the limit, not the processor. The checksums of large Data.db files
 * go on when it returns.
 */
export const checkSources = async (
  table: DiscoveredTable,
  check: SourceCheck,
): Promise<CheckedSources> => {
  const digests = new LateDigests({
    fileCrc32: check.fileCrc32,
    signal: check.signal,
    progress: (files, bytes) => {
      const totalBytes = files.components.get('Data.db') ?? 0;
      check.emit({ type: 'Verifying', sstable: dataPathOf(files), bytes, totalBytes });
    },
  });
  const sound: SourceSSTable[] = [];
  const verdicts: Promise<Verdict | undefined>[] = [];
  for (const files of table.sstables) {
    if (check.signal.aborted) break;
    const verdict = await checkOne(files, check, digests);
    verdicts.push(lastWord(verdict, check));
    if (verdict.sound !== undefined) sound.push(verdict.sound);
  }
  const all = settled(verdicts, check);
  // Whoever asks for it hears of a mistake of ours; until then it must not end the process.
  all.catch(() => undefined);
  return {
    get sound() {
      return sound.filter(({ digest }) => digest?.known?.error === undefined);
    },
    settled: all,
  };
};
