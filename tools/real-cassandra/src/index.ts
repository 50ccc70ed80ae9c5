export { type ClassPath, resolveRelease } from './class-path.ts';
export { type RealCassandraError, RealCassandraFailure } from './errors.ts';
export type { ToolName, ToolResult } from './java-tool.ts';
export { candidate as loopbackAddress, ports } from './loopback-address.ts';
export { Node, startNode } from './node.ts';
export type { NodeOptions, NodeSettings } from './node-options.ts';
export type { NodeCertificates, NodeTls } from './node-tls.ts';
export { runOfflineTool } from './offline-tool.ts';
export { endSharedNodes, type SharedNodeOptions, withNode } from './pool.ts';
export {
  oneRelease,
  parseRelease,
  type Release,
  releases,
  representativeReleases,
} from './release.ts';
export { Ring, type RingOptions, startRing } from './ring.ts';
export { type MemberStatus, parseStatus } from './ring-status.ts';
