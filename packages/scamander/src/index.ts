export type { Endpoint } from '@scamander/wire-codec';
export {
  type ErrorKind,
  ScamanderError,
  type ScamanderErrorType,
  sstableErrorPlace,
} from './errors.ts';
export type { LoadEvent } from './load/events.ts';
export { type LoadRun, load } from './load/load.ts';
export type {
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
export type { Delivery, DeliveryStatus, Receipt, SourceRecord } from './load/receipt.ts';
export type { LoadReport, LoadVerdict } from './load/report.ts';
export { type FrontDoorParts, systemParts } from './parts.ts';
export type { ServedVersion } from './serve/incoming-sections.ts';
export { type EmbeddedNode, type ServeOptions, serve } from './serve/serve.ts';
export type { KnownTable } from './serve/table-registry.ts';
