// A node of a memory network that plays back what a running node sent to an outsider, and keeps what it was sent. Called by tests.
import type { Clock } from '@scamander/throttle';
import {
  acceptInternode,
  type Connection,
  type MemoryNetwork,
  type Transport,
} from '@scamander/transport';
import { decodeAccept, type Endpoint, InternodeMessageReader } from '@scamander/wire-codec';
import * as assert from 'uvu/assert';
import { readDecoded } from '../../src/gossip/connection-bytes.ts';

/** What the played node does after the SYN; gets the address to dial. */
export type Reaction = (transport: Transport, outsider: Endpoint) => Promise<void>;

/** What was seen, and how to end it. */
export interface RecordedNode {
  readonly syns: readonly Uint8Array[];
  readonly connections: readonly Connection[];
  close(): Promise<void>;
}

const readSyn = async (connection: Connection): Promise<Uint8Array | undefined> => {
  const reader = new InternodeMessageReader({ framing: 'crc' });
  for (;;) {
    const bytes = await connection.read();
    if (bytes === null) return undefined;
    reader.push(bytes);
    const answer = reader.next();
    if (answer.kind === 'error') throw answer.error;
    if (answer.kind === 'message') return answer.value.payload;
  }
};

/** Dials the outsider and plays Initiate, waits for Accept, then plays the rest, cut where `pieces` says. */
export const playBack =
  (initiateBytes: number, bytes: Uint8Array, pieceBytes = bytes.length): Reaction =>
  async (transport, outsider) => {
    const dialled = await transport.connect(outsider);
    assert.ok(dialled._tag === 'Right');
    const connection = dialled.right;
    await connection.write(bytes.subarray(0, initiateBytes));
    const accept = await readDecoded(connection, decodeAccept);
    assert.ok(accept._tag === 'Right' && accept.right !== undefined);
    for (let at = initiateBytes; at < bytes.length; at += pieceBytes)
      await connection.write(bytes.subarray(at, at + pieceBytes));
  };

/** Listens as `endpoint`; each SYN is kept and answered by the reaction. */
export const recordedNode = async (
  parts: { readonly network: MemoryNetwork; readonly clock: Clock },
  endpoint: Endpoint,
  react: Reaction,
): Promise<RecordedNode> => {
  const transport = parts.network.transport(endpoint.host);
  const listening = await transport.listen(endpoint);
  assert.ok(listening._tag === 'Right');
  const syns: Uint8Array[] = [];
  const connections: Connection[] = [];
  listening.right.connections$.subscribe((connection) => {
    connections.push(connection);
    const untilEnd = async (): Promise<void> => {
      while ((await connection.read()) !== null);
      await connection.end();
    };
    const serve = async (): Promise<void> => {
      const peer = await acceptInternode(parts, connection, { versions: { min: 12, max: 13 } });
      if (peer._tag === 'Left') return;
      const syn = await readSyn(connection);
      if (syn === undefined) return;
      syns.push(syn);
      await react(transport, peer.right.from);
    };
    // The outsider hangs up when it has what it wants; writes after that fail, as they do at a node.
    serve()
      .catch(() => undefined)
      .then(untilEnd)
      .catch(() => connection.destroy());
  });
  return { syns, connections, close: () => listening.right.close() };
};
