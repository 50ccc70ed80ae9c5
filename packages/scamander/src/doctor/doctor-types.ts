// Control plane. What doctor() is asked and finds: everything that would stop or spoil streaming, before the first byte. Types only.

import type { Endpoint, StreamingVersion } from '@scamander/wire-codec';
import type { AccessOptions, LoadTarget } from '../load/options.ts';

/** Options of doctor(). */
export interface DoctorOptions extends AccessOptions {
  readonly target: LoadTarget;
  /** A backup, to say what of it would load and what not. */
  readonly backup?: readonly string[];
  /** Names to load it under. */
  readonly keyspace?: string;
  readonly table?: string;
  readonly protocol?: 'auto' | StreamingVersion;
  readonly announce?: Endpoint;
  /** Free bytes that count as enough on each node. @default the size of the backup for its replicas, else 10 GiB */
  readonly headroomBytes?: number;
  readonly silenceTimeoutMs?: number;
}

/** `critical`: streaming will fail; `warning`: it may, or will be incomplete; `info`: worth knowing; `ok`: looked at and in order. */
export type Severity = 'critical' | 'warning' | 'info' | 'ok';

/** One thing that was looked at. */
export interface Finding {
  /** Stable, such as `storage-port`, `tls-mode`, `certificate`, `clock`, `release`, `schema-agreement`, `ring-change`, `disk`, `throttle`, `guardrail`, `backup`. */
  readonly check: string;
  readonly severity: Severity;
  /** Endpoint of the node; undefined where it is the cluster's or the backup's. */
  readonly node: string | undefined;
  /** One sentence. */
  readonly finding: string;
  /** What was seen: values, answers, certificate subjects. */
  readonly evidence: string;
  /** What to do; undefined where there is nothing to do. */
  readonly remedy: string | undefined;
}

/** The answer. */
export interface DoctorReport {
  readonly cluster: string | undefined;
  readonly findings: readonly Finding[];
  /** The worst of all. */
  readonly severity: Severity;
  readonly elapsedMs: number;
}

/** News of doctor(): each finding as it is made. */
export type DoctorEvent = { readonly type: 'Found'; readonly finding: Finding };
