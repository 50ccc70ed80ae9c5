// Data plane. Which of the sixteen node types a node of a trie gets, and how long it is then (spec: sstable-index-and-stats §7.1, §7.2;
// TrieNode.typeFor). Called by the trie writer for every node, some more than once. Pure numbers.

/** A node without children. */
export const PAYLOAD_ONLY = 0;
const SINGLE_NOPAYLOAD_4 = 1;
const SINGLE_8 = 2;
const SINGLE_NOPAYLOAD_12 = 3;
const SINGLE_16 = 4;
const LONG_DENSE = 15;
const SPARSE_FIRST = 5;
const DENSE_FIRST = 10;

/** Bits of the distances of the types from 5 (sparse) and from 10 (dense) on. */
const SPARSE_BITS = [8, 12, 16, 24, 40];
const DENSE_BITS = [12, 16, 24, 32, 40, 64];
/** Bytes of the types with at most one child. */
const SINGLE_BYTES = [1, 2, 3, 3, 4];

/** Rows of the choice: distances below this … */
const DISTANCE_BELOW = [2 ** 4, 2 ** 8, 2 ** 12, 2 ** 16, 2 ** 24, 2 ** 32, 2 ** 40];
/** … and the type of a node with one child, with some children, with many. */
const SINGLE = [SINGLE_NOPAYLOAD_4, SINGLE_8, SINGLE_NOPAYLOAD_12, SINGLE_16, 12, 13, 14, 15];
const SPARSE = [5, 5, 6, 7, 8, 9, 9, LONG_DENSE];
const DENSE = [10, 10, 10, 11, 12, 13, 14, LONG_DENSE];

const isSparse = (type: number): boolean => type >= SPARSE_FIRST && type < DENSE_FIRST;

/** Bits of each distance in a node of several children, or of one that is stored as such. */
export const distanceBits = (type: number): number =>
  isSparse(type) ? SPARSE_BITS[type - SPARSE_FIRST]! : DENSE_BITS[type - DENSE_FIRST]!;

/** Whether the children of a node of this type are listed by their bytes; undefined for types of at most one child. */
export const isSparseType = (type: number): boolean | undefined =>
  type < SPARSE_FIRST ? undefined : isSparse(type);

/** Bytes of a node without its payload. `span` is from the first to the last transition byte, both counted. */
export const nodeBytes = (type: number, childCount: number, span: number): number => {
  if (type < SPARSE_FIRST) return SINGLE_BYTES[type]!;
  const bits = distanceBits(type);
  return isSparse(type)
    ? 2 + childCount + Math.ceil((childCount * bits) / 8)
    : 3 + Math.ceil((span * bits) / 8);
};

/** The type that Cassandra chooses. `distance` is that of the farthest child. */
export const nodeType = (
  childCount: number,
  span: number,
  distance: number,
  hasPayload: boolean,
): number => {
  if (childCount === 0) return PAYLOAD_ONLY;
  let row = 0;
  while (row < DISTANCE_BELOW.length && distance >= DISTANCE_BELOW[row]!) row += 1;
  if (childCount === 1) {
    const type = SINGLE[row]!;
    const lacksPayload = type === SINGLE_NOPAYLOAD_4 || type === SINGLE_NOPAYLOAD_12;
    return hasPayload && lacksPayload ? SINGLE[row + 1]! : type;
  }
  const sparse = SPARSE[row]!;
  const dense = DENSE[row]!;
  return nodeBytes(sparse, childCount, span) < nodeBytes(dense, childCount, span) ? sparse : dense;
};
