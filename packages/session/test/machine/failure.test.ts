import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SessionInput } from '../../src/machine/inputs.ts';
import { numberFiles } from '../../src/machine/model.ts';
import {
  A,
  follower,
  initiator,
  is,
  out,
  request,
  type Story,
  streamIn,
  streaming,
  summary,
} from './story.ts';

const told = ['state FAILED', 'send SessionFailed', 'event SessionFailed', 'close and undo'];
const untold = ['state FAILED', 'event SessionFailed', 'close and undo'];
const sends = (story: Story, ...expected: string[]): void => {
  assert.equal(
    story.effects('Send').map(({ message }) => message.type),
    expected,
  );
};
const receiver = () => follower().when(is.connected, is.syn([], summary(A)), is.prepared);
const fileError = {
  code: 'SCM_STREAM_FILE',
  peer: '10.0.0.1:7000',
  file: 'Data.db',
  fileCode: 'SCM_SSTABLE_DIGEST',
  reason: 'damaged',
} as const;
const lost = {
  code: 'SCM_STREAM_CONNECTION_LOST',
  peer: '10.0.0.1:7000',
  during: 'inside Data.db',
  reason: 'reset',
} as const;

test('fewer files than announced: our own timer ends the session', () => {
  const story = follower().when(is.connected, is.syn([], summary(A, 2)), is.prepared);
  story.when(is.announced(-1, streamIn(A)), is.fileOpened(0), is.fileReceived(0));
  story.when(is.fired('STREAM')).asks(...told);
  const error = story.failed('SCM_STREAM_TIMEOUT', 'nothing-applied');
  assert.ok(error.code === 'SCM_STREAM_TIMEOUT' && error.waitingFor === 'STREAM');
  assert.match(error.hint, /announced more files than it sends/);
});

test('nothing here takes or serves files: REFUSED', () => {
  const story = follower({ settings: { canReceive: false } })
    .when(is.connected)
    .when(is.syn([], summary(A)));
  story.failed('SCM_STREAM_REFUSED', 'nothing-applied');
  const serves = follower()
    .when(is.connected, is.syn([request]))
    .when({ type: 'Refuse', reason: 'nothing here answers requests' });
  serves.failed('SCM_STREAM_REFUSED', 'nothing-applied');
});

test('our own errors are told to the peer, at each step', () => {
  const steps: [Story, SessionInput, 'nothing-applied' | 'unknown'][] = [
    [
      follower().when(is.connected, is.syn([request])),
      { type: 'PrepareFailed', error: fileError },
      'nothing-applied',
    ],
    [
      follower().when(is.connected, is.syn([], summary(A))),
      { type: 'PrepareFailed', error: fileError },
      'nothing-applied',
    ],
    [
      receiver().when(is.announced(-1, streamIn(A))),
      { type: 'FileFailed', error: fileError },
      'nothing-applied',
    ],
    [
      receiver().when(is.announced(-1, streamIn(A)), is.fileOpened(0), is.fileReceived(0)),
      { type: 'CommitFailed', tableId: A, error: fileError },
      'unknown',
    ],
    [
      streaming({ files: [out(A)] }).when(is.opened(1)),
      { type: 'FileFailed', error: fileError },
      'nothing-applied',
    ],
  ];
  for (const [story, input, outcome] of steps) {
    story.when(input);
    sends(story, 'SessionFailed');
    story.failed('SCM_STREAM_FILE', outcome);
  }
});

test('a dial that fails has nobody to tell', () => {
  const error = {
    code: 'SCM_STREAM_UNREACHABLE',
    peer: '10.0.0.1:7000',
    reason: 'refused',
  } as const;
  const story = initiator({ files: [out(A)] })
    .when(is.start)
    .when({ type: 'DialFailed', error })
    .asks(...untold);
  story.failed('SCM_STREAM_UNREACHABLE', 'nothing-applied');
});

test('SESSION_FAILED: FAILED without an answer', () => {
  const story = streaming({ files: [out(A)] })
    .when(is.failed)
    .asks(...untold);
  story.failed('SCM_STREAM_PEER_FAILED', 'nothing-applied');
});

test('the control connection is lost: nobody is told, at each step', () => {
  const stories: Story[] = [
    initiator({ files: [out(A)] }).when(is.start, is.connected),
    streaming({ files: [out(A)] }).when(is.opened(1)),
    follower().when(is.connected),
    follower().when(is.connected, is.syn([request])),
    receiver(),
  ];
  for (const story of stories) {
    story.when(is.ended(0));
    sends(story);
    story.failed('SCM_STREAM_CONNECTION_LOST', 'nothing-applied');
  }
});

test('each wait has its own timer, a name and a hint', () => {
  const answered = numberFiles([out(A)]);
  const waits: [
    Story,
    'PREPARE_SYN' | 'PREPARE_SYNACK' | 'PREPARE_ACK' | 'RECEIVED' | 'COMPLETE' | 'STREAM',
    number,
    RegExp,
    'nothing-applied' | 'unknown',
  ][] = [
    [follower().when(is.connected), 'PREPARE_SYN', 30_000, /did not go on/, 'nothing-applied'],
    [
      initiator({ requests: [request] }).when(is.start, is.connected),
      'PREPARE_SYNACK',
      300_000,
      /keyspace.*flushing/,
      'nothing-applied',
    ],
    [
      follower().when(is.connected, is.syn([request]), { type: 'FilesSelected', files: answered }),
      'PREPARE_ACK',
      120_000,
      /did not go on/,
      'nothing-applied',
    ],
    [
      streaming({ files: [out(A)] }).when(is.opened(1), is.sent(0)),
      'RECEIVED',
      600_000,
      /must know us as 10.0.0.9:7000/,
      'unknown',
    ],
    [
      streaming({ files: [out(A)] }).when(is.opened(1), is.sent(0), is.received(A, 0)),
      'COMPLETE',
      3_600_000,
      /indexes/,
      'unknown',
    ],
    [
      initiator({ requests: [request] }).when(
        is.start,
        is.connected,
        is.synAck(summary(A)),
        is.prepared,
      ),
      'STREAM',
      1_800_000,
      /reach us at 10.0.0.9:7000/,
      'nothing-applied',
    ],
  ];
  for (const [story, timer, afterMs, hint, outcome] of waits) {
    assert.ok(story.session.timers.has(timer), timer);
    story.when(is.fired(timer));
    sends(story, 'SessionFailed');
    const error = story.failed('SCM_STREAM_TIMEOUT', outcome);
    assert.ok(error.code === 'SCM_STREAM_TIMEOUT' && error.waitingFor === timer);
    assert.is(error.afterMs, afterMs);
    assert.match(error.hint, hint);
  }
});

test('a timer that fires at the moment its wait ends says nothing', () => {
  streaming({ files: [out(A)] })
    .when(is.fired('PREPARE_SYNACK'))
    .asks();
});

test('a peer that stops in the middle of a message, or stops reading', () => {
  const story = streaming({ files: [out(A)] }).when({
    type: 'ConnectionStalled',
    connection: 0,
    afterMs: 180_000,
  });
  const error = story.asks(...told).failed('SCM_STREAM_TIMEOUT', 'nothing-applied');
  assert.ok(error.code === 'SCM_STREAM_TIMEOUT' && error.waitingFor === 'message bytes');
});

test('given up at every moment: ABORTED, and the peer is told when it knows of us', () => {
  const silent = [initiator({ files: [out(A)] }), initiator({ files: [out(A)] }).when(is.start)];
  for (const story of silent) {
    story.when(is.cancel).asks('state ABORTED', 'event SessionFailed', 'close and undo');
    story.failed('SCM_STREAM_ABORTED', 'nothing-applied');
  }
  const told: [Story, 'nothing-applied' | 'unknown'][] = [
    [initiator({ files: [out(A)] }).when(is.start, is.connected), 'nothing-applied'],
    [streaming({ files: [out(A)] }), 'nothing-applied'],
    [streaming({ files: [out(A)] }).when(is.opened(1)), 'nothing-applied'],
    [streaming({ files: [out(A)] }).when(is.opened(1), is.handedOver(0)), 'unknown'],
    [streaming({ files: [out(A)] }).when(is.opened(1), is.sent(0), is.received(A, 0)), 'unknown'],
    [follower().when(is.connected), 'nothing-applied'],
    [receiver(), 'nothing-applied'],
  ];
  for (const [story, outcome] of told) {
    story.when(is.cancel);
    sends(story, 'SessionFailed');
    assert.is(story.session.state, 'ABORTED');
    story.failed('SCM_STREAM_ABORTED', outcome);
  }
});

test('a broken file connection waits a moment for the reason on the control connection', () => {
  const broken = () =>
    streaming({ files: [out(A), out(A)] })
      .when(is.opened(1))
      .when({ type: 'FileFailed', error: lost })
      .asks('arm verdict');
  const verdict = broken()
    .when(is.failed)
    .asks(...untold, 'cancel verdict');
  verdict.failed('SCM_STREAM_PEER_FAILED', 'nothing-applied');
  const silence = broken()
    .when(is.fired('verdict'))
    .asks(...told);
  silence.failed('SCM_STREAM_CONNECTION_LOST', 'nothing-applied');
  const gone = broken()
    .when(is.ended(0))
    .asks(...untold, 'cancel verdict');
  const error = gone.failed('SCM_STREAM_CONNECTION_LOST', 'nothing-applied');
  assert.ok(error.code === 'SCM_STREAM_CONNECTION_LOST' && error.during === 'inside Data.db');
  const aborted = broken().when(is.cancel);
  aborted.failed('SCM_STREAM_ABORTED', 'nothing-applied');
  const garbled = broken().when({ type: 'MessageInvalid', connection: 0, reason: 'x', offset: 0 });
  garbled.failed('SCM_STREAM_CONNECTION_LOST', 'nothing-applied');
});

test('in doubt nothing new begins, and COMPLETE still counts when all was acknowledged', () => {
  streaming({ files: [out(A), out(A)] })
    .when(is.opened(1), is.ended(1))
    .when(is.sent(0))
    .asks('event FileSent');
  streaming({ files: [out(A)] })
    .when(is.opened(1), is.sent(0), is.ended(1))
    .when(is.received(A, 0))
    .asks('event FileAcknowledged', 'release 0')
    .when(is.complete)
    .asks(
      'state WAIT_COMPLETE',
      'state COMPLETE',
      'event SessionComplete',
      'close',
      'cancel verdict',
    );
});

test('an idle file connection that ends fails the session (spec 6.7)', () => {
  const story = follower().when(is.connected, is.syn([], summary(A, 2)), is.prepared);
  story.when(is.announced(-1, streamIn(A)), is.fileOpened(0), is.fileReceived(0));
  story.when(is.ended(-1), is.fired('verdict'));
  story.failed('SCM_STREAM_CONNECTION_LOST', 'nothing-applied');
});

test.run();
