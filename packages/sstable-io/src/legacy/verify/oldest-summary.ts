// Data plane. Summary.db of 1.2 against Index.db: entries one behind the other, without offsets (spec: sstable-old-formats §9). Called by the
// verification of old SSTables. Lookups don't use it.
import { ByteReader } from '@scamander/bytes';
import { IndexScanner } from '../../big-index/index-scanner.ts';
import { corrupt, decoding } from '../../io/decoding.ts';
import { KEY_BYTES_MAX, STATISTICS_BYTES_MAX } from '../../limits.ts';
import type { Findings } from '../../verify/findings.ts';
import { hex } from '../../verify/key-order.ts';
import type { LegacyParts } from '../legacy-parts.ts';

/** The entry of Index.db that the reader's next sample is of. */
const sampleOf = (reader: ByteReader): { position: number; key: Uint8Array } => ({
  position: reader.i64Number(),
  key: reader.bytes32(KEY_BYTES_MAX),
});

/** Every sample and both boundary keys. A node makes a summary that is wrong anew. */
export const checkOldestSummary = async (parts: LegacyParts, findings: Findings): Promise<void> => {
  const path = parts.files.path('Summary.db');
  await findings.check(path, async () => {
    const bytes = await parts.files.whole('Summary.db', STATISTICS_BYTES_MAX);
    const reader = new ByteReader(bytes);
    const read = <T>(decode: () => T): T => decoding(path, 0, decode);
    const { interval, count } = read(() => ({ interval: reader.i32(), count: reader.i32() }));
    if (interval < 1 || count < 1) {
      throw corrupt(path, 0, `${count} entries, every ${interval}`, '1 or more');
    }
    const file = await parts.files.file('Index.db');
    const scanner = new IndexScanner(file, 0, 'scan', parts.features.indexLayout);
    let entries = 0;
    let last: Uint8Array = new Uint8Array(0);
    for (; await scanner.next(); entries++) {
      last = scanner.key.slice();
      if (entries % interval !== 0) continue;
      const at = reader.position;
      const sample = read(() => sampleOf(reader));
      if (sample.position !== scanner.entryOffset || Buffer.compare(sample.key, last) !== 0) {
        const expected = `${hex(last)} at ${scanner.entryOffset}`;
        throw corrupt(path, at, `key ${hex(sample.key)} at ${sample.position}`, expected);
      }
    }
    const ends = read(() => [reader.bytes32(KEY_BYTES_MAX), reader.bytes32(KEY_BYTES_MAX)]);
    const isWhole = count === Math.ceil(entries / interval);
    const [first, end] = ends as [Uint8Array, Uint8Array];
    const isAlike =
      Buffer.compare(first, parts.index.firstKey) === 0 && Buffer.compare(end, last) === 0;
    if (!isWhole || !isAlike) {
      const found = `${count} entries, keys from ${hex(first)} to ${hex(end)}`;
      throw corrupt(path, reader.position, found, `those of the ${entries} of Index.db`);
    }
  });
};
