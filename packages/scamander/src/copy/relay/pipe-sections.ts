// Data plane. A whole SSTable that the replicas get as sections: its Data.db alone, made into what a sender of sections would send. Called by
// the relay of one file. The stored chunks of a compressed Data.db are the payload already; an uncompressed one goes into LZ4 blocks.
import { lz4BlockBytesMax, lz4CompressBlock } from '@scamander/sstable-io';
import {
  type CassandraStreamHeader,
  encodeBlockHeader,
  type ManifestEntry,
} from '@scamander/wire-codec';
import { STREAM_BLOCK_BYTES } from '../../limits.ts';
import { DataDigest } from './data-digest.ts';
import { lateCompression } from './late-compression.ts';
import { eachComponentView, type Outlet, type Pipe } from './pipes.ts';

const DATA = 'Data.db';
const BLOCK_HEADER_BYTES = 8;

/** What is done with the bytes of Data.db; `finish` sends what was kept back. */
interface DataSender {
  take(view: Uint8Array, leftBytes: number): Promise<void>;
  finish(): Promise<void>;
}

const chunksAsTheyAre = (outlet: Outlet): DataSender => {
  let held: Uint8Array | undefined;
  return {
    take: async (view, leftBytes) => {
      if (leftBytes === 0) held = Uint8Array.from(view);
      else await outlet.push(view, view.length);
    },
    finish: async () => {
      if (held !== undefined) await outlet.push(held, held.length);
    },
  };
};

/** [i32 compressed][i32 uncompressed][raw LZ4 block] (spec: streaming-4.0-plus §4.1). */
const asBlocks = (outlet: Outlet): DataSender => {
  const raw = Buffer.alloc(STREAM_BLOCK_BYTES);
  const encoded = Buffer.alloc(BLOCK_HEADER_BYTES + lz4BlockBytesMax(STREAM_BLOCK_BYTES));
  let have = 0;
  const send = async (): Promise<void> => {
    if (have === 0) return;
    const counted = have;
    const length = lz4CompressBlock(raw.subarray(0, have), encoded.subarray(BLOCK_HEADER_BYTES));
    encoded.set(encodeBlockHeader(length, counted));
    have = 0;
    await outlet.push(encoded.subarray(0, BLOCK_HEADER_BYTES + length), counted);
  };
  return {
    take: async (view) => {
      for (let at = 0; at < view.length; ) {
        // A full block goes when more follows: the last one waits for the digest.
        if (have === raw.length) await send();
        const taken = Math.min(raw.length - have, view.length - at);
        raw.set(view.subarray(at, at + taken), have);
        have += taken;
        at += taken;
      }
    },
    finish: send,
  };
};

const INFO = 'CompressionInfo.db';

/**
 * The same where the header lists no chunks and CompressionInfo.db comes before Data.db: it is kept, and says what the header lacks. The replicas
 * hear of the file when Data.db begins.
 */
export const pipeLateSections =
  (header: CassandraStreamHeader, manifest: readonly ManifestEntry[]): Pipe =>
  async (payload, open) => {
    const lengthOf = (name: string): number =>
      Number(manifest.find((entry) => entry.name === name)?.lengthBytes ?? 0n);
    const info = Buffer.alloc(lengthOf(INFO));
    const digest = new DataDigest();
    let sender: DataSender | undefined;
    const begun = (): DataSender => {
      const { sstableVersion, formatName } = header;
      const found = lateCompression(info, formatName, sstableVersion, lengthOf(DATA));
      const sections = [{ lower: 0n, upper: found.dataLengthBytes }];
      return chunksAsTheyAre(open({ ...header, sections, compression: found.compression }));
    };
    await eachComponentView(payload, manifest, async (name, view, leftBytes) => {
      digest.see(name, view);
      if (name === INFO) info.set(view, info.length - leftBytes - view.length);
      if (name !== DATA) return;
      sender ??= begun();
      await sender.take(view, leftBytes);
    });
    digest.check();
    await sender?.finish();
  };

/** Sends Data.db of a whole SSTable under a header of sections that cover all of it. */
export const pipeDataAsSections =
  (header: CassandraStreamHeader, manifest: readonly ManifestEntry[]): Pipe =>
  async (payload, open) => {
    const outlet = open(header);
    const sender = header.compression === undefined ? asBlocks(outlet) : chunksAsTheyAre(outlet);
    const digest = new DataDigest();
    await eachComponentView(payload, manifest, async (name, view, leftBytes) => {
      digest.see(name, view);
      if (name === DATA) await sender.take(view, leftBytes);
    });
    digest.check();
    await sender.finish();
  };
