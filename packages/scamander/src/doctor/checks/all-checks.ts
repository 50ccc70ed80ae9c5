// Control plane. All checks in the order in which their findings are read. Called by doctor(); pure.
import type { Finding } from '../doctor-types.ts';
import type { DoctorFacts, NodeFacts } from '../facts.ts';
import { checkBacklog } from './backlog.ts';
import { checkBackup } from './backup.ts';
import { checkCertificates } from './certificates.ts';
import { checkClocks } from './clock.ts';
import { checkCql } from './cql.ts';
import { checkDialBack } from './dial-back.ts';
import { checkDisk } from './disk.ts';
import { checkNodeDown } from './node-down.ts';
import { checkOurCertificate } from './our-certificate.ts';
import { checkCommonProtocol, checkProtocol } from './protocol.ts';
import { checkReleases } from './release.ts';
import { checkRingChange } from './ring-change.ts';
import { checkSchemaAgreement } from './schema-agreement.ts';
import { checkGuardrail, checkSettings } from './settings.ts';
import { checkStoragePort, checkTlsMode } from './storage-port.ts';
import { checkThrottles } from './throttles.ts';

const OF_CLUSTER: readonly ((facts: DoctorFacts) => readonly Finding[])[] = [
  checkReleases,
  checkSchemaAgreement,
  checkRingChange,
  checkCommonProtocol,
  checkClocks,
  checkOurCertificate,
];

const OF_NODE: readonly ((facts: DoctorFacts, node: NodeFacts) => readonly Finding[])[] = [
  checkNodeDown,
  checkStoragePort,
  checkTlsMode,
  checkCertificates,
  checkProtocol,
  checkCql,
  checkDialBack,
  checkGuardrail,
  checkDisk,
  checkThrottles,
  checkSettings,
  checkBacklog,
];

/** The cluster's, then each node's, then the backup's. */
export const allChecks = (facts: DoctorFacts): readonly Finding[] => [
  ...OF_CLUSTER.flatMap((check) => check(facts)),
  ...facts.nodes.flatMap((node) => OF_NODE.flatMap((check) => check(facts, node))),
  ...checkBackup(facts),
];
