// Control plane. Do the replicas still have what they acknowledged? Each is asked for the ranges of the SSTables it took, as a pull asks, and what it
// sends is compared with them. Called by verifyReceipt; one replica of one table at a time, whose data lie in a folder that goes afterwards.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differenceOfSets, normalize, type Partitioner, type TokenRange } from '@scamander/ring';
import { discover } from '@scamander/sstable-io';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../../errors.ts';
import { parseRanges, rangeTexts } from '../../jobs/ranges.ts';
import { badData } from '../../load/source-problems.ts';
import type { FrontDoorParts } from '../../parts.ts';
import { pull } from '../../pull/pull.ts';
import type { PullReport } from '../../pull/report.ts';
import { openCluster } from '../../target/open-target.ts';
import type { Target } from '../../target/target.ts';
import type { Delivery } from '../receipt.ts';
import { type AcknowledgedSSTable, compareReplica } from './compare-replica.ts';
import {
  acknowledgedOf,
  type ComparableSSTable,
  groupsOf,
  placeOf,
  type ReplicaGroup,
  type ReplicaPlace,
} from './replica-place.ts';
import type { ComparedReplica, VerifyAgainst, VerifyEvent, VerifyFinding } from './verify-types.ts';

/** What is checked. */
export interface ReplicaCheck {
  readonly against: VerifyAgainst;
  readonly deliveries: readonly Delivery[];
  /** By the names of the receipt. */
  readonly sstables: ReadonlyMap<string, ComparableSSTable>;
  readonly signal: AbortSignal;
  readonly emit: (event: VerifyEvent) => void;
  readonly parts: FrontDoorParts;
}

/** What came of it. */
export interface ReplicaVerdicts {
  readonly findings: readonly VerifyFinding[];
  readonly problems: readonly ScamanderErrorType[];
  readonly replicas: readonly ComparedReplica[];
}

const notAsked = (replica: string, { missing }: PullReport): ScamanderErrorType => ({
  code: 'SCM_VERIFY_UNASKED',
  kind: 'refused',
  message: `${replica} did not send all ranges that it acknowledged: ${[...new Set(missing.map(({ reason }) => reason))].join('; ')}`,
  where: replica,
  lost: 'nothing; these ranges are not checked',
  advice:
    'see to the node and run again; ranges that it owns no longer are with other replicas now',
  retryable: true,
});

/** Checks one group after the other. */
class Replicas {
  readonly #check: ReplicaCheck;
  readonly #target: Target | undefined;
  readonly #folder: string;
  readonly findings: VerifyFinding[] = [];
  readonly problems: ScamanderErrorType[] = [];
  readonly replicas: ComparedReplica[] = [];

  constructor(check: ReplicaCheck, target: Target | undefined, folder: string) {
    this.#check = check;
    this.#target = target;
    this.#folder = folder;
  }

  async run(): Promise<void> {
    for (const [index, group] of groupsOf(this.#check.deliveries, this.#check.sstables).entries()) {
      this.#check.signal.throwIfAborted();
      const into = join(this.#folder, String(index));
      try {
        const compared = await this.#group(group, into);
        if (isLeft(compared)) this.#problem(compared.left);
      } finally {
        await rm(into, { recursive: true, force: true });
      }
    }
  }

  #problem(error: ScamanderErrorType): void {
    this.problems.push(error);
    this.#check.emit({ type: 'Problem', error });
  }

  async #group(group: ReplicaGroup, into: string): Promise<Either<ScamanderErrorType, void>> {
    const { keyspace, table, replica } = group;
    const { emit } = this.#check;
    const place = await placeOf(group, this.#check.against.source, this.#target);
    if (isLeft(place)) return place;
    const acknowledged = acknowledgedOf(group, place.right.partitioner);
    if (isLeft(acknowledged)) return acknowledged;
    emit({ type: 'Asking', keyspace, table, replica, sstables: acknowledged.right.length });
    const pulled = await this.#pull(group, place.right, acknowledged.right, into);
    if (isLeft(pulled)) return pulled;
    const asked = this.#asked(pulled.right, place.right.partitioner, acknowledged.right);
    if (isLeft(asked)) return asked;
    if (pulled.right.missing.length > 0) this.#problem(notAsked(replica, pulled.right));
    if (asked.right.length === 0) return right(undefined);
    return this.#compare(group, place.right, asked.right, into, pulled.right.receivedBytes);
  }

  async #pull(
    { keyspace, table, replica }: ReplicaGroup,
    { source, only, partitioner }: ReplicaPlace,
    acknowledged: readonly AcknowledgedSSTable[],
    into: string,
  ): Promise<Either<ScamanderErrorType, PullReport>> {
    const { against, parts, signal, emit } = this.#check;
    const { workDirectory: _, ...access } = against;
    const ranges = normalize(
      partitioner,
      acknowledged.flatMap((one) => [...one.ranges]),
    );
    const running = pull(
      {
        ...access,
        source,
        names: [{ keyspace, table }],
        ranges: rangeTexts(partitioner, ranges),
        ...(only === undefined ? {} : { only }),
        into,
      },
      { signal, parts },
    );
    const subscription = running.events$.subscribe((event) =>
      emit({ type: 'Asked', replica, event }),
    );
    const report = await running.result;
    subscription.unsubscribe();
    signal.throwIfAborted();
    if (isLeft(report)) return report;
    for (const error of report.right.problems) this.problems.push(error);
    return report;
  }

  /** The SSTables with the ranges that came. */
  #asked(
    { missing }: PullReport,
    partitioner: Partitioner,
    acknowledged: readonly AcknowledgedSSTable[],
  ): Either<ScamanderErrorType, readonly AcknowledgedSSTable[]> {
    const texts = missing.flatMap(({ ranges }) => [...ranges]);
    const parsed = parseRanges(texts, partitioner);
    if (isLeft(parsed)) return parsed;
    const gone: readonly TokenRange[] = parsed.right ?? [];
    if (gone.length === 0) return right(acknowledged);
    return right(
      acknowledged
        .map((one) => ({ ...one, ranges: differenceOfSets(partitioner, one.ranges, gone) }))
        .filter(({ ranges }) => ranges.length > 0),
    );
  }

  async #compare(
    { keyspace, table, replica }: ReplicaGroup,
    { partitioner, gcGraceSeconds, droppedColumns }: ReplicaPlace,
    acknowledged: readonly AcknowledgedSSTable[],
    into: string,
    receivedBytes: number,
  ): Promise<Either<ScamanderErrorType, void>> {
    const { signal, emit, parts } = this.#check;
    const { tables } = await discover([into], { signal });
    const nowSeconds = Math.floor(parts.unixMs() / 1000);
    const compared = await compareReplica({
      acknowledged,
      held: tables.flatMap(({ sstables }) => sstables),
      partitioner,
      purge: {
        nowSeconds,
        gcBefore: gcGraceSeconds === undefined ? 0 : nowSeconds - gcGraceSeconds,
      },
      droppedColumns,
      signal,
      progress: (partitions) => emit({ type: 'Comparing', replica, partitions }),
    });
    if (isLeft(compared)) return left(badData(compared.left));
    const { partitions, absent } = compared.right;
    for (const [path, key] of absent) {
      const partition = Buffer.from(key).toString('hex');
      const finding = { kind: 'absent', path, keyspace, table, replica, partition } as const;
      this.findings.push(finding);
      emit({ type: 'Found', finding });
    }
    const result: ComparedReplica = {
      keyspace,
      table,
      replica,
      sstables: acknowledged.length,
      absent: absent.size,
      partitions,
      receivedBytes,
    };
    this.replicas.push(result);
    emit({ type: 'Compared', compared: result });
    return right(undefined);
  }
}

/** Asks all of them. A Left says why none could be asked. Rejects with the signal's reason only. */
export const checkReplicas = async (
  check: ReplicaCheck,
): Promise<Either<ScamanderErrorType, ReplicaVerdicts>> => {
  const { against, parts, emit } = check;
  let target: Target | undefined;
  if (against.source.kind === 'cluster') {
    const opened = await openCluster(against.source, against, parts, (news) => {
      if (news.type === 'Warning') emit(news);
    });
    if (isLeft(opened)) return opened;
    target = opened.right;
  }
  try {
    const folder = await mkdtemp(join(against.workDirectory ?? tmpdir(), 'scamander-verify-'));
    try {
      const replicas = new Replicas(check, target, folder);
      await replicas.run();
      return right(replicas);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } finally {
    await target?.close();
  }
};
