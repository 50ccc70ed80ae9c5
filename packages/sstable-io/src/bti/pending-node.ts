// Data plane. A node of a trie that is being written: until it stands in the file (spec: sstable-index-and-stats §7.3; IncrementalTrieWriterPageAware.Node).
// Made by the trie writer only, which holds up to a hundred thousand of them: what belongs to a node is kept in few words.
import type { ByteWriter } from '@scamander/bytes';
import { nodeBytes, nodeType } from './trie-node-type.ts';

/** What a key leads to. */
export interface TriePayload {
  /** 1 to 15. */
  readonly flags: number;
  readonly bytes: Uint8Array;
}

const NOT_WRITTEN = -1;
/** Payloads up to this length are kept as a number. */
const NUMBER_BYTES_MAX = 6;
const NO_CHILDREN: readonly PendingNode[] = [];

const numberOf = (bytes: Uint8Array): number => {
  let value = 0;
  for (let i = 0; i < bytes.length; i++) value = value * 256 + (bytes[i] as number);
  return value;
};

/** Sizes are those of the last estimate; they are final once the node is written. */
export class PendingNode {
  /** The byte that leads here from the parent. */
  transition: number;
  #children: PendingNode[] | undefined;
  /** 0 without a payload. */
  payloadFlags = 0;
  payloadBytes = 0;
  #payload: number | Uint8Array = 0;
  position = NOT_WRITTEN;
  /** Of what is below and not written; 0 once this node is written. */
  branchBytes = 0;
  nodeBytes = 0;
  /** A child is written already, in another place than right before this node. Also until the node is complete. */
  hasOutOfPageChildren = true;
  /** So is something deeper. */
  hasOutOfPageInBranch = false;

  constructor(transition: number) {
    this.transition = transition;
  }

  /** Ascending by transition. */
  get children(): readonly PendingNode[] {
    return this.#children ?? NO_CHILDREN;
  }

  /** Behind all others. */
  addChild(child: PendingNode): void {
    if (this.#children === undefined) this.#children = [child];
    else this.#children.push(child);
  }

  setPayload({ flags, bytes }: TriePayload): void {
    this.payloadFlags = flags;
    this.payloadBytes = bytes.length;
    this.#payload = bytes.length <= NUMBER_BYTES_MAX ? numberOf(bytes) : bytes;
  }

  writePayload(writer: ByteWriter): void {
    if (typeof this.#payload !== 'number') writer.bytes(this.#payload);
    else
      for (let i = this.payloadBytes - 1; i >= 0; i--)
        writer.u8(Math.floor(this.#payload / 2 ** (8 * i)) & 0xff);
  }

  get isWritten(): boolean {
    return this.position !== NOT_WRITTEN;
  }

  /** What has to go before the parent. */
  get totalBytes(): number {
    return this.branchBytes + this.nodeBytes;
  }

  get #span(): number {
    const { children } = this;
    return children.at(-1)!.transition - children[0]!.transition + 1;
  }

  /** Distance of the farthest child if this node were at a position, with what is not written right before it. */
  #distance(position: number): number {
    const { children } = this;
    if (!this.hasOutOfPageChildren && !children[0]!.isWritten) {
      return this.branchBytes - children[0]!.branchBytes;
    }
    let distance = 0;
    let isFirst = true;
    for (const child of children) {
      if (child.isWritten) {
        distance = Math.max(distance, position - child.position);
      } else if (isFirst) {
        distance = Math.max(distance, this.branchBytes - child.branchBytes);
        isFirst = false;
      }
    }
    return distance;
  }

  /** The type of this node at a position. */
  typeAt(position: number): number {
    const { children } = this;
    if (children.length === 0) return nodeType(0, 0, 0, true);
    return nodeType(children.length, this.#span, this.#distance(position), this.payloadFlags !== 0);
  }

  /** Its length there, with its payload. */
  bytesAt(position: number): number {
    const type = this.typeAt(position);
    const { children } = this;
    const span = children.length === 0 ? 0 : this.#span;
    return nodeBytes(type, children.length, span) + this.payloadBytes;
  }

  /** The node stands in the file; what was kept below it is let go, and given back. */
  finish(position: number): readonly PendingNode[] {
    const { children } = this;
    this.position = position;
    this.branchBytes = 0;
    this.nodeBytes = 0;
    this.hasOutOfPageChildren = false;
    this.hasOutOfPageInBranch = false;
    this.payloadFlags = 0;
    this.payloadBytes = 0;
    this.#payload = 0;
    this.#children = undefined;
    return children;
  }

  /** A finished node that nobody refers to becomes a new one. */
  renew(transition: number): this {
    this.transition = transition;
    this.position = NOT_WRITTEN;
    this.hasOutOfPageChildren = true;
    return this;
  }
}
