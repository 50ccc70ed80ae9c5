// The partition of sstable-data §17.4 and its header: everything that rows can hold, in 144 bytes. Called by this package's tests only.
import { fromHex, headerOf } from './reading.ts';

/** Table of the specification: pk int; ck1 int, ck2 text DESC; static s text; regular a int, m map<text, int>, t set<int>. */
export const GOLDEN_HEADER = headerOf({
  key: 'int',
  clustering: ['int', 'text'],
  descending: [1],
  statics: { s: 'text' },
  regulars: { a: 'int', m: 'map<text, int>', t: 'set<int>' },
  minTimestamp: 1_700_000_000_000_000n,
  minLocalDeletionTime: 1_700_000_000n,
});

/** Static row, then markers and rows, then the end. */
export const GOLDEN_BODY = fromHex(`
  a0 01 06 00 00 01 02 7374
  02  01 0001 00 00000001 03 1b 02 02
  44 00 00000001 01 7a 1a 0d 0a 04  08 0000002a  09 03 02  08 02 6b31 04 00000007  05 0b 04 02 6b32
  02  05 0002 00 00000001 01 6d 05 23 02 02 03 03
  02  06 0001 00 00000002 03 11 03 03
  0c 04 00000003 12 0d 14 64 80c8 02  1a ffffffff  01 1e 04 00000005
  10 00 00000004 01 78 04 19 1e 05 07
  01`);

/** The same in both layouts of a partition deletion. */
export const GOLDEN_OA = Buffer.concat([
  fromHex('0004 00000001 00060a24181e4000 6553f101'),
  GOLDEN_BODY,
]);
/** See {@link GOLDEN_OA}. */
export const GOLDEN_NB = Buffer.concat([
  fromHex('0004 00000001 6553f101 00060a24181e4000'),
  GOLDEN_BODY,
]);
