export { type Certificates, makeCertificates } from './certificates.ts';
export { bundleScript, ScriptChild, type ScriptChildOptions } from './child.ts';
export {
  type FaultProxy,
  type FaultProxyOptions,
  type ProxyEndpoint,
  type ProxyEvent,
  startFaultProxy,
} from './fault-proxy.ts';
export { type Fault, type FaultChoice, type FaultDirection, randomFault } from './faults.ts';
export { rejects } from './rejects.ts';
export { seededRandom } from './seeded-random.ts';
export { fixture, sharedFolder, sharedTest } from './shared.ts';
export { byteByByte, everySplit } from './splits.ts';
export { withTempFolder } from './temp-folder.ts';
export { VirtualClock } from './virtual-clock.ts';
