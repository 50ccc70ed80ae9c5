// Control plane. What a failed unit of a copy means: whose fault it is, whether another try can help, and what people are told. Called by the copy
// of a table; pure.
import type { CopyPlan } from '@scamander/planner';
import { endpointText } from '@scamander/wire-codec';
import type { ScamanderErrorType } from '../errors.ts';
import { isRetryable } from '../retry/retryable.ts';
import type { UnitResult } from './copy-unit.ts';
import { nameOf, type TablePair } from './table-pair.ts';

/** Of a file that no replica can have, whoever sends it. */
const LASTING = new Set(['SCM_COPY_VERSION', 'SCM_COPY_SCHEMA', 'SCM_COPY_TABLE']);

/** The code of our own receiving end, where that failed the source's session. */
const relayCodeOf = ({ answer }: UnitResult): string | undefined => {
  const { failure } = answer;
  if (failure?.kind !== 'stream' || failure.error.code !== 'SCM_STREAM_FILE') return undefined;
  const { fileCode } = failure.error;
  return fileCode.startsWith('SCM_COPY_') ? fileCode : undefined;
};

/** True where the source's node, or the way to it, failed; not where no replica was left. */
export const isSourceFault = (result: UnitResult): boolean => {
  if (result.answer.failure === undefined) return false;
  const code = relayCodeOf(result);
  return code === undefined || code === 'SCM_COPY_DIGEST' || code === 'SCM_COPY_PAYLOAD';
};

/** True when a new session, perhaps with another node, may fare better. */
export const isWorthAnotherTry = (result: UnitResult): boolean => {
  const { failure } = result.answer;
  const code = relayCodeOf(result);
  if (code !== undefined) return !LASTING.has(code);
  if (failure === undefined) return result.failed.some(({ lasting }) => !lasting);
  return failure.kind === 'no-dial-back' || isRetryable(failure.error);
};

const ADVICE: Readonly<Record<string, string>> = {
  SCM_COPY_VERSION:
    'pull the table, rewrite it with `scamander sstable upgrade --format` to a version that the target reads, and load it',
  SCM_COPY_SCHEMA:
    'make the target’s table like the source’s (a column that was dropped there: ALTER TABLE … ADD, then DROP), then run the copy again',
  SCM_COPY_DIGEST:
    'the disk of that node holds damaged data: run `nodetool verify` there, and repair it; other replicas are asked where there are any',
  SCM_COPY_NO_REPLICA: 'look at the target’s nodes and their logs, then run the copy again',
};

/** A unit that is given up. */
export const failureProblem = (result: UnitResult): ScamanderErrorType => {
  const { unit, answer, failed } = result;
  const { failure } = answer;
  if (failure?.kind === 'no-dial-back') return failure.error;
  const code = relayCodeOf(result) ?? failure?.error.code ?? 'SCM_COPY_REPLICA';
  const isRefusal = LASTING.has(code) || failed.every(({ lasting }) => lasting);
  const reasons = failed.map(({ node, reason }) => `${endpointText(node.endpoint)}: ${reason}`);
  return {
    code: isRefusal && failure === undefined ? 'SCM_COPY_VERSION' : code,
    kind: code === 'SCM_COPY_DIGEST' ? 'bad-data' : isRefusal ? 'refused' : 'failed',
    message: failure?.message ?? reasons.join('; '),
    where: `${nameOf(unit.pair.source)} from ${endpointText(unit.from.endpoint)}`,
    lost: 'nothing; what is missing at replicas can be copied again',
    advice:
      ADVICE[isRefusal && failure === undefined ? 'SCM_COPY_VERSION' : code] ??
      'run the copy again: with --ledger only what is missing moves',
    retryable: !isRefusal,
  };
};

/** Ranges that nobody alive gives, or takes. */
export const gapProblems = (pair: TablePair, plan: CopyPlan): readonly ScamanderErrorType[] => {
  const problem = (
    code: string,
    side: string,
    gaps: CopyPlan['sourceGaps'],
  ): readonly ScamanderErrorType[] =>
    gaps.length === 0
      ? []
      : [
          {
            code,
            kind: 'failed',
            message: `${gaps.reduce((sum, { ranges }) => sum + ranges.length, 0)} ranges have no replica ${side}: ${[...new Set(gaps.flatMap(({ replicas }) => replicas.map(({ node, reason }) => `${endpointText(node.endpoint)} (${reason})`)))].join(', ')}`,
            where: nameOf(pair.source),
            lost: 'nothing; these ranges are not copied',
            advice: 'start these nodes, or choose others with the flags that name replicas',
            retryable: true,
          },
        ];
  return [
    ...problem('SCM_COPY_NO_SOURCE', 'at the source that can be asked', plan.sourceGaps),
    ...problem('SCM_COPY_NO_TARGET', 'at the target that can be reached', plan.targetGaps),
  ];
};
