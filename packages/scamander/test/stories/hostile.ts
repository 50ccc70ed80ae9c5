// A peer that says exactly what a test tells it to an embedded node, and the node it says it to. Called by tests only.
import { join } from 'node:path';
import { Murmur3Partitioner } from '@scamander/ring';
import type { StreamErrorType } from '@scamander/session';
import type { SSTableFiles } from '@scamander/sstable-io';
import {
  acceptInternode,
  type Connection,
  dialStreaming,
  type Listener,
  type MemoryNetwork,
  memoryNetwork,
} from '@scamander/transport';
import { encodeStreamMessage, type StreamMessage, type StreamSummary } from '@scamander/wire-codec';
import { VirtualClock } from '@scamander-tools/testing';
import * as assert from 'uvu/assert';
import { load } from '../../src/load/load.ts';
import type { LoadReport } from '../../src/load/report.ts';
import { entireFile } from '../../src/outgoing/entire-file.ts';
import type { FrontDoorParts } from '../../src/parts.ts';
import type { EmbeddedNode } from '../../src/serve/serve.ts';
import {
  componentBytes,
  ONE_TRY,
  opened,
  partsWith,
  sampleTable,
  snapshot,
  sstablesBelow,
  startNode,
  tablesOf,
} from '../harness.ts';

export const AT = { host: '10.0.0.1', port: 7000 };
const HOSTILE = { host: '10.0.0.66', port: 7000 };
export const TABLE = sampleTable('4.1.10-nb', 'with_none');
export const TABLE_ID = '5ca3a000-0000-11ee-8000-000000000015';
const CONTEXT = { version: 12, partitioner: Murmur3Partitioner } as const;
const PREPARE_SYNACK = 8;
/** The longest that anything may take in virtual time. */
const BOUND_MS = 3 * 3_600_000;

/** The node, its data directory, and the time of both. */
export class Target {
  readonly clock = new VirtualClock();
  readonly network: MemoryNetwork = memoryNetwork();
  readonly data: string;
  readonly failures: StreamErrorType[] = [];
  #node: EmbeddedNode | undefined;

  constructor(folder: string) {
    this.data = join(folder, 'data');
  }

  async start(change: Partial<FrontDoorParts> = {}): Promise<this> {
    this.#node = await startNode(
      { dataDirectory: this.data, listen: AT, tables: await tablesOf([TABLE]) },
      { ...partsWith(this.network.transport(AT.host), this.clock), ...change },
    );
    this.#node.events$.subscribe((event) => {
      if (event.type === 'SessionFailed') this.failures.push(event.error);
    });
    return this;
  }

  /**
   * Lets virtual time pass until the promise is settled. Only for waits of the node that nothing else ends: disks take real time, and
   * while they do, virtual time stands still.
   */
  async inTime<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    const done = (): void => {
      over = true;
    };
    promise.then(done, done);
    const until = this.clock.nowMs() + BOUND_MS;
    for (let idle = 0; !over && this.clock.nowMs() < until; idle += 1)
      await this.clock.advance(idle < 100 ? 0 : 500);
    assert.ok(over, 'not over within the bound');
    return promise;
  }

  /** A load by somebody honest; whatever was done before, it goes through. */
  async honestLoad(): Promise<LoadReport> {
    const running = load(
      { paths: [TABLE], target: { kind: 'direct', nodes: [AT] }, retry: ONE_TRY },
      { parts: partsWith(this.network.transport('10.0.0.9'), this.clock) },
    );
    const result = await running.result;
    if (result._tag === 'Left') throw new Error(result.left.message);
    return result.right;
  }

  /** Ends the node; nothing may be left but what was there and what was loaded. */
  async close(): Promise<void> {
    const closing = this.clock.nowMs();
    if (this.#node !== undefined) await this.inTime(this.#node.close());
    assert.ok(this.clock.nowMs() - closing <= 2000, 'peers that do not hang up are given 2 s');
    this.assertClean();
    assert.is(this.clock.pendingTimers, 0, 'timers');
  }

  /** Until so many sessions have failed. */
  async failed(count: number): Promise<void> {
    while (this.failures.length < count) await new Promise((resolve) => setImmediate(resolve));
  }

  assertClean(): void {
    const left = snapshot(this.data)
      .map(([path]) => path)
      .filter((path) => !/^\/demo(\/with_none-\w+(\/nb-\d+-big-[\w.]+)?)?$/.test(path));
    assert.equal(left, []);
  }

  /** A connection after the handshake. */
  async dial(): Promise<Raw> {
    const dialled = await dialStreaming(
      { transport: this.network.transport(HOSTILE.host), clock: this.clock },
      { to: AT, from: HOSTILE, versions: { min: 12, max: 12 } },
    );
    if (dialled._tag === 'Left') throw dialled.left;
    return new Raw(dialled.right.connection);
  }

  /** Listens as the hostile peer, greets whoever comes, and reads nothing more. */
  async listen(): Promise<Listener> {
    const listening = await this.network.transport(HOSTILE.host).listen(HOSTILE);
    if (listening._tag === 'Left') throw listening.left;
    listening.right.connections$.subscribe((connection) => {
      acceptInternode({ clock: this.clock }, connection, { versions: { min: 12, max: 12 } }).catch(
        () => connection.destroy(),
      );
    });
    return listening.right;
  }

  /** A connection before the handshake. */
  async connect(): Promise<Raw> {
    const connected = await this.network.transport(HOSTILE.host).connect(AT);
    if (connected._tag === 'Left') throw connected.left;
    return new Raw(connected.right);
  }
}

/** One connection. */
export class Raw {
  readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Says it as far as the node listens; that it hung up is for the test to see, not an error of this side. */
  async raw(...pieces: (Uint8Array | readonly number[])[]): Promise<this> {
    for (const piece of pieces)
      await this.connection.write(Uint8Array.from(piece)).catch(() => undefined);
    return this;
  }

  send(...messages: StreamMessage[]): Promise<this> {
    return this.raw(...messages.map((message) => encodeStreamMessage(message, CONTEXT)));
  }

  /** PREPARE_SYNACK; before it a node does not know what a STREAM is about. */
  async prepared(...messages: StreamMessage[]): Promise<this> {
    await this.send(...messages);
    const [type] = (await this.connection.read()) ?? [];
    assert.is(type, PREPARE_SYNACK);
    return this;
  }

  /** Everything the node still says until it hangs up. */
  async rest(): Promise<Buffer> {
    const heard: Buffer[] = [];
    try {
      for (
        let bytes = await this.connection.read();
        bytes !== null;
        bytes = await this.connection.read()
      )
        heard.push(Buffer.from(bytes));
    } catch {
      // a reset is an end, too
    }
    return Buffer.concat(heard);
  }
}

let plans = 0;
/** A plan of its own for each session. */
export const newPlan = (): string => {
  plans += 1;
  return `5ca3a000-0000-11ef-8000-${plans.toString(16).padStart(12, '0')}`;
};

export const streamInit = (planId: string): StreamMessage => ({
  type: 'StreamInit',
  from: HOSTILE,
  sessionIndex: 0,
  planId,
  operation: 'Bulk Load',
  pendingRepair: undefined,
  previewKind: 'NONE',
});

export const prepareSyn = (...summaries: Partial<StreamSummary>[]): StreamMessage => ({
  type: 'PrepareSyn',
  requests: [],
  summaries: summaries.map((change) => ({
    tableId: TABLE_ID,
    files: 1,
    totalSizeBytes: 1n,
    ranges: [],
    ...change,
  })),
});

export type Stream = Extract<StreamMessage, { type: 'Stream' }>;

/** The STREAM message of the sample as an honest sender says it, and its payload. */
export const honestStream = async (
  planId: string,
): Promise<{ stream: Stream; payload: Buffer; files: number }> => {
  const [files] = await sstablesBelow(TABLE);
  if (files === undefined) throw new Error('no sample');
  const manifest = await opened(files, (sstable) => sstable.manifest({ includeFilter: true }));
  const header = await entireFile({ files, manifest, tableId: TABLE_ID }).header();
  if (header._tag === 'Left') throw new Error(header.left.message);
  return {
    stream: {
      type: 'Stream',
      message: {
        tableId: TABLE_ID,
        sender: HOSTILE,
        planId,
        sendByFollower: false,
        sessionIndex: 0,
        sequenceNumber: 0,
        repairedAtMs: 0n,
        pendingRepair: undefined,
      },
      header: header.right,
    },
    payload: payloadOf(files, manifest),
    files: manifest.length,
  };
};

const payloadOf = (files: SSTableFiles, manifest: readonly { readonly name: string }[]): Buffer =>
  Buffer.concat(manifest.map(({ name }) => componentBytes(files, name)));
