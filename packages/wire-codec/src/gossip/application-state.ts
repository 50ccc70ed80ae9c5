// Control plane. Names of what nodes say of themselves in gossip (spec: gossip §2, §3; ApplicationState).
// Called by endpoint-state.ts and by whoever reads a cluster's state.

/** Position = ordinal on the wire; 9 was never used by 4.0 and later. 19 exists from 4.1 on, 20 from 5.0 on. */
export const APPLICATION_STATES = [
  'STATUS',
  'LOAD',
  'SCHEMA',
  'DC',
  'RACK',
  'RELEASE_VERSION',
  'REMOVAL_COORDINATOR',
  'INTERNAL_IP',
  'RPC_ADDRESS',
  'X_11_PADDING',
  'SEVERITY',
  'NET_VERSION',
  'HOST_ID',
  'TOKENS',
  'RPC_READY',
  'INTERNAL_ADDRESS_AND_PORT',
  'NATIVE_ADDRESS_AND_PORT',
  'STATUS_WITH_PORT',
  'SSTABLE_VERSIONS',
  'DISK_USAGE',
  'INDEX_STATUS',
] as const;

/** One of {@link APPLICATION_STATES}. */
export type ApplicationStateName = (typeof APPLICATION_STATES)[number];

/** The name of an ordinal; undefined for one that no release known here uses. */
export const applicationStateName = (ordinal: number): ApplicationStateName | undefined =>
  APPLICATION_STATES[ordinal];

/** The ordinal of a name. */
export const applicationStateOrdinal = (name: ApplicationStateName): number =>
  APPLICATION_STATES.indexOf(name);
