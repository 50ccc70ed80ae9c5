import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { numberFiles } from '../../src/machine/model.ts';
import { A, B, follower, is, out, PEER, request, streamIn, summary } from './story.ts';

const receiving = () =>
  follower()
    .when(is.connected, is.syn([], summary(A, 2), summary(B)))
    .when(is.prepared);

test('receives two tables and stays PREPARING until it is COMPLETE (spec 6.3)', () => {
  follower()
    .when(is.connected)
    .asks('event SessionConnected', 'arm PREPARE_SYN')
    .when(is.keepAlive)
    .asks()
    .when(is.syn([], summary(A, 2), summary(B)))
    .asks('state PREPARING', 'PrepareIncoming', 'cancel PREPARE_SYN')
    .when(is.prepared)
    .asks('send PrepareSynAck', 'event SessionPrepared', 'arm STREAM')
    .when(is.announced(-1, streamIn(A)), is.fileOpened(0))
    .asks('receive 0 from -1', 'cancel STREAM', 'event FileStarted')
    .when(is.fileReceived(0))
    .asks('send Received A0', 'event FileReceived', 'arm STREAM')
    .when(is.announced(-1, streamIn(B)), is.fileOpened(1), is.fileReceived(1))
    .asks(
      'receive 1 from -1',
      'cancel STREAM',
      'event FileStarted',
      'send Received B0',
      'event FileReceived',
      'commit B',
      'arm STREAM',
    )
    .when(is.committed(B))
    .asks('event TableCommitted')
    .when(
      is.announced(-1, streamIn(A, { sequenceNumber: 1 })),
      is.fileOpened(2),
      is.fileReceived(2),
    )
    .asks(
      'receive 2 from -1',
      'cancel STREAM',
      'event FileStarted',
      'send Received A1',
      'event FileReceived',
      'commit A',
    )
    .when(is.committed(A))
    .asks(
      'event TableCommitted',
      'state COMPLETE',
      'send Complete',
      'event SessionComplete',
      'arm close',
    );
});

test('keeps every connection open until the initiator closes (spec 6.6)', () => {
  const done = receiving()
    .when(is.announced(-1, streamIn(B)), is.fileOpened(0), is.fileReceived(0), is.committed(B))
    .when(is.announced(-1, streamIn(A)), is.fileOpened(1, 2), is.fileReceived(1), is.committed(A));
  assert.is(done.session.state, 'COMPLETE');
  done
    .when(is.keepAlive)
    .asks()
    .when(is.ended(-1))
    .asks()
    .when(is.ended(0))
    .asks('close', 'cancel close');
  assert.is(done.session.state, 'COMPLETE');
});

test('closes by itself when the initiator never does', () => {
  const done = follower().when(is.connected, is.syn([]));
  done.when(is.fired('close')).asks('close');
  assert.is(done.session.state, 'COMPLETE');
});

test('never sends after its end, whatever comes (spec 6.3)', () => {
  const inputs = [
    is.complete,
    is.failed,
    is.syn([]),
    is.ack,
    is.received(A, 0),
    is.announced(-1, streamIn(A)),
    is.cancel,
    { type: 'MessageInvalid', connection: 0, reason: 'garbage', offset: 0 } as const,
  ];
  for (const input of inputs) {
    const done = follower().when(is.connected, is.syn([]));
    done.when(input).asks('close', 'cancel close');
    assert.is(done.session.state, 'COMPLETE');
    done.when(is.failed, is.ended(0), is.fired('close')).asks();
  }
});

test('an entire SSTable counts its components (spec 2.6)', () => {
  follower()
    .when(is.connected, is.syn([], summary(A, 8)), is.prepared)
    .when(is.announced(-1, streamIn(A)), is.fileOpened(0, 8), is.fileReceived(0))
    .asks(
      'receive 0 from -1',
      'cancel STREAM',
      'event FileStarted',
      'send Received A0',
      'event FileReceived',
      'commit A',
    );
});

test('answers requests: SYNACK with summaries, files only after PREPARE_ACK, to the initiator as its follower', () => {
  const story = follower()
    .when(is.connected)
    .when(is.syn([request]))
    .asks('state PREPARING', 'SelectFiles', 'cancel PREPARE_SYN')
    .when({ type: 'FilesSelected', files: numberFiles([out(A)]) })
    .asks('send PrepareSynAck', 'event SessionPrepared', 'arm PREPARE_ACK')
    .when(is.ack)
    .asks('state STREAMING', 'open 1', 'cancel PREPARE_ACK')
    .when(is.opened(1));
  assert.is(story.effects('SendFile')[0]?.header.sendByFollower, true);
  story
    .when(is.sent(0))
    .asks('event FileSent', 'arm RECEIVED')
    .when(is.received(A, 0))
    .asks(
      'event FileAcknowledged',
      'release 0',
      'state COMPLETE',
      'send Complete',
      'event SessionComplete',
      'cancel RECEIVED',
      'arm close',
    );
});

test('nothing requested is there: PREPARE_SYNACK is empty and COMPLETE follows at once (spec 6.4)', () => {
  follower()
    .when(is.connected, is.syn([request]))
    .when({ type: 'FilesSelected', files: [] })
    .asks(
      'send PrepareSynAck',
      'event SessionPrepared',
      'state COMPLETE',
      'send Complete',
      'event SessionComplete',
      'arm close',
    );
});

test('a preview: PREPARE_SYNACK, then COMPLETE without the message, then the initiator closes (spec 6.9)', () => {
  follower({ identity: { previewKind: 'UNREPAIRED' } })
    .when(is.connected, is.syn([request], summary(B)))
    .when({ type: 'FilesSelected', files: numberFiles([out(A, 7)]) })
    .asks(
      'send PrepareSynAck',
      'event SessionPrepared',
      'state COMPLETE',
      'event SessionComplete',
      'arm close',
    )
    .when(is.ended(0))
    .asks('close', 'cancel close');
});

test('both directions: COMPLETE only when all is received, committed, sent and acknowledged', () => {
  follower()
    .when(is.connected, is.syn([request], summary(B)))
    .when({ type: 'FilesSelected', files: numberFiles([out(A)]) })
    .asks('PrepareIncoming')
    .when(is.prepared)
    .asks('send PrepareSynAck', 'event SessionPrepared', 'arm PREPARE_ACK')
    .when(is.announced(-1, streamIn(B)), is.fileOpened(0), is.fileReceived(0), is.committed(B))
    .asks(
      'receive 0 from -1',
      'event FileStarted',
      'send Received B0',
      'event FileReceived',
      'commit B',
      'event TableCommitted',
    )
    .when(is.ack, is.opened(1), is.sent(0))
    .when(is.received(A, 0))
    .asks(
      'event FileAcknowledged',
      'release 0',
      'state COMPLETE',
      'send Complete',
      'event SessionComplete',
      'cancel RECEIVED',
      'arm close',
    );
});

test('STREAM on the control connection is taken like any other (spec 6.2)', () => {
  receiving()
    .when(is.announced(0, streamIn(A)))
    .asks('receive 0 from 0', 'cancel STREAM');
});

test('STREAM_INIT twice is harmless before PREPARE_SYN (spec 6.2)', () => {
  const init = {
    type: 'StreamInit',
    from: PEER,
    sessionIndex: 0,
    planId: 'p',
    operation: 'Bulk Load',
    pendingRepair: undefined,
    previewKind: 'NONE',
  } as const;
  follower().when(is.connected).when({ type: 'Message', message: init }).asks();
});

test('never sends KEEP_ALIVE (4.1 and later: the initiator only)', () => {
  const story = follower({ settings: { keepAlivePeriodMs: 1000 } }).when(is.connected);
  story.asksAll('event SessionConnected', 'arm PREPARE_SYN', 'arm notice');
});

test.run();
