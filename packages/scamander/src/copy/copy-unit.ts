// Control plane. One unit of a copy: what one source node is asked for in one session, handed on to a set of replicas. Called by the copy of a
// table; counts nothing and retries nothing.
import type { RingNode, TokenRange } from '@scamander/ring';
import type { OutboundThrottle } from '@scamander/throttle';
import { endpointText } from '@scamander/wire-codec';
import { rangeTexts } from '../jobs/ranges.ts';
import type { FrontDoorParts } from '../parts.ts';
import { type Answer, askNode } from '../pull/source/ask-node.ts';
import type { Listening } from '../pull/source/listening.ts';
import type { Source } from '../pull/source/source.ts';
import type { Delivery } from '../receipt/receipt.ts';
import type { TargetNode } from '../target/target.ts';
import type { CopyEvent, CopyOptions, CopyUnitView } from './copy-types.ts';
import type { RelayOutcome } from './relay/outcome.ts';
import type { RelayReplica } from './relay/passage.ts';
import { RelayingFiles } from './relay/relaying-files.ts';
import type { TargetStalls } from './stalls.ts';
import type { TablePair } from './table-pair.ts';
import { nameOf } from './table-pair.ts';
import type { TargetSide } from './target-side.ts';

/** What a copy's units share. */
export interface CopyContext {
  readonly options: CopyOptions;
  readonly source: Source;
  readonly listening: Listening;
  readonly side: TargetSide;
  readonly stalls: TargetStalls;
  /** Of what the source sends. */
  readonly throttle: OutboundThrottle;
  readonly parts: FrontDoorParts;
  readonly signal: AbortSignal;
  readonly emit: (event: CopyEvent) => void;
}

/** One unit, with the replicas that still miss its ranges. */
export interface WorkUnit {
  readonly pair: TablePair;
  readonly from: RingNode;
  readonly fromNode: TargetNode;
  readonly to: readonly { readonly ring: RingNode; readonly replica: RelayReplica }[];
  readonly ranges: readonly TokenRange[];
}

/** How it went. */
export interface UnitResult {
  readonly unit: WorkUnit;
  readonly answer: Answer;
  readonly deliveries: readonly Delivery[];
  /** Replicas that have everything of the unit now. */
  readonly complete: readonly RingNode[];
  /** Replicas that miss something, with the reason; `lasting` where another try changes nothing. */
  readonly failed: readonly {
    readonly node: RingNode;
    readonly reason: string;
    readonly lasting: boolean;
  }[];
  /** Of the source's files. */
  readonly bytes: number;
}

/** In words, for plans and news. */
export const unitView = (
  { pair, from, to, ranges }: WorkUnit,
  { partitioner }: Source['target'],
): CopyUnitView => ({
  keyspace: pair.source.keyspace,
  table: pair.source.table,
  from: endpointText(from.endpoint),
  to: to.map(({ ring }) => endpointText(ring.endpoint)),
  ranges: rangeTexts(partitioner, ranges),
});

const deliveryOf = (
  outcome: RelayOutcome,
  { pair }: WorkUnit,
  ranges: readonly string[],
): Delivery => ({
  sstable: outcome.file,
  keyspace: pair.target.keyspace,
  table: pair.target.table,
  replica: endpointText(outcome.replica.node.endpoint),
  mode: outcome.mode,
  modeReason: outcome.modeReason,
  status: outcome.status,
  ranges,
  bytes: outcome.bytes,
  protocolVersion: outcome.status === 'skipped' ? undefined : outcome.replica.version,
  planId: outcome.planId,
  earlierRun: undefined,
  startedAt: outcome.startedAt,
  finishedAt: outcome.finishedAt,
  reason: outcome.reason,
});

const relayingOf = (
  unit: WorkUnit,
  { options, source, side, stalls, throttle, parts, emit }: CopyContext,
) =>
  new RelayingFiles({
    sourceName: nameOf(unit.pair.source),
    sourceTableId: unit.pair.source.tableId,
    partitionerClass: source.target.partitioner.className,
    tableId: unit.pair.target.tableId,
    schema: unit.pair.target.schema,
    indexes: unit.pair.target.indexes,
    entire: options.entire ?? 'auto',
    replicas: unit.to.map(({ replica }) => replica),
    newPlan: () => side.newPlan(),
    now: () => new Date(parts.unixMs()).toISOString(),
    emit: (event) => {
      const stall = stalls.see(event);
      if (stall !== undefined) emit(stall);
      emit(event);
    },
    clock: parts.clock,
    stalled: (file, stall) => {
      const limits = stall.replicas.length === 0 ? throttle : side.throttle;
      const from = endpointText(unit.from.endpoint);
      for (const news of stalls.ofFile(file, stall, from, limits.isHolding)) emit(news);
    },
  });

/** Asks the source node and hands on what it sends; resolves when nothing of it is open. */
export const copyUnit = async (unit: WorkUnit, context: CopyContext): Promise<UnitResult> => {
  const { source, listening, throttle, signal, emit, parts } = context;
  const { keyspace, table } = unit.pair.source;
  const files = relayingOf(unit, context);
  const answer = await askNode(
    {
      source,
      listening,
      node: unit.fromNode,
      asked: { keyspace, tables: [table], ranges: unit.ranges },
      incoming: files,
      throttle,
      signal,
      emit,
    },
    parts,
  );
  const ranges = rangeTexts(source.target.partitioner, unit.ranges);
  const reasonOf = (replica: RelayReplica): { reason: string; lasting: boolean } | undefined => {
    const outcome = files.outcomes.find(
      (one) => one.replica.node === replica.node && one.status !== 'acknowledged',
    );
    if (outcome !== undefined)
      return { reason: outcome.reason ?? outcome.status, lasting: outcome.status === 'skipped' };
    if (answer.failure === undefined) return undefined;
    const { failure } = answer;
    const reason = failure.kind === 'stream' ? failure.message : failure.error.message;
    return { reason, lasting: false };
  };
  const judged = unit.to.map(({ ring, replica }) => ({ node: ring, why: reasonOf(replica) }));
  return {
    unit,
    answer,
    deliveries: files.outcomes.map((outcome) => deliveryOf(outcome, unit, ranges)),
    complete: judged.filter(({ why }) => why === undefined).map(({ node }) => node),
    failed: judged.flatMap(({ node, why }) => (why === undefined ? [] : [{ node, ...why }])),
    bytes: Number(answer.session?.bytesReceived ?? 0n),
  };
};
