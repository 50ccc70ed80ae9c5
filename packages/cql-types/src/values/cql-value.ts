// Both planes. Values of CQL types as JavaScript has them. Made by the decoder of this package and by users; called by the encoders.

/** A duration; months, days and nanoseconds are all of one sign. */
export interface CqlDuration {
  readonly months: number;
  readonly days: number;
  readonly nanoseconds: bigint;
}

/**
 * A value of any CQL type. What {@link decodeValue} makes of each:
 *
 * | type | value |
 * | --- | --- |
 * | boolean | boolean |
 * | tinyint, smallint, int, float, double | number |
 * | bigint, varint | bigint |
 * | counter | bigint: the sum of its shards; it cannot be encoded |
 * | timestamp | bigint: milliseconds since 1970 |
 * | time | bigint: nanoseconds since midnight |
 * | text, ascii | string |
 * | decimal | string that keeps the scale, as `1.00` or `1E+10` |
 * | date | string, as `2021-01-31` |
 * | uuid, timeuuid, inet | string; IPv6 as in RFC 5952 |
 * | duration | {@link CqlDuration} |
 * | blob, classes that are not known | Uint8Array, a copy |
 * | list, vector | array |
 * | set | Set, in its order |
 * | map | Map, in its order |
 * | tuple | array, null for null; shorter where the value lacks fields at its end |
 * | user type | object by field name, null for null; without the fields that the value lacks at its end |
 * | composite | array |
 *
 * An empty value of a type that is not text or bytes is the empty string, as in Cassandra's JSON. Null stands inside tuples and
 * user types alone. Nothing is lost but what Cassandra does not tell apart: bits of NaN, leading sign bytes of varints, booleans other than 0
 * and 1, and leading bytes of old composites (those are Uint8Arrays).
 */
export type CqlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | CqlDuration
  | readonly CqlValue[]
  | ReadonlySet<CqlValue>
  | ReadonlyMap<CqlValue, CqlValue>
  | { readonly [field: string]: CqlValue };
