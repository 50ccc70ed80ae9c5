// A peer that says exactly what a test tells it to, well or badly. Called by tests only.
import {
  acceptInternode,
  type Connection,
  dialStreaming,
  type Listener,
  TransportError,
} from '@scamander/transport';
import {
  type Endpoint,
  encodeStreamMessage,
  type StreamingVersion,
  type StreamMessage,
} from '@scamander/wire-codec';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as assert from 'uvu/assert';
import { MessageSource } from '../../src/runtime/message-source.ts';
import { partitioner } from '../partitioner.ts';
import { type World, within } from './two-peers.ts';

const VERSIONS = { min: 12, max: 14 };
const PATIENCE_MS = 1_000_000_000;

/** One connection after the handshake. */
export class RawConnection {
  readonly connection: Connection;
  readonly #world: World;
  readonly #source: MessageSource;
  readonly #version: StreamingVersion;

  constructor(world: World, connection: Connection, version: StreamingVersion) {
    this.#world = world;
    this.connection = connection;
    this.#version = version;
    const context = { version, partitioner };
    this.#source = new MessageSource(connection, { clock: world.clock, context }, PATIENCE_MS);
  }

  async send(...messages: StreamMessage[]): Promise<this> {
    for (const message of messages)
      await this.raw(encodeStreamMessage(message, { version: this.#version, partitioner }));
    return this;
  }

  async raw(...bytes: (Uint8Array | readonly number[])[]): Promise<this> {
    for (const piece of bytes)
      await within(this.#world.clock, this.connection.write(Uint8Array.from(piece)));
    return this;
  }

  /** The next message's type, or how the connection ended. */
  async next(): Promise<string> {
    const brought = await within(this.#world.clock, this.#source.next());
    return brought.kind === 'message' ? brought.message.type : brought.kind;
  }

  /** The next messages are these. */
  async expect(...types: string[]): Promise<this> {
    for (const type of types) assert.is(await this.next(), type);
    return this;
  }

  /** Takes payload bytes. */
  async take(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const bytes = await within(this.#world.clock, this.connection.read());
      if (bytes === null) throw new Error('the payload ended early');
      const mine = Math.min(left, bytes.length);
      this.connection.unread(bytes.subarray(mine));
      left -= mine;
    }
  }
}

/** Where raw peers live. */
export const RAW: Endpoint = { host: '10.0.0.66', port: 7000 };

/** Dials one of the peers as an initiator or data sender would. */
export const rawDial = async (world: World, to: Endpoint, from = RAW): Promise<RawConnection> => {
  const transport = world.network.transport(from.host);
  const dialled = await within(
    world.clock,
    dialStreaming({ transport, clock: world.clock }, { to, from, versions: VERSIONS }),
  );
  if (isLeft(dialled)) throw dialled.left;
  return new RawConnection(world, dialled.right.connection, dialled.right.version);
};

/** Listens as a node would, but does nothing by itself. */
export class RawListener {
  readonly #world: World;
  readonly #listener: Listener;
  readonly #arrived: Connection[] = [];
  readonly #wanted: ((connection: Connection) => void)[] = [];

  constructor(world: World, listener: Listener) {
    this.#world = world;
    this.#listener = listener;
    listener.connections$.subscribe((connection) => {
      const wanted = this.#wanted.shift();
      if (wanted === undefined) this.#arrived.push(connection);
      else wanted(connection);
    });
  }

  static async at(world: World, endpoint = RAW): Promise<RawListener> {
    const listening = await world.network.transport(endpoint.host).listen(endpoint);
    if (isLeft(listening)) throw listening.left;
    return new RawListener(world, listening.right);
  }

  /** The next connection before any byte. */
  connection(): Promise<Connection> {
    const arrived = this.#arrived.shift();
    if (arrived !== undefined) return Promise.resolve(arrived);
    return within(
      this.#world.clock,
      new Promise<Connection>((resolve) => this.#wanted.push(resolve)),
    );
  }

  /** The next connection after the handshake. */
  async accept(): Promise<RawConnection> {
    const connection = await this.connection();
    const answer = await within(
      this.#world.clock,
      acceptInternode({ clock: this.#world.clock }, connection, { versions: VERSIONS }),
    );
    if (isLeft(answer)) throw answer.left;
    return new RawConnection(this.#world, connection, answer.right.version);
  }

  async close(): Promise<void> {
    await this.#listener.close();
    for (const connection of this.#arrived)
      connection.destroy(new TransportError({ code: 'SCM_NET_ABORTED', peer: 'test' }));
  }
}
