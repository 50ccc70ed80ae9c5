// Control plane. Keyspaces that belong to the node itself. Called by whoever decides what to load. Pure.

/** SchemaConstants of 4.0 to 6.0: local, replicated, virtual and cluster metadata keyspaces. */
const SYSTEM_KEYSPACES: ReadonlySet<string> = new Set([
  'system',
  'system_schema',
  'system_auth',
  'system_distributed',
  'system_traces',
  'system_views',
  'system_virtual_schema',
  'system_cluster_metadata',
]);

/** Whether the keyspace is the node's own: such tables are described but not loaded unless asked for by name. */
export const isSystemKeyspace = (keyspace: string): boolean => SYSTEM_KEYSPACES.has(keyspace);
