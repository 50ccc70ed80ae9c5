// Control plane. The operations nodes know, as the text of STREAM_INIT (spec: streaming-4.0-plus §2.3, StreamOperation). Called by users.

/** Description texts; nodes compare without regard to case and take anything else as `Other`. */
export const StreamOperation = {
  OTHER: 'Other',
  RESTORE_REPLICA_COUNT: 'Restore replica count',
  DECOMMISSION: 'Unbootstrap',
  RELOCATION: 'Relocation',
  BOOTSTRAP: 'Bootstrap',
  REBUILD: 'Rebuild',
  BULK_LOAD: 'Bulk Load',
  REPAIR: 'Repair',
} as const;

/** One of {@link StreamOperation}. */
export type StreamOperationText = (typeof StreamOperation)[keyof typeof StreamOperation];
