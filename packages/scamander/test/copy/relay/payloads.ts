// A payload that is read in pieces of given sizes, and an outlet that keeps what it gets. Called by the tests of pipes only.
import type { PayloadPull } from '@scamander/transport';
import type { CassandraStreamHeader, ManifestEntry } from '@scamander/wire-codec';
import type { Outlet, Pipe } from '../../../src/copy/relay/pipes.ts';

/** What a pipe did. */
export interface Piped {
  readonly bytes: Buffer;
  readonly counted: number;
  readonly moved: number;
  /** Bytes of the input that were not read. */
  readonly left: number;
  readonly header: CassandraStreamHeader | undefined;
  readonly error: (Error & { readonly code?: string }) | undefined;
}

/** Runs a pipe over these bytes; each read gives at most the next of `sizes`, in turn. */
export const piped = async (
  pipe: Pipe,
  input: Uint8Array,
  sizes: readonly number[],
): Promise<Piped> => {
  let at = 0;
  let turn = 0;
  let moved = 0;
  let counted = 0;
  let header: CassandraStreamHeader | undefined;
  const got: Buffer[] = [];
  const shared = Buffer.alloc(Math.max(...sizes));
  const payload: PayloadPull = {
    read: async (bytesMax) => {
      const size = Math.min(bytesMax, sizes[turn++ % sizes.length] ?? 1, input.length - at);
      if (size <= 0) throw new Error(`${bytesMax} bytes beyond the payload`);
      // The same buffer each time, as connections do it.
      shared.set(input.subarray(at, at + size));
      at += size;
      return shared.subarray(0, size);
    },
    moved: (lengthBytes) => {
      moved += lengthBytes;
    },
  };
  const outlet: Outlet = {
    push: async (bytes, countedBytes) => {
      got.push(Buffer.from(bytes));
      counted += countedBytes;
    },
  };
  let error: Error | undefined;
  try {
    await pipe(payload, (opened) => {
      header = opened;
      return outlet;
    });
  } catch (thrown) {
    error = thrown as Error;
  }
  return { bytes: Buffer.concat(got), counted, moved, left: input.length - at, header, error };
};

/** A header of sections [0, upper) or of a whole SSTable. */
export const headerOf = (more: Partial<CassandraStreamHeader> = {}): CassandraStreamHeader => ({
  sstableVersion: 'nb',
  formatName: 'big',
  estimatedKeys: 1n,
  sections: [],
  compression: undefined,
  sstableLevel: 3,
  serializationHeader: {
    minTimestamp: 0n,
    minLocalDeletionTime: 0n,
    minTtl: 0n,
    keyType: 'org.apache.cassandra.db.marshal.Int32Type',
    clusteringTypes: [],
    staticColumns: [],
    regularColumns: [],
  },
  tableId: '11111111-1111-1111-1111-111111111111',
  entire: undefined,
  ...more,
});

/** Components back to back, and their manifest. */
export const componentsOf = (
  components: readonly (readonly [string, string | Uint8Array])[],
): { readonly manifest: readonly ManifestEntry[]; readonly bytes: Buffer } => {
  const buffers = components.map(([, content]) => Buffer.from(content as Uint8Array));
  return {
    manifest: components.map(([name], index) => ({
      name,
      lengthBytes: BigInt(buffers[index]?.length ?? 0),
    })),
    bytes: Buffer.concat(buffers),
  };
};
