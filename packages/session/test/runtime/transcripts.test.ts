// Sessions captured between real nodes and tools (shared/fixtures/transcripts), played against our two roles.
import { readFileSync } from 'node:fs';
import {
  decodeAccept,
  decodeStreamMessage,
  encodeStreamMessage,
  INITIATE_BYTES,
  payloadPlan,
  type StreamFile,
  type StreamingVersion,
  type StreamMessage,
} from '@scamander/wire-codec';
import { fixture, sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ControlMessage, SessionInput } from '../../src/machine/inputs.ts';
import { createSession, numberFiles, type Session } from '../../src/machine/model.ts';
import { step } from '../../src/machine/step.ts';
import { is, settings } from '../machine/story.ts';
import { partitioner } from '../partitioner.ts';
import { rawDial } from './raw-peer.ts';
import { assertNothingOpen, makeWorld, within } from './two-peers.ts';

const ACCEPT_BYTES = 12;
const INITIATE_IPV4_BYTES = 19;

const read = (release: string, name: string, side: 'initiator' | 'follower'): Buffer =>
  readFileSync(fixture('transcripts', release, `${name}.${side}.bin`));

const versionOf = (release: string, name: string): StreamingVersion => {
  const accept = decodeAccept(read(release, name, 'follower'));
  assert.ok(accept.kind === 'message');
  return accept.value.useVersion as StreamingVersion;
};

const controlMessages = (bytes: Buffer, version: StreamingVersion): ControlMessage[] => {
  const messages: ControlMessage[] = [];
  for (let at = 0; at < bytes.length; ) {
    const decoded = decodeStreamMessage(bytes.subarray(at), { version, partitioner });
    assert.ok(decoded.kind === 'message' && decoded.value.type !== 'Stream');
    messages.push(decoded.value);
    at += decoded.bytes;
  }
  return messages;
};

/** The one STREAM of a file connection, and its payload. */
const fileOf = (
  release: string,
  name: string,
): { readonly stream: StreamFile; readonly payload: Buffer } => {
  const bytes = read(release, name, 'initiator').subarray(INITIATE_IPV4_BYTES);
  const decoded = decodeStreamMessage(bytes, { version: versionOf(release, name), partitioner });
  assert.ok(decoded.kind === 'message' && decoded.value.type === 'Stream');
  return { stream: decoded.value, payload: bytes.subarray(decoded.bytes) };
};

const summaryFilesOf = ({ header }: StreamFile): number => header.entire?.manifest.length ?? 1;
const transferSizeOf = ({ header }: StreamFile): bigint => {
  const plan = payloadPlan(header);
  return plan.kind === 'uncompressed-sections' ? plan.decodedBytes : plan.bytes;
};

const LOADS: readonly [release: string, control: string, file: string][] = [
  ['4.0.19', 'bulkload-lz4-control', 'bulkload-lz4-file'],
  ['4.0.19', 'bulkload-lz4-control2', 'bulkload-lz4-file2'],
  ['4.0.19', 'bulkload-plain-control', 'bulkload-plain-file'],
  ['4.1.10', 'bulkload-lz4-control', 'bulkload-lz4-file'],
  ['4.1.10', 'bulkload-plain-control', 'bulkload-plain-file'],
  ['5.0.6', 'bulkload-lz4-control', 'bulkload-lz4-file'],
  ['5.0.6', 'bulkload-plain-control', 'bulkload-plain-file'],
  ['6.0-alpha2', 'load-control', 'load-file'],
];

const PULLS: readonly [release: string, control: string, ...files: string[]][] = [
  ['4.1.10', 'rebuild-control', 'rebuild-file1', 'rebuild-file2'],
  ['6.0-alpha2', 'pull-control', 'pull-file1', 'pull-file2'],
];

for (const [release, control, file] of LOADS)
  sharedTest(
    test,
    `${release} ${control}: our follower answers a real loader as the node did`,
    async () => {
      const { stream, payload } = fileOf(release, file);
      const version = versionOf(release, control);
      const world = await makeWorld({ right: { versions: { min: version, max: version } } });
      world.right.store.payloadBytesOf = () => payload.length;
      const loader = await rawDial(world, world.right.endpoint);
      await loader.raw(read(release, control, 'initiator').subarray(INITIATE_IPV4_BYTES));
      const expected = read(release, control, 'follower').subarray(ACCEPT_BYTES);
      const answers: Buffer[] = [];
      const hear = async (bytes: number): Promise<void> => {
        while (Buffer.concat(answers).length < bytes) {
          const more = await within(world.clock, loader.connection.read());
          assert.ok(more !== null, 'the follower closed');
          answers.push(Buffer.from(more));
        }
      };
      await hear(5);
      const files = await rawDial(world, world.right.endpoint);
      await files.raw(read(release, file, 'initiator').subarray(INITIATE_IPV4_BYTES));
      await hear(expected.length);
      assert.is(Buffer.concat(answers).toString('hex'), expected.toString('hex'));
      const visible = world.right.store.visible.get(stream.message.tableId);
      assert.equal(
        visible?.map((bytes) => Buffer.from(bytes).toString('hex')),
        [payload.toString('hex')],
      );
      for (const { connection } of [loader, files]) connection.destroy();
      await assertNothingOpen(world);
    },
  );

/** Plays the follower's side of a capture against our machine; returns what we would have written. */
const replay = (
  release: string,
  control: string,
  files: readonly string[],
): { readonly bytes: Buffer; readonly session: Session } => {
  const version = versionOf(release, control);
  const ours = controlMessages(
    read(release, control, 'initiator').subarray(INITIATE_IPV4_BYTES),
    version,
  );
  const theirs = controlMessages(
    read(release, control, 'follower').subarray(ACCEPT_BYTES),
    version,
  );
  const init = ours.find((message) => message.type === 'StreamInit');
  const syn = ours.find((message) => message.type === 'PrepareSyn');
  assert.ok(init?.type === 'StreamInit' && syn?.type === 'PrepareSyn');
  const streams = files.map((name) => fileOf(release, name).stream);
  const sent = streams.filter(({ message }) => !message.sendByFollower);
  const peer = streams.find(({ message }) => message.sendByFollower)?.message.sender ?? {
    host: '127.0.1.1',
    port: 7000,
  };
  let session = createSession({
    identity: { ...init, role: 'initiator', peer, local: init.from },
    settings: settings(),
    requests: syn.requests,
    files: numberFiles(
      sent.map((stream) => ({
        name: 'captured',
        tableId: stream.message.tableId,
        summaryFiles: summaryFilesOf(stream),
        transferSizeBytes: transferSizeOf(stream),
        entire: stream.header.entire !== undefined,
        repairedAtMs: stream.message.repairedAtMs,
        pendingRepair: stream.message.pendingRepair,
      })),
    ),
  });
  const written: StreamMessage[] = [];
  const feed = (...inputs: SessionInput[]): void => {
    for (const input of inputs) {
      const next = step(session, input);
      session = next.state;
      for (const effect of next.effects) if (effect.type === 'Send') written.push(effect.message);
    }
  };
  feed(is.start, { type: 'Connected', version });
  for (const message of theirs) {
    if (message.type === 'Received') feed(is.opened(1), is.sent(message.sequenceNumber));
    if (message.type === 'Complete') {
      // our acknowledgements, in the order they were captured in
      const order = ours.filter((mine) => mine.type === 'Received');
      for (const [incoming, ack] of order.entries()) {
        const stream = streams.find(
          ({ message }) =>
            message.tableId === ack.tableId && message.sequenceNumber === ack.sequenceNumber,
        );
        assert.ok(stream !== undefined);
        feed(
          is.announced(-1, stream),
          is.fileOpened(incoming, summaryFilesOf(stream)),
          is.fileReceived(incoming),
        );
      }
      for (const tableId of new Set(order.map((ack) => ack.tableId))) feed(is.committed(tableId));
    }
    feed({ type: 'Message', message });
    if (message.type === 'PrepareSynAck') feed(is.prepared);
  }
  return {
    bytes: Buffer.concat(
      written.map((message) => encodeStreamMessage(message, { version, partitioner })),
    ),
    session,
  };
};

const capturedWords = (release: string, control: string): Buffer => {
  const version = versionOf(release, control);
  const messages = controlMessages(
    read(release, control, 'initiator').subarray(INITIATE_IPV4_BYTES),
    version,
  );
  return Buffer.concat(
    messages
      // 4.0 sends one at once, we send ours as 4.1 and later do (spec: streaming-4.0-plus §6.8)
      .filter(({ type }) => type !== 'KeepAlive')
      .map((message) => encodeStreamMessage(message, { version, partitioner })),
  );
};

for (const [release, control, ...files] of [...LOADS, ...PULLS])
  sharedTest(test, `${release} ${control}: our initiator says what the real one said`, () => {
    const { bytes, session } = replay(release, control, files);
    assert.is(bytes.toString('hex'), capturedWords(release, control).toString('hex'));
    assert.is(session.state, 'COMPLETE');
  });

sharedTest(test, '6.0-alpha2 load-refused-control: the guardrail is told as what it is', () => {
  const { session } = replay('6.0-alpha2', 'load-refused-control', ['load-file']);
  assert.is(session.state, 'FAILED');
  const error = session.failure?.error;
  assert.ok(error?.code === 'SCM_STREAM_PEER_FAILED');
  assert.match(error.hint, /bulk_load_enabled/);
  assert.is(session.failure?.outcome, 'nothing-applied');
});

sharedTest(test, 'the handshake of every capture has the size this test cuts off', () => {
  assert.ok(INITIATE_BYTES.ipv4 === INITIATE_IPV4_BYTES);
});

test.run();
