// Control plane. A load in words: its news, its plan, its report. Called by the load and demo commands; pure.
import type {
  JobNews,
  LoadEvent,
  LoadPlanView,
  LoadReport,
  PlannedReplica,
} from '@scamander/scamander';
import { jobNewsLine } from './news-text.ts';
import { peerText } from './peer-text.ts';
import { sizeText } from './sizes.ts';
import { columns } from './table.ts';

/** One line of news for people; undefined for what they need not see. */
export const newsLine = (event: LoadEvent | JobNews, verbose: boolean): string | undefined => {
  switch (event.type) {
    case 'Discovered':
      return event.tables
        .map(
          ({ keyspace, table, sstables, bytes }) =>
            `found ${keyspace}.${table}: ${sstables} SSTables, ${sizeText(bytes)}`,
        )
        .join('\n');
    case 'ClusterSeen':
      return `cluster ${event.name}: ${event.nodes} nodes, Cassandra ${event.releases.join(', ')}`;
    case 'Warning':
      return `warning: ${event.message}`;
    case 'Verified':
      return event.source.verdict === 'sound' && !verbose
        ? undefined
        : `${event.source.verdict} ${event.source.sstable}`;
    case 'ReplicaProbed':
      return event.problem === undefined
        ? verbose
          ? `${event.replica} answers with streaming version ${event.version}`
          : undefined
        : `${event.replica} can't be used: ${event.problem}`;
    case 'SessionPrepared':
      return verbose ? `${peerText(event.session.peer)} is prepared` : undefined;
    case 'SessionComplete':
      return `${peerText(event.session.peer)} has applied everything`;
    case 'SessionFailed':
      return `${peerText(event.session.peer)} failed (${event.error.code})`;
    case 'Resumed':
    case 'Retrying':
    case 'Rerouted':
    case 'RingChanged':
    case 'Stalled':
      return jobNewsLine(event);
    case 'StreamStalled':
      return `${peerText(event.session.peer)}: waiting for ${event.waitingFor} since ${Math.round(event.sinceMs / 1000)} s`;
    default:
      return undefined;
  }
};

const replicaRows = (replica: PlannedReplica): string[][] => {
  const head = `${replica.replica} (${replica.dc}/${replica.rack}, ${replica.status}${replica.streamingVersion === undefined ? '' : `, version ${replica.streamingVersion}`})`;
  if (replica.skipped !== undefined) return [[head, '–', `nothing: ${replica.skipped}`]];
  return replica.transfers.map((transfer, index) => [
    index === 0 ? head : '',
    sizeText(transfer.bytes),
    `${transfer.mode}${transfer.pieces > 1 ? ` in ${transfer.pieces} pieces` : ''}  ${transfer.sstable}${transfer.modeReason === undefined ? '' : `  (${transfer.modeReason})`}`,
  ]);
};

/** The plan as a table per table. */
export const planText = (plan: LoadPlanView): string => {
  const parts = plan.tables.map(
    ({ keyspace, table, replicas }) =>
      `${keyspace}.${table}\n${columns(replicas.flatMap(replicaRows)).replace(/^/gm, '  ')}`,
  );
  return [...parts, `${sizeText(plan.bytes)} to send in all`].join('\n');
};

/** What arrived and what did not. */
export const reportText = (report: LoadReport): string => {
  const { deliveries } = report.receipt;
  const count = (status: string): number =>
    deliveries.filter((delivery) => delivery.status === status).length;
  const lines = [
    `${count('acknowledged')} of ${deliveries.length} deliveries acknowledged, ${sizeText(report.acknowledgedBytes)} in ${(report.elapsedMs / 1000).toFixed(2)} s`,
  ];
  const earlier = deliveries.filter(({ earlierRun }) => earlierRun !== undefined).length;
  if (earlier > 0)
    lines.push(`${earlier} of them by earlier runs; nothing of these was sent again`);
  for (const delivery of deliveries.filter(({ status }) => status !== 'acknowledged')) {
    lines.push(
      `  ${delivery.status}: ${delivery.sstable} at ${delivery.replica}: ${delivery.reason ?? 'no reason known'}`,
    );
  }
  for (const source of report.receipt.sources.filter(({ verdict }) => verdict === 'refused')) {
    lines.push(`  not sent: ${source.sstable}: ${source.reasons.join('; ')}`);
  }
  if (report.consistency !== undefined) lines.push(report.consistency);
  if (report.repairCommands.length > 0)
    lines.push('what is missing can be loaded again, or repaired from the other replicas:');
  for (const command of report.repairCommands) lines.push(`  ${command}`);
  return lines.join('\n');
};
