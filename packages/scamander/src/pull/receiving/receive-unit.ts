// Control plane. One try of one unit: the session, where its files go, and what came. Called by the work of a pull. A try that failed before its
// commit left nothing; one that failed after it is as good as done.
import { timeUuid } from '@scamander/bytes';
import type { FileError, StreamEvent } from '@scamander/session';
import { nodeFileSystem } from '@scamander/sstable-io';
import type { OutboundThrottle } from '@scamander/throttle';
import type { StreamFile } from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { JobNews } from '../../jobs/news.ts';
import type { FrontDoorParts } from '../../parts.ts';
import { sstableIncomingFiles } from '../../serve/incoming-files.ts';
import type { ServedVersion } from '../../serve/incoming-sections.ts';
import type { TableContents } from '../destination/contents.ts';
import type { Destination } from '../destination/destination.ts';
import { type Unit, unitId } from '../plan/units.ts';
import { type Answer, askNode } from '../source/ask-node.ts';
import type { Listening } from '../source/listening.ts';
import type { Source } from '../source/source.ts';
import { type BareReception, bareReception } from './receptions.ts';
import { UnitGate } from './unit-gate.ts';
import { UnitTimes } from './unit-times.ts';

/** What a try needs. */
export interface ReceiveInput {
  readonly source: Source;
  readonly listening: Listening;
  readonly destination: Destination;
  readonly contents: TableContents;
  readonly throttle: OutboundThrottle;
  /** Undefined: `nb`, or `oa` where a node sends sections of a version that only `oa` can hold. */
  readonly sstableVersion: ServedVersion | undefined;
  readonly signal: AbortSignal;
  readonly emit: (event: StreamEvent | JobNews) => void;
}

/** How a try ended. */
export type Received =
  | { readonly kind: 'received'; readonly receptions: readonly BareReception[] }
  | { readonly kind: 'failed'; readonly failure: NonNullable<Answer['failure']> }
  /** The ledger can't be written. */
  | { readonly kind: 'disk'; readonly error: FileError };

/** `oa` and `da` hold times that `nb` can't. */
const versionFor = ({ sstableVersion }: StreamFile['header']): ServedVersion =>
  sstableVersion === 'oa' || sstableVersion === 'da' ? 'oa' : 'nb';

/** Asks for the unit once. */
export const receiveUnit = async (
  unit: Unit,
  input: ReceiveInput,
  parts: FrontDoorParts,
): Promise<Received> => {
  const { source, destination, contents } = input;
  const { partitioner } = source.target;
  const { unixMs, random } = parts;
  const id = unitId(unit, partitioner);
  let planId = '';
  const { ledger, dataDirectory, registry } = destination;
  const gate = new UnitGate({ ledger, dataDirectory, contents, unit: id, planId: () => planId });
  const incoming = sstableIncomingFiles(registry, {
    newTimeUuid: () => timeUuid({ unixMs: unixMs(), random }),
    fileSystem: parts.fileSystem ?? nodeFileSystem,
    partitioner,
    sstableVersion: input.sstableVersion ?? versionFor,
    gate,
    keepUnread: true,
  });
  const times = new UnitTimes(unixMs);
  const { keyspace, table } = unit.table.resolved;
  const answer = await askNode(
    {
      ...input,
      node: unit.node,
      asked: { keyspace, tables: [table], ranges: unit.ranges },
      incoming: {
        begin: (info) => {
          planId = info.planId;
          return incoming.begin(info);
        },
      },
      emit: (event) => {
        times.see(event);
        input.emit(event);
      },
    },
    parts,
  );
  planId = answer.planId;
  if (!gate.isReceived && answer.failure !== undefined)
    return { kind: 'failed', failure: answer.failure };
  if (!gate.isReceived) {
    const noted = await gate.nothingCame();
    if (isLeft(noted)) return { kind: 'disk', error: noted.left };
  }
  const received = { ...id, planId, protocolVersion: answer.session?.version };
  const receptions = gate.arrived.map(
    ({ sstable, version, name }): BareReception => ({
      ...bareReception(unit.table, received, sstable),
      version,
      ...times.of(name),
    }),
  );
  return { kind: 'received', receptions };
};
