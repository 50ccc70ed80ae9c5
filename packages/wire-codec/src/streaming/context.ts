// Control plane. What a stream message can't be read without and what is not on the wire. Called by every stream codec.
import type { Partitioner } from '@scamander/ring';
import type { StreamingVersion } from './types.ts';

/** The version both sides agreed on, and the cluster's partitioner: tokens don't name theirs (spec: streaming-4.0-plus §2.2.6). */
export interface WireContext {
  readonly version: StreamingVersion;
  readonly partitioner: Partitioner;
}
