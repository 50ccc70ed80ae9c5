// Control plane. In which form a file of the source goes on, and to which replicas: whole where every one of them may keep it, sections else.
// Called when a STREAM header was read; pure.
import type { SSTableFormat } from '@scamander/sstable-io';
import {
  type CassandraStreamHeader,
  endpointText,
  payloadPlan,
  type StreamingVersion,
} from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { missingIndexes } from '../../outgoing/attached-indexes.ts';
import { type Passage, passageTo } from '../../outgoing/compatibility.ts';
import type { AttachedIndexes, TargetNode } from '../../target/target.ts';
import { keptComponents, listsChunksLate, relayedHeader, sectionsOfEntire } from './headers.ts';
import { pipeDataAsSections, pipeLateSections } from './pipe-sections.ts';
import { type Pipe, pipeBlocks, pipeBytes, pipeEntire } from './pipes.ts';

/** A replica that may get files, and the version it answered. */
export interface RelayReplica {
  readonly node: TargetNode;
  readonly version: StreamingVersion;
}

/** What a decision depends on beside the file. */
export interface PassageInput {
  readonly tableId: string;
  readonly indexes: AttachedIndexes;
  readonly entire: 'auto' | 'never';
  readonly replicas: readonly RelayReplica[];
}

/** How one file goes on. */
export interface PlannedRelay {
  readonly mode: 'entire' | 'sections';
  /** Why it does not go on as it came, or undefined. */
  readonly modeReason: string | undefined;
  /** As the replicas get it; without its chunk list where that is found on the way. */
  readonly header: CassandraStreamHeader;
  readonly pipe: Pipe;
  readonly replicas: readonly RelayReplica[];
  /** Replicas that can't take it in any form, with the reason. */
  readonly impassable: readonly {
    readonly replica: RelayReplica;
    readonly reason: string;
  }[];
}

/** Since `na` headers say which user types are frozen. */
const FIRST_WITH_FROZEN = 'na';

const namesUserType = ({ serializationHeader: header }: CassandraStreamHeader): boolean =>
  [...header.staticColumns, ...header.regularColumns].some(({ type }) =>
    type.includes('UserType('),
  );

/** Why nobody may keep the SSTable whole. */
const neverWhole = (
  header: CassandraStreamHeader,
  { entire, indexes }: PassageInput,
): string | undefined => {
  if (entire === 'never') return '--entire never';
  if (
    header.formatName === 'big' &&
    header.sstableVersion < FIRST_WITH_FROZEN &&
    namesUserType(header)
  )
    return 'Cassandra 3.0 called frozen user types not frozen in its headers; the node rewrites them';
  const names = (header.entire?.manifest ?? []).map(({ name }) => name);
  return missingIndexes(names, indexes);
};

const passageOf = (header: CassandraStreamHeader, { node, version }: RelayReplica): Passage =>
  passageTo(
    { releaseVersion: node.releaseVersion, streamingVersion: version },
    header.sstableVersion,
    header.formatName as SSTableFormat,
  );

type Sorted = Pick<PlannedRelay, 'replicas' | 'impassable'>;

/** Those whose word is yes, and the others with theirs. */
const sorted = (
  replicas: readonly RelayReplica[],
  word: (replica: RelayReplica) => true | string,
): Sorted => ({
  replicas: replicas.filter((replica) => word(replica) === true),
  impassable: replicas.flatMap((replica) => {
    const reason = word(replica);
    return reason === true ? [] : [{ replica, reason }];
  }),
});

const whole = (
  header: CassandraStreamHeader,
  input: PassageInput,
  takers: Sorted,
): PlannedRelay => {
  const manifest = header.entire?.manifest ?? [];
  const made = relayedHeader(header, input.tableId, keptComponents(manifest, input.indexes));
  const pipe = pipeEntire(made, manifest);
  return { mode: 'entire', modeReason: undefined, header: made, pipe, ...takers };
};

const asSections = (
  header: CassandraStreamHeader,
  input: PassageInput,
  takers: Sorted,
  reason: string,
): Either<string, PlannedRelay> => {
  const manifest = header.entire?.manifest ?? [];
  if (listsChunksLate(header, manifest)) {
    const base = relayedHeader(header, input.tableId, undefined);
    const pipe = pipeLateSections(base, manifest);
    return right({ mode: 'sections', modeReason: reason, header: base, pipe, ...takers });
  }
  const made = sectionsOfEntire(header, manifest, input.tableId);
  if (isLeft(made)) return left(`${reason}; ${made.left}`);
  const pipe = pipeDataAsSections(made.right, manifest);
  return right({ mode: 'sections', modeReason: reason, header: made.right, pipe, ...takers });
};

const sectionsAsTheyCame = (
  header: CassandraStreamHeader,
  { tableId }: PassageInput,
  takers: Sorted,
): PlannedRelay => {
  const made = relayedHeader(header, tableId, undefined);
  const plan = payloadPlan(made);
  const pipe =
    plan.kind === 'uncompressed-sections'
      ? pipeBlocks(made, Number(plan.decodedBytes))
      : pipeBytes(made, Number(plan.bytes));
  return { mode: 'sections', modeReason: undefined, header: made, pipe, ...takers };
};

const explained = ({ impassable }: Sorted): string =>
  impassable
    .map(({ replica, reason }) => `${endpointText(replica.node.endpoint)}: ${reason}`)
    .join('; ');

/** How the file goes on; a Left says why no replica can have it. */
export const planRelay = (
  header: CassandraStreamHeader,
  input: PassageInput,
): Either<string, PlannedRelay> => {
  const { replicas } = input;
  const bySections = sorted(replicas, (replica) => passageOf(header, replica).sections);
  if (header.entire === undefined)
    return bySections.replicas.length === 0
      ? left(explained(bySections))
      : right(sectionsAsTheyCame(header, input, bySections));
  const never = neverWhole(header, input);
  const wholly = sorted(replicas, (replica) => never ?? passageOf(header, replica).entire);
  const everybody = wholly.replicas.length >= bySections.replicas.length;
  if (wholly.replicas.length > 0 && everybody) return right(whole(header, input, wholly));
  const reason = wholly.impassable[0]?.reason ?? 'sections';
  const made =
    bySections.replicas.length === 0
      ? left(explained(wholly))
      : asSections(header, input, bySections, reason);
  // Some of them may still keep it as it is.
  return isLeft(made) && wholly.replicas.length > 0 ? right(whole(header, input, wholly)) : made;
};
