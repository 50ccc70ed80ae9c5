// Control plane. The clocks of the nodes against ours. Called by all-checks.ts; pure.
// Streams carry their own timestamps; but nodes drop gossip that looks a minute old, certificates begin and end by the clock, and what expires
// or wins over older writes is decided by it.
import type { Finding, Severity } from '../doctor-types.ts';
import type { ClockFacts, DoctorFacts, NodeFacts } from '../facts.ts';
import { found } from '../finding.ts';
import { timeText } from '../words.ts';

/** Beyond this, less the doubt of the measurement, it is worth a warning … */
export const CLOCK_WARNING_MS = 1_000;
/** … and beyond this it is broken: half of what gossip forgives. */
export const CLOCK_CRITICAL_MS = 30_000;

const offText = ({ offsetMs }: ClockFacts): string =>
  `${timeText(offsetMs)} ${offsetMs < 0 ? 'behind' : 'ahead of'} ours`;

const severityOf = ({ offsetMs, uncertaintyMs }: ClockFacts): Severity => {
  const sureMs = Math.abs(offsetMs) - uncertaintyMs;
  if (sureMs > CLOCK_CRITICAL_MS) return 'critical';
  return sureMs > CLOCK_WARNING_MS ? 'warning' : 'ok';
};

const clockOf = ({ cql }: NodeFacts): ClockFacts | undefined =>
  cql?.kind === 'answered' ? cql.clock : undefined;

/** Several nodes that agree with each other and not with us: it is our clock. */
const isOurs = (clocks: readonly ClockFacts[]): boolean => {
  const offsets = clocks.map(({ offsetMs }) => offsetMs);
  const doubtMs = Math.max(...clocks.map(({ uncertaintyMs }) => uncertaintyMs));
  return (
    clocks.length > 1 &&
    clocks.every((clock) => severityOf(clock) !== 'ok') &&
    Math.max(...offsets) - Math.min(...offsets) <= CLOCK_WARNING_MS + 2 * doubtMs
  );
};

const measured = ({ offsetMs, uncertaintyMs }: ClockFacts): string =>
  `${Math.round(offsetMs)} ms, give or take ${Math.ceil(uncertaintyMs)} ms`;

/** All nodes. */
export const checkClocks = ({ nodes }: DoctorFacts): readonly Finding[] => {
  const known = nodes.flatMap((node) => {
    const clock = clockOf(node);
    return clock === undefined ? [] : [{ node: node.node, clock }];
  });
  const [first] = known;
  if (first !== undefined && isOurs(known.map(({ clock }) => clock)))
    return [
      found('clock', severityOf(first.clock), undefined, {
        finding: `the clock of this machine is off: all nodes are ${offText(first.clock)}`,
        evidence: known.map(({ node, clock }) => `${node}: ${measured(clock)}`).join('; '),
        remedy: 'set the clock of this machine by NTP',
      }),
    ];
  return known.map(({ node, clock }) => {
    const severity = severityOf(clock);
    if (severity === 'ok')
      return found('clock', 'ok', node, {
        finding: 'its clock agrees with ours',
        evidence: measured(clock),
      });
    return found('clock', severity, node, {
      finding: `its clock is ${offText(clock)}`,
      evidence: measured(clock),
      remedy:
        'set the clocks of the node and of this machine by NTP: what expires and which write wins goes by them',
    });
  });
};
