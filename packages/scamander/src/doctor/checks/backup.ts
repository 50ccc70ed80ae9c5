// Control plane. What of the backup would load, and what not, table by table. Called by all-checks.ts; pure.
import type { ScamanderErrorType } from '../../errors.ts';
import type { PlannedTable } from '../../load/plan-view.ts';
import type { Finding } from '../doctor-types.ts';
import type { BackupFacts, BackupTable, DoctorFacts } from '../facts.ts';
import { found } from '../finding.ts';
import { bytesText } from '../words.ts';

const UNKNOWN = new Set(['SCM_CLUSTER_UNKNOWN_KEYSPACE', 'SCM_CLUSTER_UNKNOWN_TABLE']);

const isOf = (
  { name, directories }: BackupTable,
  { where }: Pick<ScamanderErrorType, 'where'>,
): boolean =>
  where === name ||
  directories.some((directory) => where === directory || where.startsWith(`${directory}/`)) ||
  where === directories.join(', ');

/** A table that is not there, with the statement that makes it. */
const unknown = ({ name, create }: BackupTable, error: ScamanderErrorType): Finding =>
  found('backup', 'critical', undefined, {
    finding: `${name} is not in the cluster: nothing of it would load`,
    evidence: error.message,
    remedy:
      create === undefined
        ? 'create it like the table that the backup comes from (no schema.cql lies beside its SSTables)'
        : `create it first; the backup’s schema.cql says:\n${create}`,
  });

const SHOWN_MAX = 5;

/** `…/nb-3-big-` of a component's path: one SSTable, however many of its components are named. */
const sstableOf = ({ where }: ScamanderErrorType): string =>
  where.replace(/[^-/]*(, byte \d+)?$/, '');

const listed = (texts: readonly string[]): string =>
  texts.length <= SHOWN_MAX
    ? texts.join('; ')
    : `${texts.slice(0, SHOWN_MAX).join('; ')}; and ${texts.length - SHOWN_MAX} more`;

/** What is the same with several SSTables is said once. */
const refused = (errors: readonly [ScamanderErrorType, ...ScamanderErrorType[]]): Finding => {
  const [first] = errors;
  const count = new Set(errors.map(sstableOf)).size;
  const damaged = count === 1 ? 'an SSTable is' : `${count} SSTables are`;
  const others = count === 1 ? '' : `; ${count - 1} more like it`;
  return found('backup', 'critical', undefined, {
    finding:
      first.kind === 'bad-data'
        ? `${damaged} damaged and would not load: ${first.message}`
        : `${first.message}${others}`,
    evidence: `${first.code}: ${listed(errors.map(({ where, message }) => (message === first.message ? where : `${where}: ${message}`)))}`,
    remedy: first.advice,
  });
};

/** One finding for all that are damaged, one for each other reason. */
const grouped = (errors: readonly ScamanderErrorType[]): readonly Finding[] => {
  const groups = new Map<string, [ScamanderErrorType, ...ScamanderErrorType[]]>();
  for (const error of errors) {
    const key = error.kind === 'bad-data' ? error.kind : error.code;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [error]);
    else group.push(error);
  }
  return [...groups.values()].map(refused);
};

const skippedText = ({ replicas }: PlannedTable): readonly string[] =>
  replicas.flatMap(({ replica, skipped }) =>
    skipped === undefined ? [] : [`${replica}: ${skipped}`],
  );

const sharesText = ({ replicas }: PlannedTable): string =>
  replicas
    .filter(({ skipped }) => skipped === undefined)
    .map(({ replica, bytes }) => `${replica} gets ${bytesText(bytes)}`)
    .join(', ');

type Planned = Extract<BackupFacts['outcome'], { kind: 'planned' }>;

const refusedIn = ({ refused: paths }: Planned, { directories }: BackupTable): number =>
  paths.filter((path) => directories.some((directory) => path.startsWith(`${directory}/`))).length;

const planned = (table: BackupTable, plan: PlannedTable, report: Planned): readonly Finding[] => {
  const lost = refusedIn(report, table);
  const whole = `${table.sstables} ${table.sstables === 1 ? 'SSTable' : 'SSTables'}, ${bytesText(table.bytes)}`;
  const what =
    lost === 0
      ? `${table.name} would load (${whole})`
      : `of ${table.name} all but ${lost} of ${whole} would load`;
  const skipped = skippedText(plan);
  const shares = sharesText(plan);
  if (skipped.length === 0)
    return [
      found('backup', lost === 0 ? 'ok' : 'info', undefined, { finding: what, evidence: shares }),
    ];
  return [
    found('backup', shares === '' ? 'critical' : 'warning', undefined, {
      finding:
        shares === '' ? `no replica would get ${table.name}` : `${what}, but not at every replica`,
      evidence: [shares, ...skipped].filter((part) => part !== '').join('; '),
      remedy: 'see what is said of these nodes; those that got nothing must be repaired afterwards',
    }),
  ];
};

const ofTable = (table: BackupTable, report: Planned): readonly Finding[] => {
  const problems = report.problems.filter((error) => isOf(table, error));
  const plan = report.plan.tables.find(
    ({ keyspace, table: name }) => `${keyspace}.${name}` === table.name,
  );
  const isUnknown = ({ code }: ScamanderErrorType): boolean => UNKNOWN.has(code);
  return [
    ...problems.filter(isUnknown).map((error) => unknown(table, error)),
    ...grouped(problems.filter((error) => !isUnknown(error))),
    ...(plan === undefined ? [] : planned(table, plan, report)),
  ];
};

/** See the head of this file. */
export const checkBackup = ({ backup }: DoctorFacts): readonly Finding[] => {
  if (backup === undefined) return [];
  const { outcome, tables } = backup;
  // The load did not begin: no node answers, no SSTable is there, …
  if (outcome.kind === 'refused') return [refused([outcome.error])];
  const others = outcome.problems.filter((error) => !tables.some((table) => isOf(table, error)));
  return [...tables.flatMap((table) => ofTable(table, outcome)), ...grouped(others)];
};
