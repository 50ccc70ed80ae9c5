// Control plane. One session with one node: asks for ranges, takes what comes into the given receiving port, and says how it ended. Called by pull
// and copy, once a unit of work and try. Never rejects; a session that ended badly left nothing behind.

import {
  type IncomingFiles,
  type SessionSnapshot,
  type StreamErrorType,
  type StreamEvent,
  StreamOperation,
  StreamPlan,
  streamErrorMessage,
  type Throttle,
} from '@scamander/session';
import { endpointText, type StreamRequest } from '@scamander/wire-codec';
import type { ScamanderErrorType } from '../../errors.ts';
import type { JobNews } from '../../jobs/news.ts';
import { DIAL_BACK_TIMEOUT_MS } from '../../limits.ts';
import type { FrontDoorParts } from '../../parts.ts';
import type { TargetNode } from '../../target/target.ts';
import type { Asked } from './asked.ts';
import { brokenDialBack, DialBackWatch, noDialBack } from './dial-back.ts';
import type { Listening } from './listening.ts';
import { sessionTimeouts } from './session-timeouts.ts';
import type { Source } from './source.ts';
import { StallReporter } from './stalls.ts';

/** One session. */
export interface AskInput {
  readonly source: Source;
  readonly listening: Listening;
  readonly node: TargetNode;
  readonly asked: Asked;
  readonly incoming: IncomingFiles;
  readonly throttle: Throttle;
  readonly signal: AbortSignal;
  readonly emit: (event: StreamEvent | JobNews) => void;
}

/** How a session ended. */
export interface Answer {
  readonly planId: string;
  readonly session: SessionSnapshot | undefined;
  /** Undefined: complete, and everything announced was committed. */
  readonly failure:
    | undefined
    /** The node can't reach us; the same address is not worth another try. */
    | { readonly kind: 'no-dial-back'; readonly error: ScamanderErrorType }
    | { readonly kind: 'stream'; readonly error: StreamErrorType; readonly message: string };
}

const streamFailure = (error: StreamErrorType): Answer['failure'] => ({
  kind: 'stream',
  error,
  message: streamErrorMessage(error),
});

const failureOf = (
  { source, listening, node }: AskInput,
  watch: DialBackWatch,
  {
    straysBefore,
    rejectedBefore,
  }: { readonly straysBefore: number; readonly rejectedBefore: number },
  session: SessionSnapshot | undefined,
): Answer['failure'] => {
  if (session?.state === 'COMPLETE') return undefined;
  const { endpoint } = node;
  if (watch.failure !== undefined) {
    const announced = listening.announcedTo(endpoint);
    const strays = listening.strays - straysBefore;
    if (strays > 0) return streamFailure(brokenDialBack(endpoint, announced, strays));
    const facts = {
      afterMs: source.options.dialBackTimeoutMs ?? DIAL_BACK_TIMEOUT_MS,
      tls: source.options.tls,
      rejected:
        (source.rejected?.count ?? 0) > rejectedBefore ? source.rejected?.reason : undefined,
    };
    return { kind: 'no-dial-back', error: noDialBack(endpoint, announced, watch.failure, facts) };
  }
  return streamFailure(
    session?.error ?? {
      code: 'SCM_STREAM_ABORTED',
      peer: endpointText(endpoint),
      reason: 'no session was opened',
    },
  );
};

/** Asks, receives, and waits until nothing of the session is open. */
export const askNode = async (input: AskInput, parts: FrontDoorParts): Promise<Answer> => {
  const { source, listening, node, asked } = input;
  const replica = endpointText(node.endpoint);
  const plan = new StreamPlan(
    StreamOperation.REBUILD,
    listening.streamParts(node.endpoint, input.incoming, input.throttle),
    { timeouts: sessionTimeouts(source.options), versions: source.versions },
  );
  const request: StreamRequest = {
    keyspace: asked.keyspace,
    endpoint: listening.announcedTo(node.endpoint),
    fullRanges: asked.ranges,
    transientRanges: [],
    tables: asked.tables,
  };
  plan.requestRanges(node.endpoint, [request]);
  const before = {
    straysBefore: listening.strays,
    rejectedBefore: source.rejected?.count ?? 0,
  };
  const result = plan.execute({ signal: input.signal });
  const watch = new DialBackWatch({
    clock: parts.clock,
    afterMs: source.options.dialBackTimeoutMs ?? DIAL_BACK_TIMEOUT_MS,
    isProven: () => listening.proven.has(replica),
    onSilent: () => result.cancel('the node does not reach us'),
    onReached: () => listening.proven.add(replica),
  });
  const stalls = new StallReporter(replica, source.options, parts.unixMs);
  const subscription = result.events$.subscribe((event) => {
    watch.see(event);
    const stall = stalls.see(event);
    if (stall !== undefined) input.emit(stall);
    input.emit(event);
  });
  const { sessions } = await result.settled();
  subscription.unsubscribe();
  watch.close();
  const [session] = sessions;
  return {
    planId: plan.planId,
    session,
    failure: failureOf(input, watch, before, session),
  };
};
