// Control plane. What a node would send, asked by a preview session that moves nothing (spec: streaming-4.0-plus §6.9). Called by pull (sizes of
// units, table ids of embedded nodes) and by du. Also a preview makes the node flush.
import { type StreamErrorType, StreamOperation, StreamPlan } from '@scamander/session';
import { unlimited } from '@scamander/throttle';
import { type Endpoint, endpointText, type StreamSummary } from '@scamander/wire-codec';
import { type Either, left, right } from 'fp-ts/lib/Either.js';
import type { FrontDoorParts } from '../../parts.ts';
import type { TargetNode } from '../../target/target.ts';
import type { Asked } from './asked.ts';
import { sessionTimeouts } from './session-timeouts.ts';
import type { Source } from './source.ts';

/** What is asked of one node. */
export interface PreviewsInput {
  readonly node: TargetNode;
  /** What we call ourselves; must not be a node's own address, and nobody dials it. */
  readonly from: Endpoint;
  /** Each table once: the answer has one summary a table. */
  readonly asked: readonly Asked[];
  readonly signal: AbortSignal;
}

/** One summary for each table that has something in its ranges, in one session for all of them. */
export const previewAll = async (
  source: Source,
  { node, from, asked, signal }: PreviewsInput,
  { clock, random, unixMs }: FrontDoorParts,
): Promise<Either<StreamErrorType, readonly StreamSummary[]>> => {
  const plan = new StreamPlan(
    StreamOperation.REBUILD,
    {
      transport: source.transport,
      clock,
      throttle: { limiterFor: () => unlimited },
      partitioner: source.target.partitioner,
      localEndpoint: from,
      random,
      unixMs,
    },
    { preview: 'ALL', timeouts: sessionTimeouts(source.options), versions: source.versions },
  );
  plan.requestRanges(
    node.endpoint,
    asked.map(({ keyspace, tables, ranges }) => ({
      keyspace,
      endpoint: from,
      fullRanges: ranges,
      transientRanges: [],
      tables,
    })),
  );
  const { sessions } = await plan.execute({ signal }).settled();
  const [session] = sessions;
  return session?.state === 'COMPLETE'
    ? right(session.receiving)
    : left(
        session?.error ?? {
          code: 'SCM_STREAM_ABORTED',
          peer: endpointText(node.endpoint),
          reason: 'no session was opened',
        },
      );
};

/** One question. */
export interface PreviewInput extends Asked {
  readonly node: TargetNode;
  /** What we call ourselves; must not be a node's own address, and nobody dials it. */
  readonly from: Endpoint;
  readonly signal: AbortSignal;
}

/** One summary for each table that has something in the ranges. */
export const previewNode = (
  source: Source,
  { node, from, signal, ...asked }: PreviewInput,
  parts: FrontDoorParts,
): Promise<Either<StreamErrorType, readonly StreamSummary[]>> =>
  previewAll(source, { node, from, asked: [asked], signal }, parts);
