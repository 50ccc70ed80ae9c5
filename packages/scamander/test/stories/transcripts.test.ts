// Sections that real nodes and loaders sent, byte by byte as captured, into the receiving end of the embedded node.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Murmur3Partitioner } from '@scamander/ring';
import { commitReceived, nodeFileSystem } from '@scamander/sstable-io';
import { systemClock, unlimited } from '@scamander/throttle';
import { type Connection, memoryNetwork } from '@scamander/transport';
import {
  decodeBlockHeader,
  decodeStreamMessage,
  payloadPlan,
  type StreamFile,
} from '@scamander/wire-codec';
import { fixture, sharedTest, withTempFolder } from '@scamander-tools/testing';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSections } from '../../src/serve/incoming-sections.ts';
import { TableRegistry } from '../../src/serve/table-registry.ts';
import { opened, partsWith, sstablesBelow, startNode } from '../harness.ts';

const CONTEXT = { version: 12, partitioner: Murmur3Partitioner } as const;
const INITIATE_BYTES = 19;
const ACCEPT_BYTES = 12;
const BLOCK_HEADER_BYTES = 8;

const capture = (release: string, name: string): Buffer =>
  readFileSync(fixture('transcripts', release, `${name}.bin`));

interface CapturedFile {
  readonly file: StreamFile;
  readonly payload: Buffer;
}

/** Blocks say their own length. */
const blocksBytes = (bytes: Buffer, decodedBytes: bigint): number => {
  let at = 0;
  for (let decoded = 0n; decoded < decodedBytes; ) {
    const header = decodeBlockHeader(bytes.subarray(at, at + BLOCK_HEADER_BYTES));
    if (header.kind !== 'message') throw new Error('no block');
    at += BLOCK_HEADER_BYTES + header.value.compressedLength;
    decoded += BigInt(header.value.uncompressedLength);
  }
  return at;
};

/** The STREAM messages of a file connection whose files come as sections. */
const sectionsIn = (bytes: Buffer, context: { version: 12 | 14 } = CONTEXT): CapturedFile[] => {
  const found: CapturedFile[] = [];
  for (let at = INITIATE_BYTES; at < bytes.length; ) {
    const message = decodeStreamMessage(bytes.subarray(at), { ...CONTEXT, ...context });
    if (message.kind !== 'message') throw new Error(`no message at ${at}`);
    at += message.bytes;
    if (message.value.type !== 'Stream') continue;
    const file = message.value;
    const plan = payloadPlan(file.header);
    const length =
      plan.kind === 'uncompressed-sections'
        ? blocksBytes(bytes.subarray(at), plan.decodedBytes)
        : Number(plan.bytes);
    if (plan.kind !== 'entire') found.push({ file, payload: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
};

/** Both ends of a connection. */
const pair = async (): Promise<{ dialler: Connection; acceptor: Connection }> => {
  const transport = memoryNetwork().transport('10.0.0.1');
  const at = { host: '10.0.0.1', port: 7000 };
  const listening = await transport.listen(at);
  if (listening._tag === 'Left') throw listening.left;
  const accepted = firstValueFrom(listening.right.connections$);
  const dialled = await transport.connect(at);
  if (dialled._tag === 'Left') throw dialled.left;
  return { dialler: dialled.right, acceptor: await accepted };
};

/** The captured tables are all `(id int PRIMARY KEY, v text)`. */
type Rows = ReadonlyMap<number, string>;

const rowsBelow = async (data: string): Promise<Rows> => {
  const rows = new Map<number, string>();
  for (const files of await sstablesBelow(data)) {
    await opened(files, async (sstable) => {
      assert.equal((await sstable.verify('deep')).errors, []);
      const reading = await sstable.rows();
      if (reading._tag === 'Left') throw reading.left;
      const reader = reading.right;
      for (;;) {
        const head = await reader.nextPartition();
        if (head === undefined) break;
        const id = Buffer.from(head.key).readInt32BE();
        for (const row of await reader.nextBatch()) {
          const value = row.kind === 'row' ? row.columns[0]?.cells[0]?.value : undefined;
          if (value !== undefined) rows.set(id, Buffer.from(value).toString());
        }
      }
      await reader.close();
    });
  }
  return rows;
};

const receive = (
  { file, payload }: CapturedFile,
  sstableVersion: 'nb' | 'oa' | 'da',
): Promise<Rows> =>
  withTempFolder(async (data) => {
    const registry = await TableRegistry.open(data);
    const table = await registry.add('ks', 't', file.header.tableId);
    const opening = await openSections(
      file,
      { table, dataDirectory: data, id: '1' },
      { fileSystem: nodeFileSystem, partitioner: Murmur3Partitioner, sstableVersion },
    );
    if (opening._tag === 'Left') throw new Error(`${opening.left.code}: ${opening.left.message}`);
    const { taken, file: incoming } = opening.right;
    const { dialler, acceptor } = await pair();
    const sending = dialler.write(Buffer.concat([payload, Buffer.from('next')]));
    const context = { clock: systemClock, limiter: unlimited, stallTimeoutMs: 0 };
    await lastValueFrom(incoming.receive(acceptor, context));
    assert.is(acceptor.bytesRead, payload.length);
    await sending;
    dialler.destroy();
    const finished = await incoming.finish();
    assert.is(finished._tag, 'Right');
    const transactionId = 'bd1d8c50-6f0d-11f0-8de9-0242ac120002';
    const committed = await commitReceived([taken.plan!], { transactionId });
    assert.is(committed._tag, 'Right');
    return rowsBelow(data);
  });

/** One session of a real loader into a node of ours; what the node answered on the control connection, and what is in its folder. */
const replay = (
  release: string,
  control: string,
  file: string,
): Promise<{ answer: Buffer; rows: Rows }> =>
  withTempFolder(async (data) => {
    const at = { host: '10.0.0.1', port: 7000 };
    const network = memoryNetwork();
    const bytes = capture(release, `${file}.initiator`);
    const tableId = sectionsIn(bytes)[0]!.file.header.tableId;
    const node = await startNode(
      { dataDirectory: data, listen: at, tables: [{ keyspace: 'ks', table: 't', tableId }] },
      partsWith(network.transport(at.host)),
    );
    const dial = async (): Promise<Connection> => {
      const connected = await network.transport('127.0.0.1').connect(at);
      if (connected._tag === 'Left') throw connected.left;
      return connected.right;
    };
    const expected = capture(release, `${control}.follower`).length;
    const heard: Buffer[] = [];
    const hear = async (connection: Connection, untilBytes: number): Promise<void> => {
      while (heard.reduce((sum, { length }) => sum + length, 0) < untilBytes) {
        const view = await connection.read();
        if (view === null) break;
        heard.push(Buffer.from(view));
      }
    };
    try {
      const first = await dial();
      await first.write(capture(release, `${control}.initiator`));
      await hear(first, ACCEPT_BYTES + 5);
      const second = await dial();
      await second.write(bytes);
      await hear(first, expected);
      await Promise.all([first.end(), second.end()]);
    } finally {
      await node.close();
    }
    return { answer: Buffer.concat(heard), rows: await rowsBelow(data) };
  });

const SESSIONS: [name: string, nodes: [control: string, file: string][], rows: number][] = [
  [
    'chunks',
    [
      ['bulkload-lz4-control', 'bulkload-lz4-file'],
      ['bulkload-lz4-control2', 'bulkload-lz4-file2'],
    ],
    40,
  ],
  ['blocks', [['bulkload-plain-control', 'bulkload-plain-file']], 2],
];

for (const [name, nodes, expected] of SESSIONS) {
  sharedTest(
    test,
    `${name} of the loader of 4.0.19: the answers of a real node, and the rows`,
    async () => {
      const all = new Map<number, string>();
      for (const [control, file] of nodes) {
        const { answer, rows } = await replay('4.0.19', control, file);
        const real = capture('4.0.19', `${control}.follower`);
        // the Accept says which versions we speak; PREPARE_SYNACK, RECEIVED and COMPLETE are the same
        assert.equal(answer.subarray(ACCEPT_BYTES), real.subarray(ACCEPT_BYTES));
        for (const [id, value] of rows) {
          assert.is(all.has(id), false, `row ${id} went to one node`);
          all.set(id, value);
        }
      }
      assert.is(all.size, expected);
      assert.ok([...all.values()].every((value) => value.length > 0));
    },
  );
}

sharedTest(test, 'a section in the middle of a block of CRC.db', async () => {
  const [first] = sectionsIn(capture('4.0.19', 'bulkload-plain-file.initiator'));
  const [second] = sectionsIn(capture('4.0.19', 'bulkload-plain-file2.initiator'));
  const ids = [...(await receive(first!, 'nb')).keys(), ...(await receive(second!, 'nb')).keys()];
  assert.is(new Set(ids).size, 3);
});

for (const version of ['nb', 'oa', 'da'] as const) {
  sharedTest(
    test,
    `a bootstrap of 4.1.10, written as ${version}: chunks and blocks bring the same`,
    async () => {
      const [compressed, plain, ...more] = sectionsIn(
        capture('4.1.10', 'bootstrap-file1.initiator'),
      );
      assert.is(more.length, 0);
      assert.ok(compressed!.file.header.compression !== undefined);
      assert.is(plain!.file.header.compression, undefined);
      const rows = await receive(compressed!, version);
      assert.ok(rows.size > 10);
      assert.equal([...(await receive(plain!, version)).keys()], [...rows.keys()]);
    },
  );
}

sharedTest(test, 'sections of 6.0 are of a version that is not read', async () => {
  const [file] = sectionsIn(capture('6.0-alpha2', 'load-file.initiator'), { version: 14 });
  await withTempFolder(async (data) => {
    const registry = await TableRegistry.open(data);
    const table = await registry.add('ks', 't', file!.file.header.tableId);
    const parts = {
      fileSystem: nodeFileSystem,
      partitioner: Murmur3Partitioner,
      sstableVersion: 'nb',
    } as const;
    const place = { table, dataDirectory: join(data), id: '1' };
    const opening = await openSections(file!.file, place, parts);
    assert.is(opening._tag === 'Left' && opening.left.code, 'SCM_SSTABLE_UNKNOWN_VERSION');
  });
});

test.run();
