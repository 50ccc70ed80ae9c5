export type { Endpoint } from '@scamander/wire-codec';
export { type CopyRun, copy } from './copy/copy.ts';
export type {
  CopyEvent,
  CopyOptions,
  CopyReport,
  CopyUnitView,
  RowComparison,
  RowDifference,
} from './copy/copy-types.ts';
export { doctor } from './doctor/doctor.ts';
export type {
  DoctorCheck,
  DoctorEvent,
  DoctorOptions,
  DoctorReport,
  Finding,
  Severity,
} from './doctor/doctor-types.ts';
export { du } from './du/du.ts';
export type { DuEntry, DuEvent, DuMissing, DuOptions, DuReport, DuVerdict } from './du/du-types.ts';
export {
  type ErrorKind,
  ScamanderError,
  type ScamanderErrorType,
  sstableErrorPlace,
} from './errors.ts';
export { type Bound, type BoundVerdict, BoundWatch, boundOf } from './jobs/bound.ts';
export type { JobNews, StallVerdict } from './jobs/news.ts';
export type { Job } from './jobs/start-job.ts';
export { type TransferCounters, transferCounters } from './jobs/transfer-counters.ts';
export type { Ledger, NewRecord } from './ledger/ledger.ts';
export type {
  AcknowledgedRecord,
  LedgerIdentity,
  LedgerRecord,
  ReceivedRecord,
  ReceivedSSTable,
  UnitId,
} from './ledger/records.ts';
export type { LoadEvent } from './load/events.ts';
export { type LoadRun, load } from './load/load.ts';
export type {
  AccessOptions,
  LoadConsistency,
  LoadOptions,
  LoadRates,
  LoadTarget,
  TlsOptions,
} from './load/options.ts';
export type {
  LoadPlanView,
  PlannedReplica,
  PlannedTable,
  PlannedTransfer,
} from './load/plan-view.ts';
export type { LoadReport, LoadVerdict } from './load/report.ts';
export { type FrontDoorParts, systemParts } from './parts.ts';
export type { PullEvent } from './pull/events.ts';
export type { PullOptions, SourceOptions, TableName } from './pull/options.ts';
export type { PlannedUnit, PullPlanView } from './pull/plan-view.ts';
export { type PullRun, pull } from './pull/pull.ts';
export type { PullReport, PullVerdict } from './pull/report.ts';
export { parseReceipt, readReceipt } from './receipt/read-receipt.ts';
export type {
  ComponentRecord,
  Delivery,
  DeliveryStatus,
  Receipt,
  Reception,
  SourceRecord,
} from './receipt/receipt.ts';
export { verifyReceipt } from './receipt/verify/verify-receipt.ts';
export type {
  ComparedReplica,
  VerifyAgainst,
  VerifyEvent,
  VerifyFinding,
  VerifyOptions,
  VerifyReport,
  VerifyVerdict,
} from './receipt/verify/verify-types.ts';
export { DEFAULT_RETRY, type RetryPolicy } from './retry/policy.ts';
export type { ServedVersion } from './serve/incoming-sections.ts';
export type { ServedEntire } from './serve/outgoing-files.ts';
export { type EmbeddedNode, type ServeOptions, serve } from './serve/serve.ts';
export type { KnownTable } from './serve/table-registry.ts';
