// Data plane. Durations as bytes: three signed variable-length integers (spec: sstable-data §6.2). Called by the encoders of values.
import { ByteWriter } from '@scamander/bytes';
import type { CqlDuration } from '../cql-value.ts';

/** The caller has made sure that the parts are in range and of one sign. */
export const durationBytes = ({ months, days, nanoseconds }: CqlDuration): Uint8Array => {
  const writer = new ByteWriter(32);
  writer.svint(months);
  writer.svint(days);
  writer.svint(nanoseconds);
  return writer.toBytes().slice();
};
