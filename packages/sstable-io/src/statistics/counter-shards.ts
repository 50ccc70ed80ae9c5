// Data plane. Whether a counter has shards of the kinds that 2.0 and older wrote (spec: sstable-data §5; CounterContext.hasLegacyShards).
// Called by the statistics collector for counter cells. Pure.

const COUNT_BYTES = 2;
const SHARD_BYTES = 32;

const i16 = (bytes: Uint8Array, at: number): number => ((bytes[at]! << 24) >> 16) | bytes[at + 1]!;

/** True when a shard of the context is local or remote, not global. A value too short for its header has none. */
export const hasLegacyShards = (context: Uint8Array): boolean => {
  if (context.length < COUNT_BYTES) return false;
  const entries = Math.abs(i16(context, 0));
  const headerBytes = COUNT_BYTES + 2 * entries;
  if (context.length < headerBytes) return false;
  const shards = Math.floor((context.length - headerBytes) / SHARD_BYTES);
  // shards without an entry are remote
  if (entries < shards) return true;
  for (let i = 0; i < entries; i++) {
    if (i16(context, COUNT_BYTES + 2 * i) >= 0) return true;
  }
  return false;
};
