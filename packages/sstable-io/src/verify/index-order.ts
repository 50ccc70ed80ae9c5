// Data plane. The part of a deep verification that is cheap for any size: the order of Index.db, without looking into Data.db (spec:
// sstable-index-and-stats §4.1). Called by verification. Murmur3 tokens stay in halves: one BigInt a key would cost more than all the rest.
import { murmur3TokenInto } from '@scamander/bytes';
import { Murmur3Partitioner, type Partitioner, type Token } from '@scamander/ring';
import { IndexScanner } from '../big-index/index-scanner.ts';
import { corrupt } from '../io/decoding.ts';
import type { SSTableParts } from '../io/sstable-parts.ts';
import type { Findings } from './findings.ts';
import { hex, tokenOf } from './key-order.ts';

/** True as long as the tokens of the keys it is given do not descend. */
type AscendingTokens = (key: Uint8Array, offset: number) => boolean;

const ascendingMurmur3 = (): AscendingTokens => {
  const token = { hi: 0, lo: 0 };
  let lastHi = Number.NEGATIVE_INFINITY;
  let lastLo = 0;
  return (key) => {
    murmur3TokenInto(key, token);
    const isAscending = token.hi > lastHi || (token.hi === lastHi && token.lo >= lastLo);
    lastHi = token.hi;
    lastLo = token.lo;
    return isAscending;
  };
};

const ascending = (partitioner: Partitioner, path: string): AscendingTokens => {
  let last: Token | undefined;
  return (key, offset) => {
    const token = tokenOf(partitioner, key, path, offset);
    const isAscending = last === undefined || partitioner.compare(token, last) >= 0;
    last = token;
    return isAscending;
  };
};

const scan = async (
  { files, partitioner, source }: SSTableParts,
  findings: Findings,
): Promise<void> => {
  const file = await files.file('Index.db');
  const isAscending =
    partitioner === Murmur3Partitioner ? ascendingMurmur3() : ascending(partitioner, file.path);
  const scanner = new IndexScanner(file, 0, 'scan');
  let lastPosition = -1;
  for (;;) {
    if (!scanner.nextBuffered()) {
      // Between two buffers: here the caller may have given up.
      findings.read(0);
      if (!(await scanner.next())) return;
    }
    const { key, dataPosition } = scanner;
    const isPlace = lastPosition < 0 ? dataPosition === 0 : dataPosition > lastPosition;
    if (
      !isAscending(key, scanner.entryOffset) ||
      !isPlace ||
      dataPosition >= source.dataLengthBytes
    )
      throw corrupt(
        file.path,
        scanner.entryOffset,
        `key ${hex(key)} at position ${dataPosition}`,
        'keys in order of their tokens, and positions that ascend from 0 to the end of the data',
      );
    lastPosition = dataPosition;
  }
};

/** BTI indexes are tries, whose order is their form. */
export const checkIndexOrder = async (parts: SSTableParts, findings: Findings): Promise<void> => {
  if (parts.features.format !== 'big') return;
  await findings.check(parts.files.path('Index.db'), () => scan(parts, findings));
};
