// Data plane. One node of a trie → its bytes (spec: sstable-index-and-stats §7.1; TrieNode.serialize). Called by the trie writer, which has
// chosen the place. The mirror of TrieNode.
import type { ByteWriter } from '@scamander/bytes';
import type { PendingNode } from './pending-node.ts';
import { distanceBits, isSparseType } from './trie-node-type.ts';

const writeDistance = (writer: ByteWriter, distance: number, bytes: number): void => {
  for (let i = bytes - 1; i >= 0; i--) writer.u8(Math.floor(distance / 2 ** (8 * i)) & 0xff);
};

/** "Packed 12-bit values: two per three bytes; a trailing odd value takes two bytes with the low nibble of the second zero." */
const writePacked = (writer: ByteWriter, distances: readonly number[]): void => {
  for (let i = 0; i < distances.length; i += 2) {
    const first = distances[i]!;
    const second = distances[i + 1];
    writer.u8(first >> 4);
    writer.u8(((first & 15) << 4) | ((second ?? 0) >> 8));
    if (second !== undefined) writer.u8(second & 0xff);
  }
};

const writeDistances = (writer: ByteWriter, distances: readonly number[], bits: number): void => {
  if (bits === 12) writePacked(writer, distances);
  else for (const distance of distances) writeDistance(writer, distance, bits / 8);
};

/** Types 0 to 4. */
const writeSingle = (
  writer: ByteWriter,
  type: number,
  flags: number,
  child: PendingNode | undefined,
  position: number,
): void => {
  const distance = child === undefined ? 0 : position - child.position;
  const transition = child?.transition ?? 0;
  // types 1 and 3 have bits of the distance where the others have the flags of their payload
  const low = type === 1 ? distance : type === 3 ? distance >> 8 : flags;
  writer.u8((type << 4) | low);
  if (type === 3) writer.u8(distance & 0xff);
  if (type > 0) writer.u8(transition);
  if (type === 2) writer.u8(distance);
  if (type === 4) writer.u16(distance);
};

/** In dense nodes a distance of 0 stands for a byte without a child. */
const denseDistances = (children: readonly PendingNode[], position: number): number[] => {
  const first = children[0]!.transition;
  const distances = new Array<number>(children.at(-1)!.transition - first + 1).fill(0);
  for (const child of children) distances[child.transition - first] = position - child.position;
  return distances;
};

/** Writes a node whose children are all written, at the position where the writer stands in the file. */
export const writeNode = (writer: ByteWriter, node: PendingNode, position: number): void => {
  const { children, payloadFlags: flags } = node;
  const type = node.typeAt(position);
  const sparse = isSparseType(type);
  if (sparse === undefined) {
    writeSingle(writer, type, flags, children[0], position);
  } else {
    writer.u8((type << 4) | flags);
    if (sparse) {
      writer.u8(children.length);
      for (const child of children) writer.u8(child.transition);
      const distances = children.map((child) => position - child.position);
      writeDistances(writer, distances, distanceBits(type));
    } else {
      const distances = denseDistances(children, position);
      writer.u8(children[0]!.transition);
      writer.u8(distances.length - 1);
      writeDistances(writer, distances, distanceBits(type));
    }
  }
  node.writePayload(writer);
};
