// Data plane. Timestamps, local deletion times and TTLs as rows store them: differences from the header's bases (spec: sstable-data §4.9;
// SerializationHeader). Called by the decoder of rows. Throws the control flow of the bytes package.
import { type ByteReader, MalformedBytes } from '@scamander/bytes';
import { type DeletionTime, LIVE_TIMESTAMP, NO_DELETION_TIME } from './model.ts';
import type { EncodingStats } from './row-header.ts';

const INT_MIN = -0x80000000;
const INT_MAX = 0x7fffffff;
const NO_DELETION_UINT = 0xffffffff;
/** First bytes from here on begin integers that may not fit a number. */
const BIG_FIRST_BYTE = 0xfe;

/** Reads times against the bases of one header. */
export class TimeDeltas {
  /** Differences of deletion times that took nine bytes: 5.0 counts four too few for each in the size of a marker (spec §19). */
  wideDeltas = 0;
  readonly #minTimestamp: bigint;
  readonly #minLocalDeletionTime: number;
  readonly #minTtl: number;
  readonly #isUnsigned: boolean;
  readonly #isStrict: boolean;
  #lastDelta = 0;
  #lastTimestamp: bigint;

  constructor(
    encoding: EncodingStats,
    options: { readonly hasUIntDeletionTime: boolean; readonly isStrict: boolean },
  ) {
    this.#minTimestamp = encoding.minTimestamp;
    this.#minLocalDeletionTime = encoding.minLocalDeletionTime;
    this.#minTtl = encoding.minTtl;
    this.#isUnsigned = options.hasUIntDeletionTime;
    this.#isStrict = options.isStrict;
    this.#lastTimestamp = BigInt.asIntN(64, encoding.minTimestamp);
  }

  /** The same bigint as before where the difference is the same: most cells of a row have one timestamp. */
  timestamp(reader: ByteReader): bigint {
    if (reader.peekU8() >= BIG_FIRST_BYTE) {
      return BigInt.asIntN(64, reader.uvint() + this.#minTimestamp);
    }
    const delta = reader.uvintNumber();
    if (delta !== this.#lastDelta) {
      this.#lastDelta = delta;
      this.#lastTimestamp = BigInt.asIntN(64, this.#minTimestamp + BigInt(delta));
    }
    return this.#lastTimestamp;
  }

  /** Modulo 2^32; {@link NO_DELETION_TIME} for the pattern that means none in this version. */
  localDeletionTime(reader: ByteReader): number {
    const sum = this.#minLocalDeletionTime + this.#int32(reader, 'a local deletion time');
    if (this.#isUnsigned) {
      const time = sum >>> 0;
      return time === NO_DELETION_UINT ? NO_DELETION_TIME : time;
    }
    const time = sum | 0;
    return time === INT_MAX ? NO_DELETION_TIME : time;
  }

  ttl(reader: ByteReader): number {
    const offset = reader.position;
    const ttl = (this.#minTtl + this.#int32(reader, 'a TTL')) | 0;
    if (ttl <= 0 && this.#isStrict) {
      throw new MalformedBytes({ what: 'more than 0', found: `a TTL of ${ttl}`, offset });
    }
    return ttl;
  }

  /** Timestamp, then local deletion time; undefined for a deletion that deletes nothing. */
  deletion(reader: ByteReader): DeletionTime | undefined {
    const markedForDeleteAt = this.timestamp(reader);
    const localDeletionTime = this.localDeletionTime(reader);
    return markedForDeleteAt === LIVE_TIMESTAMP
      ? undefined
      : { markedForDeleteAt, localDeletionTime };
  }

  /** A difference of 32 bits, sign-extended (pitfall 13): 5.0 refuses larger ones, 4.1 cuts them. */
  #int32(reader: ByteReader, what: string): number {
    const offset = reader.position;
    const delta =
      reader.peekU8() < BIG_FIRST_BYTE
        ? reader.uvintNumber()
        : Number(BigInt.asIntN(64, reader.uvint()));
    if (delta < 0) this.wideDeltas += 1;
    if (this.#isStrict && (delta > INT_MAX || delta < INT_MIN)) {
      throw new MalformedBytes({
        what: 'one of 32 bits, with its sign extended',
        found: `a difference of ${delta} for ${what}`,
        offset,
      });
    }
    return delta;
  }
}
