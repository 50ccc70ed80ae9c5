import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { numberFiles } from '../../src/machine/model.ts';
import { outcomeOfCompletion } from '../../src/machine/outcome.ts';
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

const lostNow = (story: Story): string | undefined =>
  story.when(is.ended(0)).session.failure?.outcome;
const two = () => streaming({ files: [out(A), out(A)] }).when(is.opened(1));

test('sending: nothing applied while the last byte of some file of each table is surely here', () => {
  assert.is(
    lostNow(initiator({ files: [out(A)] }).when(is.start, is.connected)),
    'nothing-applied',
  );
  assert.is(lostNow(two()), 'nothing-applied');
  assert.is(lostNow(two().when(is.sent(0), is.received(A, 0))), 'nothing-applied');
});

test('sending: unknown as soon as the last byte of the last file may have left, told or not', () => {
  assert.is(lostNow(two().when(is.sent(0), is.handedOver(1))), 'unknown');
  assert.is(lostNow(two().when(is.sent(0), is.sent(1))), 'unknown');
  assert.is(lostNow(two().when(is.sent(0), is.received(A, 1))), 'unknown');
});

test('sending: one whole table is enough for unknown', () => {
  const story = streaming({ files: [out(A), out(B), out(B)] }).when(is.opened(1), is.sent(0));
  assert.is(lostNow(story), 'unknown');
});

test('SESSION_FAILED and timeouts after the last byte: unknown, for nodes apply data of sessions they call failed', () => {
  const sent = () => streaming({ files: [out(A)] }).when(is.opened(1), is.sent(0));
  assert.is(sent().when(is.failed).session.failure?.outcome, 'unknown');
  assert.is(sent().when(is.fired('RECEIVED')).session.failure?.outcome, 'unknown');
});

test('receiving: nothing, unknown, applied by what was committed here', () => {
  const story = () =>
    follower().when(is.connected, is.syn([], summary(A), summary(B)), is.prepared);
  const file = (story: Story, table: string, incoming: number) =>
    story.when(
      is.announced(-1, streamIn(table)),
      is.fileOpened(incoming),
      is.fileReceived(incoming),
    );
  assert.is(lostNow(story()), 'nothing-applied');
  assert.is(lostNow(file(story(), A, 0)), 'unknown');
  assert.is(lostNow(file(story(), A, 0).when(is.committed(A))), 'unknown');
});

test('receiving as initiator: all committed and COMPLETE never came: applied', () => {
  const story = initiator({ requests: [request] }).when(
    is.start,
    is.connected,
    is.synAck(summary(A)),
    is.prepared,
  );
  story.when(is.announced(-1, stream(A)), is.fileOpened(0), is.fileReceived(0), is.committed(A));
  assert.is(lostNow(story), 'applied');
});

test('COMPLETE came, then our own commit failed: what we sent is applied, what we received is not: unknown', () => {
  const story = initiator({ files: [out(A)], requests: [request] }).when(
    is.start,
    is.connected,
    is.synAck(summary(B)),
    is.prepared,
  );
  story.when(is.opened(1), is.sent(0), is.received(A, 0));
  story.when(is.announced(-1, stream(B)), is.fileOpened(0), is.fileReceived(0), is.complete);
  assert.is(lostNow(story), 'unknown');
});

test('completed: applied; a preview applies nothing; a follower never learns what became of what it sent', () => {
  const loaded = streaming({ files: [out(A)] }).when(
    is.opened(1),
    is.sent(0),
    is.received(A, 0),
    is.complete,
  );
  assert.is(outcomeOfCompletion(loaded.session), 'applied');
  const preview = initiator({ files: [out(A)], identity: { previewKind: 'ALL' } }).when(
    is.start,
    is.connected,
    is.synAck(),
  );
  assert.is(outcomeOfCompletion(preview.session), 'nothing-applied');
  const served = follower().when(
    is.connected,
    is.syn([request]),
    { type: 'FilesSelected', files: numberFiles([out(A)]) },
    is.ack,
    is.opened(1),
    is.sent(0),
    is.received(A, 0),
  );
  assert.is(served.session.state, 'COMPLETE');
  assert.is(outcomeOfCompletion(served.session), 'unknown');
});

test('a commit that ends after the session failed is told all the same', () => {
  const story = follower().when(is.connected, is.syn([], summary(A)), is.prepared);
  story.when(is.announced(-1, streamIn(A)), is.fileOpened(0), is.fileReceived(0), is.ended(0));
  story.when(is.committed(A)).asks('event TableCommitted');
});

test.run();
