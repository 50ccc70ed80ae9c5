// When a node counts as one that does not reach us, by the events of a session and a clock of the test's own.
import type { StreamEvent } from '@scamander/session';
import { VirtualClock } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DialBackWatch, noDialBack } from '../../../src/pull/source/dial-back.ts';
import { nodeAt } from '../asking.ts';

const session = {
  planId: 'plan',
  peer: nodeAt(1),
  sessionIndex: 0,
  role: 'initiator' as const,
};
const event = (body: object): StreamEvent => ({ session, atMs: 0, ...body }) as StreamEvent;

const PREPARED = event({
  type: 'SessionPrepared',
  sending: [],
  receiving: [{ tableId: 't', files: 1, totalSizeBytes: 1n, ranges: [] }],
});
const NOTHING = event({ type: 'SessionPrepared', sending: [], receiving: [] });
const STARTED = event({ type: 'FileStarted', direction: 'in', file: 'f', tableId: 't' });
const failed = (code: string): StreamEvent =>
  event({ type: 'SessionFailed', error: { code, peer: 'p' }, outcome: 'nothing-applied' });

/** Feeds the events, with the given time between them; what the watch found. */
const watched = async (events: readonly StreamEvent[], proven = false, betweenMs = 0) => {
  const clock = new VirtualClock();
  const found = { silent: 0, reached: 0 };
  const watch = new DialBackWatch({
    clock,
    afterMs: 10_000,
    isProven: () => proven,
    onSilent: () => {
      found.silent += 1;
    },
    onReached: () => {
      found.reached += 1;
    },
  });
  for (const one of events) {
    watch.see(one);
    await clock.advance(betweenMs);
  }
  const { failure } = watch;
  watch.close();
  return { ...found, failure, timers: clock.pendingTimers };
};

const cases: readonly (readonly [
  string,
  Parameters<typeof watched>,
  { silent: number; reached: number; failure: string | undefined },
])[] = [
  [
    'a file comes',
    [[PREPARED, STARTED], false, 9_000],
    { silent: 0, reached: 1, failure: undefined },
  ],
  ['nothing comes', [[PREPARED], false, 10_000], { silent: 1, reached: 0, failure: 'silent' }],
  ['nothing is to come', [[NOTHING], false, 20_000], { silent: 0, reached: 0, failure: undefined }],
  [
    'the node gives up',
    [[PREPARED, failed('SCM_STREAM_PEER_FAILED')]],
    { silent: 0, reached: 0, failure: 'gave up' },
  ],
  [
    'the node dies',
    [[PREPARED, failed('SCM_STREAM_CONNECTION_LOST')]],
    { silent: 0, reached: 0, failure: undefined },
  ],
  [
    'it gives up before it is told to send',
    [[failed('SCM_STREAM_PEER_FAILED')]],
    { silent: 0, reached: 0, failure: undefined },
  ],
  [
    'it gives up after a file',
    [[PREPARED, STARTED, failed('SCM_STREAM_PEER_FAILED')]],
    { silent: 0, reached: 1, failure: undefined },
  ],
  [
    'a node that reached us before is busy',
    [[PREPARED], true, 60_000],
    { silent: 0, reached: 0, failure: undefined },
  ],
];

for (const [name, input, expected] of cases)
  test(name, async () => {
    const { timers, ...found } = await watched(...input);
    assert.equal(found, expected);
    assert.is(timers, 0, 'no timer is left');
  });

test('the error has the node, the address it was told, and why TLS failed', () => {
  const error = noDialBack(nodeAt(1), { host: '203.0.113.7', port: 7100 }, 'silent', {
    afterMs: 10_000,
    tls: {},
    rejected: 'it does not trust us',
  });
  assert.is(error.where, '203.0.113.7:7100');
  assert.match(
    error.message,
    /^10\.0\.0\.1:7000 .* 203\.0\.113\.7:7100: nothing came within 10 s; TLS: it does not trust us$/,
  );
  assert.match(error.advice, /truststore/);
});

test.run();
