import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { A, B, initiator, is, out, request, stream, streaming, summary } from './story.ts';

test('a load of one file, from the first byte to the last close (spec 8.1)', () => {
  initiator({ files: [out(A)] })
    .when(is.start)
    .asks('DialControl')
    .when(is.connected)
    .asks(
      'event SessionConnected',
      'send StreamInit',
      'state PREPARING',
      'send PrepareSyn',
      'arm PREPARE_SYNACK',
    )
    .when(is.synAck())
    .asks('event SessionPrepared', 'state STREAMING', 'open 1', 'cancel PREPARE_SYNACK')
    .when(is.opened(1))
    .asks('event FileStarted', 'file 0 over 1')
    .when(is.handedOver(0))
    .asks()
    .when(is.sent(0))
    .asks('event FileSent', 'arm RECEIVED')
    .when(is.received(A, 0))
    .asks(
      'event FileAcknowledged',
      'release 0',
      'state WAIT_COMPLETE',
      'cancel RECEIVED',
      'arm COMPLETE',
    )
    .when(is.complete)
    .asks('state COMPLETE', 'event SessionComplete', 'close', 'cancel COMPLETE');
});

test('PREPARE_SYN has one summary per table, with manifest components counted (spec 2.6)', () => {
  const story = initiator({ files: [out(A, 8), out(B), out(A, 9)] }).when(is.start, is.connected);
  const syn = story.effects('Send')[1]?.message;
  assert.equal(syn, {
    type: 'PrepareSyn',
    requests: [],
    summaries: [
      { tableId: A, files: 17, totalSizeBytes: 52n, ranges: [] },
      { tableId: B, files: 1, totalSizeBytes: 26n, ranges: [] },
    ],
  });
});

test('STREAM_INIT and every STREAM say the same of us (spec 2.7)', () => {
  const story = initiator({ files: [out(A), out(A)], settings: { fileConnectionsMax: 2 } });
  story.when(is.start, is.connected);
  const init = story.effects('Send')[0]?.message;
  story.when(is.synAck(), is.opened(1), is.opened(2));
  const [first, second] = story.effects('SendFile').map(({ header }) => header);
  assert.ok(init?.type === 'StreamInit' && first !== undefined && second !== undefined);
  assert.equal(first.sender, init.from);
  assert.is(first.planId, init.planId);
  assert.is(first.sessionIndex, init.sessionIndex);
  assert.is(first.sendByFollower, false);
  assert.equal([first.sequenceNumber, second.sequenceNumber], [0, 1]);
});

test('nothing goes out before PREPARE_SYNACK', () => {
  initiator({ files: [out(A)] })
    .when(is.start, is.connected)
    .when(is.keepAlive)
    .asks()
    .when(is.keepAlive)
    .asks();
});

test('a session with nothing to do completes without a connection (spec 6.1)', () => {
  initiator().when(is.start).asks('state COMPLETE', 'event SessionComplete', 'close');
});

test('a preview ends with PREPARE_SYNACK: no PREPARE_ACK, no STREAM (spec 6.9)', () => {
  initiator({ files: [out(A)], requests: [request], identity: { previewKind: 'ALL' } })
    .when(is.start, is.connected)
    .when(is.synAck(summary(B, 7)))
    .asks(
      'event SessionPrepared',
      'state COMPLETE',
      'event SessionComplete',
      'close',
      'cancel PREPARE_SYNACK',
    );
});

test('a pull: PREPARE_ACK because something was announced, RECEIVED per file, COMPLETE before or after our commit', () => {
  const begun = () =>
    initiator({ requests: [request] })
      .when(is.start, is.connected)
      .when(is.synAck(summary(A, 2)))
      .asks('PrepareIncoming', 'cancel PREPARE_SYNACK')
      .when(is.prepared)
      .asks('event SessionPrepared', 'send PrepareAck', 'state STREAMING', 'arm STREAM')
      .when(is.announced(-1, stream(A)))
      .asks('receive 0 from -1', 'cancel STREAM')
      .when(is.fileOpened(0))
      .asks('event FileStarted')
      .when(is.announced(-2, stream(A, { sequenceNumber: 1 })), is.fileOpened(1))
      .asks('receive 1 from -2', 'event FileStarted')
      .when(is.fileReceived(1))
      .asks('send Received A1', 'event FileReceived')
      .when(is.fileReceived(0))
      .asks('send Received A0', 'event FileReceived', 'commit A');
  begun()
    .when(is.committed(A))
    .asks('event TableCommitted', 'state WAIT_COMPLETE', 'arm COMPLETE')
    .when(is.complete)
    .asks('state COMPLETE', 'event SessionComplete', 'close', 'cancel COMPLETE');
  begun()
    .when(is.complete)
    .asks('state WAIT_COMPLETE')
    .when(is.committed(A))
    .asks('event TableCommitted', 'state COMPLETE', 'event SessionComplete', 'close');
});

test('a pull of nothing: no PREPARE_ACK, COMPLETE comes right behind PREPARE_SYNACK (spec 8.2)', () => {
  initiator({ requests: [request] })
    .when(is.start, is.connected)
    .when(is.synAck())
    .asks(
      'event SessionPrepared',
      'state STREAMING',
      'state WAIT_COMPLETE',
      'cancel PREPARE_SYNACK',
      'arm COMPLETE',
    )
    .when(is.complete)
    .asks('state COMPLETE', 'event SessionComplete', 'close', 'cancel COMPLETE');
});

test('a summary of no files is ignored (spec 2.6)', () => {
  initiator({ requests: [request] })
    .when(is.start, is.connected)
    .when(is.synAck(summary(A, 0)))
    .asks(
      'event SessionPrepared',
      'state STREAMING',
      'state WAIT_COMPLETE',
      'cancel PREPARE_SYNACK',
      'arm COMPLETE',
    );
});

test('both directions in one session: complete only when both are done', () => {
  initiator({ files: [out(A)], requests: [request] })
    .when(is.start, is.connected, is.synAck(summary(B)), is.prepared)
    .asks(
      'DialControl',
      'event SessionConnected',
      'send StreamInit',
      'state PREPARING',
      'send PrepareSyn',
      'arm PREPARE_SYNACK',
      'PrepareIncoming',
      'cancel PREPARE_SYNACK',
      'event SessionPrepared',
      'send PrepareAck',
      'state STREAMING',
      'open 1',
      'arm STREAM',
    )
    .when(is.opened(1), is.sent(0), is.received(A, 0))
    .when(is.announced(-1, stream(B)), is.fileOpened(0), is.fileReceived(0))
    .asks(
      'receive 0 from -1',
      'cancel STREAM',
      'event FileStarted',
      'send Received B0',
      'event FileReceived',
      'commit B',
    )
    .when(is.committed(B))
    .asks('event TableCommitted', 'state WAIT_COMPLETE', 'arm COMPLETE')
    .when(is.complete)
    .asks('state COMPLETE', 'event SessionComplete', 'close', 'cancel COMPLETE');
});

test('files share the connections: never more than allowed, each reused', () => {
  const files = [out(A), out(A), out(A), out(B), out(B)];
  streaming({ files, settings: { fileConnectionsMax: 2 } })
    .asks(
      'DialControl',
      'event SessionConnected',
      'send StreamInit',
      'state PREPARING',
      'send PrepareSyn',
      'arm PREPARE_SYNACK',
      'event SessionPrepared',
      'state STREAMING',
      'open 1',
      'open 2',
      'cancel PREPARE_SYNACK',
    )
    .when(is.opened(2))
    .asks('event FileStarted', 'file 1 over 2')
    .when(is.sent(1))
    .asks('event FileSent', 'event FileStarted', 'file 2 over 2', 'arm RECEIVED')
    .when(is.opened(1))
    .asks('event FileStarted', 'file 0 over 1')
    .when(is.sent(0))
    .asks('event FileSent', 'event FileStarted', 'file 3 over 1')
    .when(is.sent(2))
    .asks('event FileSent', 'event FileStarted', 'file 4 over 2');
});

test('RECEIVED may be seen before our own last write returns', () => {
  streaming({ files: [out(A)] })
    .when(is.opened(1), is.received(A, 0))
    .asks('event FileStarted', 'file 0 over 1', 'event FileAcknowledged')
    .when(is.complete)
    .asks('state WAIT_COMPLETE')
    .when(is.sent(0))
    .asks('event FileSent', 'release 0', 'state COMPLETE', 'event SessionComplete', 'close');
});

test('RECEIVED in any order; each renews the wait for the next', () => {
  streaming({ files: [out(A), out(A)] })
    .when(is.opened(1), is.sent(0), is.sent(1))
    .when(is.received(A, 1))
    .asks('event FileAcknowledged', 'release 1', 'arm RECEIVED')
    .when(is.received(A, 0))
    .asks(
      'event FileAcknowledged',
      'release 0',
      'state WAIT_COMPLETE',
      'cancel RECEIVED',
      'arm COMPLETE',
    );
});

test('a file connection is dialled three times, and each retry is told (spec 1.1)', () => {
  const error = { code: 'SCM_STREAM_UNREACHABLE', peer: 'p', reason: 'refused' } as const;
  const refused = { type: 'FileConnectionFailed', connection: 1, error } as const;
  const story = streaming({ files: [out(A)] })
    .when(refused)
    .asks('event FileRetried', 'open 1')
    .when(refused)
    .asks('event FileRetried', 'open 1')
    .when(refused)
    .asks('arm verdict')
    .when(is.fired('verdict'))
    .asks('state FAILED', 'send SessionFailed', 'event SessionFailed', 'close and undo');
  story.failed('SCM_STREAM_UNREACHABLE', 'nothing-applied');
});

test('KEEP_ALIVE: ours from 4.1 on only after a whole period, theirs anywhere and without an answer', () => {
  initiator({ files: [out(A)], settings: { keepAlivePeriodMs: 1000 } })
    .when(is.start, is.connected)
    .asksAll(
      'DialControl',
      'event SessionConnected',
      'send StreamInit',
      'state PREPARING',
      'send PrepareSyn',
      'arm PREPARE_SYNACK',
      'arm notice',
      'arm keep-alive',
    )
    .when(is.fired('keep-alive'))
    .asksAll('send KeepAlive', 'arm keep-alive')
    .when(is.keepAlive)
    .asksAll()
    .when(is.synAck(), is.keepAlive, is.opened(1), is.keepAlive, is.sent(0), is.keepAlive)
    .when(is.received(A, 0), is.complete)
    .asksAll(
      'event FileAcknowledged',
      'release 0',
      'state WAIT_COMPLETE',
      'cancel RECEIVED',
      'arm COMPLETE',
      'state COMPLETE',
      'event SessionComplete',
      'close',
      'cancel COMPLETE',
      'cancel notice',
      'cancel keep-alive',
    );
});

test('a keep-alive period of 0 sends none', () => {
  initiator({ files: [out(A)], settings: { keepAlivePeriodMs: 0 } })
    .when(is.start, is.connected)
    .asksAll(
      'DialControl',
      'event SessionConnected',
      'send StreamInit',
      'state PREPARING',
      'send PrepareSyn',
      'arm PREPARE_SYNACK',
      'arm notice',
    );
});

test('a long wait is told, with how long it lasts', () => {
  const story = initiator({ files: [out(A)] }).when(is.start, is.connected);
  story.when(is.fired('notice')).asksAll('event StreamStalled', 'arm notice');
  story.when(is.fired('notice'));
  assert.equal(story.effects('Emit')[0]?.event, {
    type: 'StreamStalled',
    waitingFor: 'PREPARE_SYNACK',
    sinceMs: 60_000,
  });
  story.when(is.synAck(), is.fired('notice'));
  assert.is(story.effects('Emit').filter(({ event }) => event.type === 'StreamStalled').length, 0);
});

test.run();
