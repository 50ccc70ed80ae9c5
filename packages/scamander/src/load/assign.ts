// Control plane. From the planner's word to files that can be sent: who gets which SSTable whole, who gets which pieces. Called by load.
// The planner knows tokens; here the index of each SSTable says which bytes those are.
import type { BulkLoadPlan, LoadSSTable, LoadTransfer } from '@scamander/planner';
import type { RingNode, TokenRange } from '@scamander/ring';
import type { SSTable, SSTableError } from '@scamander/sstable-io';
import { endpointText, sameEndpoint } from '@scamander/wire-codec';
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js';
import { missingIndexes } from '../outgoing/attached-indexes.ts';
import { passageTo } from '../outgoing/compatibility.ts';
import { entireFile } from '../outgoing/entire-file.ts';
import { piecesOf } from '../outgoing/pieces.ts';
import { sectionFile } from '../outgoing/section-file.ts';
import { withSSTable } from '../outgoing/with-sstable.ts';
import type { Probe } from '../target/probe.ts';
import type { ResolvedTable, TargetNode } from '../target/target.ts';
import type { SourceSSTable } from './sources.ts';
import type { Assignment } from './transfer.ts';

/** What is known when files are assigned. */
export interface AssignInput {
  readonly table: ResolvedTable;
  readonly sources: readonly SourceSSTable[];
  readonly nodes: readonly TargetNode[];
  readonly probes: ReadonlyMap<string, Probe>;
  readonly entire: 'auto' | 'never';
}

/** An SSTable that a replica can't take in any way. */
export interface Impassable {
  readonly sstable: string;
  readonly node: TargetNode;
  readonly ranges: readonly TokenRange[];
  readonly reason: string;
}

const passageOf = (source: SourceSSTable, node: TargetNode, input: AssignInput) => {
  const version = input.probes.get(endpointText(node.endpoint))?.version ?? 12;
  const { version: sstableVersion, format } = source.files.descriptor;
  return passageTo(
    { releaseVersion: node.releaseVersion, streamingVersion: version },
    sstableVersion,
    format,
  );
};

/** Why this node may not get the SSTable whole, or true (spec: planning §17 rule 7, streaming-4.0-plus §4.3 and §4.4). */
export const entireVerdict = (
  source: SourceSSTable,
  node: TargetNode,
  input: AssignInput,
): true | string => {
  if (input.entire === 'never') return '--entire never';
  if (source.hasLegacyCounterShards) return 'it has counter shards from before 2.1';
  if (source.hasBareUserTypes)
    return 'its header calls frozen user types not frozen, as Cassandra 3.0 wrote it; the node rewrites it';
  const { entire } = passageOf(source, node, input);
  return entire === true
    ? (missingIndexes([...source.files.components.keys()], input.table.indexes) ?? true)
    : entire;
};

const nodeOf = (ringNode: RingNode, nodes: readonly TargetNode[]): TargetNode | undefined =>
  nodes.find(({ endpoint }) => sameEndpoint(endpoint, ringNode.endpoint));

/** The planner's view of the sources. */
export const plannerSSTables = (input: AssignInput): readonly LoadSSTable[] =>
  input.sources.map((source) => ({
    id: source.dataPath,
    firstToken: source.firstToken,
    lastToken: source.lastToken,
    sizeBytes: BigInt(source.bytes),
    entireAllowed: (ringNode) => {
      const node = nodeOf(ringNode, input.nodes);
      return node === undefined ? 'the node is not known' : entireVerdict(source, node, input);
    },
  }));

const entireAssignment = (
  sstable: SSTable,
  source: SourceSSTable,
  node: TargetNode,
  { ranges }: LoadTransfer,
  tableId: string,
): Assignment => ({
  node,
  source,
  ranges,
  sstable: source.dataPath,
  mode: 'entire',
  modeReason: undefined,
  files: [
    entireFile({
      files: source.files,
      manifest: sstable.manifest({ includeFilter: source.filterTrusted }),
      tableId,
    }),
  ],
});

const assignOne = async (
  sstable: SSTable,
  source: SourceSSTable,
  node: TargetNode,
  transfer: LoadTransfer,
  input: AssignInput,
): Promise<Either<SSTableError, Assignment | undefined>> => {
  const { tableId } = input.table;
  if (transfer.mode === 'entire')
    return right(entireAssignment(sstable, source, node, transfer, tableId));
  const pieces = await piecesOf(sstable, transfer.ranges);
  if (isLeft(pieces)) return left(pieces.left);
  const covered = pieces.right
    .flatMap(({ sections }) => sections)
    .reduce((sum, { lower, upper }) => sum + (upper - lower), 0n);
  if (covered === 0n) return right(undefined);
  const verdict = entireVerdict(source, node, input);
  if (covered === sstable.dataLengthBytes && verdict === true)
    return right(entireAssignment(sstable, source, node, transfer, tableId));
  const reason =
    covered === sstable.dataLengthBytes && verdict !== true ? verdict : transfer.whySections;
  return right({
    node,
    source,
    ranges: transfer.ranges,
    sstable: source.dataPath,
    mode: 'sections',
    modeReason: reason,
    files: pieces.right.map((piece) => sectionFile({ files: source.files, tableId, ...piece })),
  });
};

/** Opens each SSTable once and cuts it for every replica that gets part of it. */
export const assignFiles = async (
  plan: Pick<BulkLoadPlan, 'targets'>,
  input: AssignInput,
): Promise<
  Either<
    SSTableError,
    { readonly assignments: readonly Assignment[]; readonly impassable: readonly Impassable[] }
  >
> => {
  const assignments: Assignment[] = [];
  const impassable: Impassable[] = [];
  for (const source of input.sources) {
    const assigned = await withSSTable(
      source.files,
      async (sstable): Promise<Either<SSTableError, void>> => {
        for (const target of plan.targets) {
          const node = nodeOf(target.node, input.nodes);
          const transfer = target.transfers.find((one) => one.sstable === source.dataPath);
          if (node === undefined || transfer === undefined) continue;
          const passage = passageOf(source, node, input);
          const { ranges } = transfer;
          if (
            transfer.mode === 'sections' &&
            passage.sections !== true &&
            entireVerdict(source, node, input) !== true
          ) {
            impassable.push({ sstable: source.dataPath, node, ranges, reason: passage.sections });
            continue;
          }
          const assignment = await assignOne(sstable, source, node, transfer, input);
          if (isLeft(assignment)) return left(assignment.left);
          if (assignment.right?.mode === 'sections' && passage.sections !== true) {
            impassable.push({ sstable: source.dataPath, node, ranges, reason: passage.sections });
          } else if (assignment.right !== undefined) {
            assignments.push(assignment.right);
          }
        }
        return right(undefined);
      },
    );
    if (isLeft(assigned)) return left(assigned.left);
  }
  return right({ assignments, impassable });
};
