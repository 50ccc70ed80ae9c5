// Control plane. Everything a load needs besides its SSTables: the ledger, the nodes that answer, the addresses, the limits. Called by load;
// gives back what was opened on every path.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TokenRange } from '@scamander/ring';
import type { OutboundThrottle } from '@scamander/throttle';
import { endpointText } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { ScamanderErrorType } from '../errors.ts';
import { parseRanges } from '../jobs/ranges.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { SILENCE_TIMEOUT_MS } from '../limits.ts';
import type { FrontDoorParts } from '../parts.ts';
import { DEFAULT_RETRY } from '../retry/policy.ts';
import { Tries } from '../retry/tries.ts';
import { announcedEndpoint } from '../target/announced-endpoint.ts';
import { mappedTransport } from '../target/mapped-transport.ts';
import { nobodyAnswers } from '../target/nobody-answers.ts';
import { offeredVersions } from '../target/offered-versions.ts';
import { Probes } from '../target/probes.ts';
import { RingWatch } from '../target/ring-watch.ts';
import type { Target } from '../target/target.ts';
import { Acknowledged } from './acknowledged.ts';
import type { LoadEvent } from './events.ts';
import type { LoadContext } from './load-context.ts';
import type { LoadOptions } from './options.ts';

const UNREACHABLE = {
  code: 'SCM_LOAD_UNREACHABLE',
  message: 'no node can be streamed to',
} as const;

/** What is there before a load is opened. */
export interface LoadOpening {
  readonly options: LoadOptions;
  readonly parts: FrontDoorParts;
  readonly throttle: OutboundThrottle;
  readonly emit: (event: LoadEvent) => void;
  readonly signal: AbortSignal;
  readonly halt: LoadContext['halt'];
  readonly planned: LoadContext['planned'];
}

/** A plan that is only shown reads a ledger, and makes none. */
const ledgerOf = async (
  { options, parts, emit }: LoadOpening,
  target: Target,
): Promise<Either<ScamanderErrorType, Ledger | undefined>> => {
  if (options.ledger === undefined || (options.dryRun === true && !existsSync(options.ledger)))
    return right(undefined);
  const from = options.paths.map((path) => resolve(path)).sort();
  const opened = await openLedger(
    options.ledger,
    { job: 'load', from: from.join(', '), to: target.name },
    parts,
  );
  if (isLeft(opened)) return opened;
  const known = opened.right.records.filter((record) => record.type === 'acknowledged');
  if (opened.right.run > 1)
    emit({
      type: 'Resumed',
      run: opened.right.run,
      acknowledged: known.length,
      bytes: known.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  return opened;
};

const contextOf = async (
  opening: LoadOpening,
  target: Target,
  ranges: readonly TokenRange[] | undefined,
  ledger: Ledger | undefined,
): Promise<Either<ScamanderErrorType, LoadContext>> => {
  const { options, parts, throttle, emit, signal, halt, planned } = opening;
  const { announce, tls, silenceTimeoutMs = SILENCE_TIMEOUT_MS, connections = 2 } = options;
  const dial = new Map(target.nodes.map((node) => [endpointText(node.endpoint), node.dial]));
  const transport = mappedTransport(parts.transport(tls), dial);
  const versions = offeredVersions(options.protocol);
  const probes = new Probes(parts, {
    transport,
    announce,
    versions,
    timeoutMs: silenceTimeoutMs,
    signal,
    emit,
  });
  await probes.ask(target.nodes);
  const answered = [...probes.all.values()].find(({ version }) => version !== undefined);
  if (answered === undefined) return left(nobodyAnswers(probes.all, UNREACHABLE));
  return right({
    ...{ options, target, ranges, probes, ledger, parts, signal, halt, emit, planned },
    watch: new RingWatch({ target, probes, dial, clock: parts.clock, emit }),
    retry: options.retry ?? DEFAULT_RETRY,
    tries: new Tries(),
    acknowledged: new Acknowledged(target.partitioner, ledger?.records ?? []),
    transferParts: {
      transport,
      announce: announce ?? announcedEndpoint(answered.localHost ?? '127.0.0.1', target.nodes),
      ...{ throttle, connections, silenceTimeoutMs, versions },
    },
  });
};

/** Runs the body with everything open. A Left says why nothing can be sent at all. */
export const withOpenLoad = async <T>(
  opening: LoadOpening,
  target: Target,
  body: (context: LoadContext) => Promise<T>,
): Promise<Either<ScamanderErrorType, T>> => {
  const ranges = parseRanges(opening.options.ranges, target.partitioner, 'SCM_LOAD_RANGE');
  if (isLeft(ranges)) return ranges;
  const ledger = await ledgerOf(opening, target);
  if (isLeft(ledger)) return ledger;
  try {
    const context = await contextOf(opening, target, ranges.right, ledger.right);
    return isLeft(context) ? context : right(await body(context.right));
  } finally {
    await ledger.right?.close();
  }
};
