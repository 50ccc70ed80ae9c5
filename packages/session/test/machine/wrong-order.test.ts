import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SessionInput } from '../../src/machine/inputs.ts';
import {
  A,
  B,
  follower,
  initiator,
  is,
  out,
  request,
  type Story,
  stream,
  streamIn,
  streaming,
  summary,
} from './story.ts';

const receiver = () => follower().when(is.connected, is.syn([], summary(A)), is.prepared);

test('messages in the wrong order or to the wrong side: FAILED, and the peer is told once', () => {
  const stories: [string, Story, SessionInput, RegExp][] = [
    [
      'PREPARE_SYN to the initiator',
      initiator({ files: [out(A)] }).when(is.start, is.connected),
      is.syn([]),
      /PREPARE_SYN sent to the initiator in PREPARING/,
    ],
    [
      'PREPARE_ACK to the initiator',
      streaming({ files: [out(A)] }),
      is.ack,
      /PREPARE_ACK sent to the initiator/,
    ],
    ['PREPARE_SYNACK twice', streaming({ files: [out(A)] }), is.synAck(), /PREPARE_SYNACK twice/],
    [
      'COMPLETE too early',
      streaming({ files: [out(A)] }),
      is.complete,
      /COMPLETE before it acknowledged every file/,
    ],
    [
      'COMPLETE before SYNACK',
      initiator({ requests: [request] }).when(is.start, is.connected),
      is.complete,
      /COMPLETE before it sent/,
    ],
    [
      'COMPLETE twice',
      initiator({ requests: [request] }).when(
        is.start,
        is.connected,
        is.synAck(summary(A)),
        is.prepared,
        is.announced(-1, stream(A)),
        is.fileOpened(0),
        is.fileReceived(0),
        is.complete,
      ),
      is.complete,
      /COMPLETE twice/,
    ],
    [
      'RECEIVED of what was not sent',
      streaming({ files: [out(A)] }),
      is.received(A, 0),
      /not under way/,
    ],
    [
      'RECEIVED twice',
      streaming({ files: [out(A), out(A)] }).when(is.opened(1), is.sent(0), is.received(A, 0)),
      is.received(A, 0),
      /not under way/,
    ],
    [
      'RECEIVED before SYNACK',
      initiator({ files: [out(A)] }).when(is.start, is.connected),
      is.received(A, 0),
      /RECEIVED sent to the initiator in PREPARING/,
    ],
    ['COMPLETE to the follower', receiver(), is.complete, /COMPLETE sent to the follower/],
    [
      'PREPARE_SYNACK to the follower',
      receiver(),
      is.synAck(),
      /PREPARE_SYNACK sent to the follower/,
    ],
    ['PREPARE_SYN twice', receiver(), is.syn([]), /PREPARE_SYN twice/],
    ['needless PREPARE_ACK', receiver(), is.ack, /PREPARE_ACK that was not asked for/],
    ['PREPARE_ACK before PREPARE_SYN', follower().when(is.connected), is.ack, /not asked for/],
    [
      'STREAM before PREPARE_SYN',
      follower().when(is.connected),
      is.announced(-1, streamIn(A)),
      /before the session was prepared/,
    ],
    ['STREAM of an unannounced table', receiver(), is.announced(-1, streamIn(B)), /not announced/],
    [
      'STREAM of another plan',
      receiver(),
      is.announced(-1, streamIn(A, { planId: B })),
      /another session/,
    ],
    [
      'STREAM of another index',
      receiver(),
      is.announced(-1, streamIn(A, { sessionIndex: 1 })),
      /another session/,
    ],
    [
      'STREAM in the wrong direction',
      receiver(),
      is.announced(-1, streamIn(A, { sendByFollower: true })),
      /wrong direction/,
    ],
    [
      'STREAM of another sender',
      receiver(),
      is.announced(-1, streamIn(A, { sender: { host: '10.0.0.7', port: 7000 } })),
      /from 10.0.0.7:7000/,
    ],
    [
      'a table announced twice',
      follower().when(is.connected),
      is.syn([], summary(A), summary(A)),
      /twice/,
    ],
    ['a negative count', follower().when(is.connected), is.syn([], summary(A, -1)), /-1 files/],
    [
      'files nobody requested',
      initiator({ files: [out(A)] }).when(is.start, is.connected),
      is.synAck(summary(B)),
      /nobody requested/,
    ],
    [
      'garbage',
      receiver(),
      {
        type: 'MessageInvalid',
        connection: 0,
        reason: 'unknown stream message type 99',
        offset: 0,
      },
      /99/,
    ],
  ];
  for (const [name, story, input, reason] of stories) {
    story.when(input);
    assert.equal(
      story.effects('Send').map(({ message }) => message.type),
      ['SessionFailed'],
    );
    const error = story.failed('SCM_STREAM_PROTOCOL');
    assert.ok(
      error.code === 'SCM_STREAM_PROTOCOL' && reason.test(error.reason),
      `${name}: ${JSON.stringify(error)}`,
    );
    story.when(is.failed, is.complete, is.ended(0), is.cancel, is.fired('notice')).asks();
  }
});

test('STREAM in a preview fails', () => {
  const story = initiator({ requests: [request], identity: { previewKind: 'ALL' } }).when(
    is.start,
    is.connected,
  );
  story.when(is.announced(-1, stream(A)));
  story.failed('SCM_STREAM_PROTOCOL', 'nothing-applied');
});

test('another pending repair than the session has: refused; any where the session has none: taken (spec 2.7)', () => {
  const story = follower({ identity: { pendingRepair: B } }).when(
    is.connected,
    is.syn([], summary(A)),
    is.prepared,
  );
  story.when(is.announced(-1, streamIn(A, { pendingRepair: A })));
  story.failed('SCM_STREAM_PROTOCOL', 'nothing-applied');
  receiver()
    .when(is.announced(-1, streamIn(A, { pendingRepair: B })))
    .asks('receive 0 from -1', 'cancel STREAM');
});

test('more files than announced: before, at and after the table was finished', () => {
  const more = is.announced(-1, streamIn(A, { sequenceNumber: 1 }));
  const early = receiver()
    .when(is.announced(-1, streamIn(A)), is.fileOpened(0))
    .when(more);
  early.failed('SCM_STREAM_PROTOCOL', 'nothing-applied');
  const during = receiver()
    .when(is.announced(-1, streamIn(A)), is.fileOpened(0), is.fileReceived(0))
    .when(more);
  during.failed('SCM_STREAM_PROTOCOL', 'unknown');
  const jump = receiver()
    .when(is.announced(-1, streamIn(A)))
    .when(is.fileOpened(0, 8));
  jump.failed('SCM_STREAM_PROTOCOL', 'nothing-applied');
});

test.run();
