export { bulkLoad } from './bulk-load/bulk-load.ts';
export {
  type ConsistencyLevel,
  type LevelResult,
  levelsReached,
  type MissingAcknowledgements,
  type Requirement,
  reached,
  requirements,
} from './bulk-load/consistency.ts';
export type {
  BulkLoadInput,
  BulkLoadPlan,
  ExclusionReason,
  LoadExclusion,
  LoadFilters,
  LoadSSTable,
  LoadTarget,
  LoadTransfer,
  ReplicaGroup,
  SectionSize,
} from './bulk-load/types.ts';
export { copyPlan } from './copy/copy.ts';
export type { CopyInput, CopyPlan, CopySide, CopySource, CopyUnit } from './copy/types.ts';
export { PlanError, type PlanErrorType, planErrorMessage } from './errors.ts';
export { LOAD_SSTABLES_MAX } from './limits.ts';
export { pullPlan } from './pull/pull.ts';
export type { PullAssignment, PullGap, PullInput, PullPlan } from './pull/types.ts';
