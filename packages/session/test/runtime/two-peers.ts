// Two peers in one process: a virtual clock, a network in memory, a manager on each side, files in memory. A test is a short story that
// ends in assertNothingOpen(). Called by tests only.
import { createHash } from 'node:crypto';
import { unlimited } from '@scamander/throttle';
import {
  type Connection,
  type Listener,
  type MemoryNetwork,
  memoryNetwork,
  type Transport,
} from '@scamander/transport';
import type { Endpoint } from '@scamander/wire-codec';
import { seededRandom, VirtualClock } from '@scamander-tools/testing';
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { tap } from 'rxjs';
import * as assert from 'uvu/assert';
import type { StreamParts } from '../../src/parts.ts';
import type { OutgoingFiles } from '../../src/ports.ts';
import { SessionRegistry } from '../../src/session-registry.ts';
import { StreamManager, type StreamManagerOptions } from '../../src/stream-manager.ts';
import { StreamPlan, type StreamPlanOptions } from '../../src/stream-plan.ts';
import type { StreamResult } from '../../src/stream-result.ts';
import type { StreamState } from '../../src/stream-state.ts';
import { partitioner } from '../partitioner.ts';
import { MemoryOutgoing, MemoryStore, pattern } from './files.ts';

/** The longest anything may take in virtual time: more than the longest default timer. */
export const BOUND_MS = 2 * 3_600_000;

/** Remembers every connection that passes, so that a test can ask whether it is closed. */
export const watchedTransport = (inner: Transport, open: Set<Connection>): Transport => {
  const watch = (connection: Connection): void => {
    open.add(connection);
    void connection.closed.then(() => open.delete(connection));
  };
  return {
    name: `watched(${inner.name})`,
    connect: async (to, options) => {
      const dialled = await inner.connect(to, options);
      if (!isLeft(dialled)) watch(dialled.right);
      return dialled;
    },
    listen: async (at) => {
      const listening = await inner.listen(at);
      if (isLeft(listening)) return listening;
      const listener = listening.right;
      return right({
        endpoint: listener.endpoint,
        connections$: listener.connections$.pipe(tap(watch)),
        close: () => listener.close(),
      });
    },
  };
};

/** One program on the network. */
export class Peer {
  readonly endpoint: Endpoint;
  readonly store = new MemoryStore();
  readonly parts: StreamParts;
  readonly manager: StreamManager;
  readonly connections = new Set<Connection>();
  #listener: Listener | undefined;
  #serving: { close(): Promise<void> } | undefined;

  constructor(
    host: string,
    clock: VirtualClock,
    transport: Transport,
    options: StreamManagerOptions & { readonly outgoing?: OutgoingFiles } = {},
  ) {
    this.endpoint = { host, port: 7000 };
    this.parts = {
      transport: watchedTransport(transport, this.connections),
      clock,
      throttle: { limiterFor: () => unlimited },
      partitioner,
      localEndpoint: this.endpoint,
      random: seededRandom(host.length * 7919 + host.charCodeAt(host.length - 1)),
      unixMs: () => 1_700_000_000_000 + clock.nowMs(),
      incoming: this.store,
      sessions: new SessionRegistry(),
      ...(options.outgoing === undefined ? {} : { outgoing: options.outgoing }),
    };
    this.manager = new StreamManager(this.parts, options);
  }

  async listen(): Promise<this> {
    const listening = await this.parts.transport.listen(this.endpoint);
    if (isLeft(listening)) throw listening.left;
    this.#listener = listening.right;
    this.#serving = this.manager.serve(this.#listener);
    return this;
  }

  async close(): Promise<void> {
    await this.#serving?.close();
  }

  plan(options?: StreamPlanOptions, change: Partial<StreamParts> = {}): StreamPlan {
    return new StreamPlan('Bulk Load', { ...this.parts, ...change }, options);
  }
}

/** Both peers and everything they share. */
export interface World {
  readonly clock: VirtualClock;
  readonly network: MemoryNetwork;
  readonly left: Peer;
  readonly right: Peer;
}

/** Options of a world: what lies between a peer and the network. */
export interface WorldOptions {
  readonly leftTransport?: (inner: Transport, clock: VirtualClock) => Transport;
  readonly rightTransport?: (inner: Transport, clock: VirtualClock) => Transport;
  readonly left?: StreamManagerOptions & { readonly outgoing?: OutgoingFiles };
  readonly right?: StreamManagerOptions & { readonly outgoing?: OutgoingFiles };
  readonly pipeBytes?: number;
}

/** Two peers that listen. */
export const makeWorld = async (options: WorldOptions = {}): Promise<World> => {
  const clock = new VirtualClock();
  const network = memoryNetwork(
    options.pipeBytes === undefined ? {} : { pipeBytes: options.pipeBytes },
  );
  const [from, to] = [network.transport('10.0.0.9'), network.transport('10.0.0.1')];
  const leftPeer = new Peer(
    '10.0.0.9',
    clock,
    options.leftTransport?.(from, clock) ?? from,
    options.left,
  );
  const rightPeer = new Peer(
    '10.0.0.1',
    clock,
    options.rightTransport?.(to, clock) ?? to,
    options.right,
  );
  return { clock, network, left: await leftPeer.listen(), right: await rightPeer.listen() };
};

/** Moves time until the promise is settled, or fails after the bound. */
export const within = async <T>(
  clock: VirtualClock,
  promise: Promise<T>,
  boundMs = BOUND_MS,
): Promise<T> => {
  let over = false;
  const done = (): void => {
    over = true;
  };
  promise.then(done, done);
  const until = clock.nowMs() + boundMs;
  for (let idle = 0; !over && clock.nowMs() < until; idle++)
    await clock.advance(idle < 50 ? 0 : 500);
  assert.ok(over, `not over after ${boundMs} ms of virtual time`);
  return promise;
};

/** The end of a plan, on the virtual clock. */
export const settled = (world: World, result: StreamResult): Promise<StreamState> =>
  within(world.clock, result.settled());

/** Lets both sides come to their end, closes the managers, and finds nothing left. */
export const assertNothingOpen = async (
  world: World,
  files: readonly MemoryOutgoing[] = [],
): Promise<void> => {
  const { clock, left, right } = world;
  const quiet = (): boolean =>
    [left, right].every(({ manager }) => manager.sessions.all().length === 0);
  const until = clock.nowMs() + BOUND_MS;
  for (let idle = 0; !quiet() && clock.nowMs() < until; idle++)
    await clock.advance(idle < 50 ? 0 : 500);
  assert.ok(quiet(), 'sessions are left in a manager');
  await within(clock, Promise.all([left.close(), right.close()]));
  await clock.advance(0);
  for (const peer of [left, right]) {
    assert.is(peer.manager.connectionsWithoutSession, 0, 'connections without a session');
    assert.is(peer.connections.size, 0, `connections of ${peer.endpoint.host}`);
    assert.is(peer.store.open, 0, `files being received at ${peer.endpoint.host}`);
    assert.is(peer.manager.sessions.observed, false, 'subscriptions of the manager');
  }
  assert.is(clock.pendingTimers, 0, 'timers');
  for (const file of files)
    assert.is(file.released, 1, `${file.name} was released ${file.released} times`);
};

/** Files of a table: `sizes` in bytes, each one entire SSTable of two components. */
export const entireFiles = (tableId: string, ...sizes: number[]): MemoryOutgoing[] =>
  sizes.map(
    (size, index) =>
      new MemoryOutgoing(`${tableId.slice(0, 1)}${index}`, tableId, [
        pattern(size, index),
        pattern(7, index + 100),
      ]),
  );

/** Short text that stands for bytes. */
export const digestOf = (...parts: Uint8Array[]): string => {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** What a store must hold after these files were committed. */
export const contentsOf = (sizes: readonly number[]): string[] =>
  sizes.map((size, index) => digestOf(pattern(size, index), pattern(7, index + 100))).sort();

/** What a store holds of a table, in a fixed order. */
export const visibleOf = (store: MemoryStore, tableId: string): string[] | undefined =>
  store.visible
    .get(tableId)
    ?.map((bytes) => digestOf(bytes))
    .sort();
