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
  /** Address we listen on when it is seen whether nodes can dial us. @default the local address of a connection to the node, a free port */
  readonly listen?: Endpoint;
  /** Address that nodes are told to dial (NAT, containers). Given, nodes that can't are critical: a pull or copy with it would fail. */
  readonly announce?: Endpoint;
  /** Free bytes that count as enough on each node. @default the size of the backup for its replicas, else 10 GiB */
  readonly headroomBytes?: number;
  /** How long a node may be silent at any wait. @default 10000 */
  readonly silenceTimeoutMs?: number;
}

/** `critical`: streaming will fail; `warning`: it may, or will be incomplete; `info`: worth knowing; `ok`: looked at and in order. */
export type Severity = 'critical' | 'warning' | 'info' | 'ok';

/** What is looked at. */
export type DoctorCheck =
  /** The CQL port: reachable, login, TLS. */
  | 'cql'
  /** The storage port: reachable, handshake. */
  | 'storage-port'
  /** Streaming versions that are taken, and the compatibility mode that they tell. */
  | 'protocol'
  | 'tls-mode'
  | 'certificate'
  | 'clock'
  | 'release'
  | 'schema-agreement'
  /** Nodes that join, leave, move, are replaced. */
  | 'ring-change'
  | 'node-down'
  | 'disk'
  | 'throttle'
  | 'settings'
  | 'guardrail'
  /** Streams, compactions and hints. */
  | 'backlog'
  /** Do nodes reach us, as a pull needs? */
  | 'dial-back'
  | 'backup';

/** One thing that was looked at. */
export interface Finding {
  readonly check: DoctorCheck;
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
