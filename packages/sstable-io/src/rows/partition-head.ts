// Data plane. What precedes the rows of a partition: key, deletion, static row (spec: sstable-data §4.1, §4.2, §4.4). Called by the row reader.
// Throws the control flow of the bytes package.
import { type ByteReader, MalformedBytes } from '@scamander/bytes';
import { readDeletionTime } from '../io/deletion-time.ts';
import { detachRow } from './detach.ts';
import type { PartitionHead } from './model.ts';
import type { RowHeader } from './row-header.ts';
import type { DecoderOptions, UnfilteredDecoder } from './unfiltered-decoder.ts';

/** Reads heads; their bytes are copies. */
export class HeadDecoder {
  /** Deletions of a negative timestamp in `oa` and `da`, taken as they stand (spec §4.2). */
  negativeDeletions = 0;
  readonly #decoder: UnfilteredDecoder;
  readonly #options: DecoderOptions;
  readonly #hasStaticRow: boolean;

  constructor(header: RowHeader, decoder: UnfilteredDecoder, options: DecoderOptions) {
    this.#decoder = decoder;
    this.#options = options;
    this.#hasStaticRow = header.staticColumns.length > 0;
  }

  /** `base` is the position of the reader's index 0. */
  read(reader: ByteReader, base: number): PartitionHead {
    const start = reader.position;
    const key = reader.bytes16();
    if (key.length === 0 && this.#options.isStrict) {
      throw new MalformedBytes({ what: '1 or more', found: 'a key of 0 bytes', offset: start });
    }
    const deletion = readDeletionTime(reader, this.#options.hasUIntDeletionTime);
    const row = this.#hasStaticRow ? this.#decoder.staticRow(reader) : undefined;
    if (this.#options.hasUIntDeletionTime && (deletion?.markedForDeleteAt ?? 0n) < 0n) {
      this.negativeDeletions += 1;
    }
    return {
      key: new Uint8Array(key),
      deletion,
      staticRow: row === undefined ? undefined : detachRow(row),
      position: base + start,
      headerLength: reader.position - start,
    };
  }
}
