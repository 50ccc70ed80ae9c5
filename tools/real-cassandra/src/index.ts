export { type ClassPath, resolveRelease } from './class-path.ts';
export { type RealCassandraError, RealCassandraFailure } from './errors.ts';
export type { ToolName, ToolResult } from './java-tool.ts';
export { Node, startNode } from './node.ts';
export type { NodeOptions, NodeSettings } from './node-options.ts';
export { parseRelease, type Release, releases } from './release.ts';
