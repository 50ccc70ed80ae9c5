// Data plane. Checks Data.db of a whole SSTable against its Digest.crc32 while both go by, in whichever order. Called by the pipes of whole
// SSTables: no node checks this when it gets one (spec: streaming-4.0-plus §4.3), and damage of the source would become damage of the target.
import { crc32 } from '@scamander/bytes';
import { DIGEST_BYTES_MAX } from '../../limits.ts';
import { RelayError } from './relay-error.ts';

const DATA = 'Data.db';
const DIGEST = 'Digest.crc32';

/** One SSTable's digest. */
export class DataDigest {
  #crc = 0;
  #text = '';

  /** Bytes of a component, in order. */
  see(component: string, bytes: Uint8Array): void {
    if (component === DATA) this.#crc = crc32(bytes, this.#crc);
    else if (component === DIGEST && this.#text.length < DIGEST_BYTES_MAX)
      this.#text += Buffer.from(bytes).toString('latin1');
  }

  /** Throws when both were seen and differ. The digest is decimal text (spec: sstable-data, Digest.crc32). */
  check(): void {
    const text = this.#text.trim();
    if (text === '' || text === String(this.#crc)) return;
    throw new RelayError(
      'SCM_COPY_DIGEST',
      `the source's Data.db has CRC-32 ${this.#crc}, its Digest.crc32 says ${text.slice(0, 20)}: its bytes are damaged`,
    );
  }
}
