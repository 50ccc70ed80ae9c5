// Data plane. How a payload goes from the source's connection to the replicas: as it is, or a whole SSTable without some of its components.
// Called by the relay of one file, which says where the pieces go. A piece is gone before the next is read.
import type { PayloadPull } from '@scamander/transport';
import {
  type CassandraStreamHeader,
  decodeBlockHeader,
  type ManifestEntry,
} from '@scamander/wire-codec';
import { DataDigest } from './data-digest.ts';
import { RelayError } from './relay-error.ts';

/** Where pieces go. */
export interface Outlet {
  /** Resolves when the bytes may be reused. `countedBytes` is what the piece adds to the size of the file. */
  push(bytes: Uint8Array, countedBytes: number): Promise<void>;
}

/** Opens the outlet with the header that the replicas get; once. */
export type OpenOutlet = (header: CassandraStreamHeader) => Outlet;

/** Takes exactly one payload off the source and pushes what the replicas get. */
export type Pipe = (payload: PayloadPull, open: OpenOutlet) => Promise<void>;

/** More than any connection gives at once. */
const ANY_BYTES = 2 ** 30;

/** So many bytes as they are: the chunks of compressed sections. */
export const pipeBytes =
  (header: CassandraStreamHeader, totalBytes: number): Pipe =>
  async (payload, open) => {
    const outlet = open(header);
    for (let left = totalBytes; left > 0; ) {
      const view = await payload.read(Math.min(left, ANY_BYTES));
      payload.moved(view.length, view);
      await outlet.push(view, view.length);
      left -= view.length;
    }
  };

const HEADER_BYTES = 8;
/** Follows the lengths before each LZ4 block: how far the payload surely goes, and what it counts for (spec: streaming-4.0-plus §4.1). */
class BlockWalk {
  readonly #lengths = Buffer.alloc(HEADER_BYTES);
  #have = 0;
  #blockLeft = 0;
  #blockDecoded = 0;
  #decodedLeft: number;

  constructor(decodedBytes: number) {
    this.#decodedLeft = decodedBytes;
  }

  /** Bytes that may be read without going beyond the payload; 0 at its end. */
  get allowed(): number {
    if (this.#blockLeft > 0)
      return this.#blockLeft + (this.#decodedLeft > this.#blockDecoded ? HEADER_BYTES : 0);
    return this.#decodedLeft > 0 ? HEADER_BYTES - this.#have : 0;
  }

  /** Goes on over these bytes; the decoded bytes of the blocks that end in them. */
  feed(view: Uint8Array): number {
    let decoded = 0;
    for (let at = 0; at < view.length; ) {
      if (this.#blockLeft > 0) {
        const taken = Math.min(this.#blockLeft, view.length - at);
        this.#blockLeft -= taken;
        at += taken;
        if (this.#blockLeft === 0) {
          decoded += this.#blockDecoded;
          this.#decodedLeft -= this.#blockDecoded;
          this.#blockDecoded = 0;
        }
      } else {
        const taken = Math.min(HEADER_BYTES - this.#have, view.length - at);
        this.#lengths.set(view.subarray(at, at + taken), this.#have);
        this.#have += taken;
        at += taken;
        if (this.#have === HEADER_BYTES) this.#begin();
      }
    }
    return decoded;
  }

  #begin(): void {
    const header = decodeBlockHeader(this.#lengths);
    if (header.kind !== 'message')
      throw new RelayError('SCM_COPY_PAYLOAD', 'the lengths of a block are impossible');
    this.#have = 0;
    this.#blockLeft = header.value.compressedLength;
    this.#blockDecoded = header.value.uncompressedLength;
  }
}

/** LZ4 blocks as they are, until they have decoded to so many bytes: uncompressed sections. */
export const pipeBlocks =
  (header: CassandraStreamHeader, decodedBytes: number): Pipe =>
  async (payload, open) => {
    const outlet = open(header);
    const walk = new BlockWalk(decodedBytes);
    for (let allowed = walk.allowed; allowed > 0; allowed = walk.allowed) {
      const view = await payload.read(allowed);
      const counted = walk.feed(view);
      if (counted > 0) payload.moved(counted, undefined);
      await outlet.push(view, counted);
    }
  };

/** Reads the components one after the other, view by view; `leftBytes` of the component are still to come after the view. */
export const eachComponentView = async (
  payload: PayloadPull,
  manifest: readonly ManifestEntry[],
  take: (name: string, view: Uint8Array, leftBytes: number) => Promise<void>,
): Promise<void> => {
  for (const { name, lengthBytes } of manifest) {
    for (let left = Number(lengthBytes); left > 0; ) {
      const view = await payload.read(Math.min(left, ANY_BYTES));
      payload.moved(view.length, view);
      left -= view.length;
      await take(name, view, left);
    }
  }
};

/** The name of the last component that has bytes. */
const lastWithBytes = (manifest: readonly ManifestEntry[]): string | undefined =>
  manifest.findLast(({ lengthBytes }) => lengthBytes > 0n)?.name;

/**
 * A whole SSTable as whole components, those of `header` only. The last piece waits until the digest of Data.db is known to be right: without it
 * no replica can complete.
 */
export const pipeEntire =
  (header: CassandraStreamHeader, manifest: readonly ManifestEntry[]): Pipe =>
  async (payload, open) => {
    const outlet = open(header);
    const digest = new DataDigest();
    const kept = header.entire?.manifest ?? [];
    const names = new Set(kept.map(({ name }) => name));
    const lastName = lastWithBytes(kept);
    let held: Uint8Array | undefined;
    await eachComponentView(payload, manifest, async (name, view, leftBytes) => {
      digest.see(name, view);
      if (!names.has(name)) return;
      if (name === lastName && leftBytes === 0) held = Uint8Array.from(view);
      else await outlet.push(view, view.length);
    });
    digest.check();
    if (held !== undefined) await outlet.push(held, held.length);
  };
