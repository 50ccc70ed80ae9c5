import type { StreamMessage } from '@scamander/wire-codec';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StreamErrorType } from '../../src/errors.ts';
import { A, B, request, summary } from '../machine/story.ts';
import { RAW, type RawConnection, RawListener } from './raw-peer.ts';
import { assertNothingOpen, entireFiles, makeWorld, settled } from './two-peers.ts';

const syn: StreamMessage = { type: 'PrepareSyn', requests: [], summaries: [] };

/** An initiator of ours against a raw follower. */
const initiate = async (
  script: (control: RawConnection, listener: RawListener) => Promise<void>,
): Promise<StreamErrorType> => {
  const world = await makeWorld();
  const listener = await RawListener.at(world);
  const files = entireFiles(B, 30);
  const plan = world.left.plan().transferFiles(RAW, files);
  const result = plan.requestRanges(RAW, [request]).execute();
  const control = await listener.accept();
  await control.expect('StreamInit', 'PrepareSyn');
  await script(control, listener);
  const state = await settled(world, result);
  await listener.close();
  await assertNothingOpen(world, files);
  const error = state.sessions[0]?.error;
  assert.ok(error !== undefined);
  return error;
};

test('initiator: a follower that breaks the rules', async () => {
  const scripts: [StreamMessage[], RegExp][] = [
    [[{ type: 'Complete' }], /COMPLETE before/],
    [[{ type: 'PrepareAck' }], /PREPARE_ACK sent to the initiator/],
    [[syn], /PREPARE_SYN sent to the initiator/],
    [
      [
        { type: 'PrepareSynAck', summaries: [] },
        { type: 'PrepareSynAck', summaries: [] },
      ],
      /twice/,
    ],
    [
      [
        { type: 'PrepareSynAck', summaries: [] },
        { type: 'Received', tableId: A, sequenceNumber: 0 },
      ],
      /not under way/,
    ],
    [[{ type: 'PrepareSynAck', summaries: [summary(A), summary(A)] }], /twice/],
  ];
  for (const [messages, reason] of scripts) {
    const error = await initiate(async (control) => {
      await control.send(...messages);
    });
    assert.ok(
      error.code === 'SCM_STREAM_PROTOCOL' && reason.test(error.reason),
      JSON.stringify(error),
    );
  }
});

test('initiator: SESSION_FAILED at once, and while sending', async () => {
  const early = await initiate(async (control) => {
    await control.send({ type: 'SessionFailed' });
  });
  assert.ok(early.code === 'SCM_STREAM_PEER_FAILED' && early.during === 'before PREPARE_SYNACK');
  const late = await initiate(async (control, listener) => {
    await control.send({ type: 'PrepareSynAck', summaries: [] });
    await (await listener.accept()).expect('Stream');
    await control.send({ type: 'SessionFailed' });
  });
  assert.ok(late.code === 'SCM_STREAM_PEER_FAILED' && /receiving/.test(late.during));
});

test('initiator: the file connection is closed first, SESSION_FAILED comes after it: the reason counts', async () => {
  const error = await initiate(async (control, listener) => {
    await control.send({ type: 'PrepareSynAck', summaries: [] });
    const file = await listener.accept();
    await file.expect('Stream');
    file.connection.destroy();
    await control.send({ type: 'SessionFailed' });
  });
  assert.is(error.code, 'SCM_STREAM_PEER_FAILED');
});

test.run();
