import type { StreamErrorType } from '@scamander/session';
import { TransportError } from '@scamander/transport';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isRetryable, mayAnswerLater } from '../../src/retry/retryable.ts';

const peer = '10.0.0.1:7000';

const failures: readonly (readonly [StreamErrorType, boolean])[] = [
  [{ code: 'SCM_STREAM_UNREACHABLE', peer, reason: 'refused' }, true],
  [{ code: 'SCM_STREAM_PEER_FAILED', peer, during: 'it received', hint: '' }, true],
  [{ code: 'SCM_STREAM_CONNECTION_LOST', peer, during: 'it received', reason: 'reset' }, true],
  [{ code: 'SCM_STREAM_TIMEOUT', peer, waitingFor: 'RECEIVED', afterMs: 600_000, hint: '' }, true],
  // what arrives spoilt is spoilt on its way, as a rule
  [{ code: 'SCM_STREAM_PROTOCOL', peer, reason: 'unknown message', offset: 3 }, true],
  [{ code: 'SCM_STREAM_TLS', peer, reason: 'expired' }, false],
  [{ code: 'SCM_STREAM_VERSION', peer, reason: '11' }, false],
  [{ code: 'SCM_STREAM_REFUSED', peer, reason: 'nobody takes files' }, false],
  [{ code: 'SCM_STREAM_ABORTED', peer, reason: 'Ctrl-C' }, false],
  ...(
    [
      ['SCM_SSTABLE_DIGEST', false],
      ['SCM_SSTABLE_NOT_FOUND', false],
      // a disk may come back
      ['SCM_SSTABLE_IO', true],
      ['SCM_NET_FILE', true],
    ] as const
  ).map(([fileCode, again]): [StreamErrorType, boolean] => [
    { code: 'SCM_STREAM_FILE', peer, file: 'nb-1-big-Data.db', fileCode, reason: '' },
    again,
  ]),
];

for (const [error, again] of failures)
  test(`${error.code} ${'fileCode' in error ? error.fileCode : ''}: ${again ? 'again' : 'final'}`, () =>
    assert.is(isRetryable(error), again));

test('a node that is down may answer later; one that wants TLS, or speaks no common version, won’t', () => {
  const later = (detail: TransportError['detail']): boolean =>
    mayAnswerLater(new TransportError(detail));
  assert.ok(later({ code: 'SCM_NET_REFUSED', peer }));
  assert.ok(later({ code: 'SCM_NET_RESET', peer }));
  assert.not.ok(later({ code: 'SCM_NET_TLS_REQUIRED', peer, reason: '' }));
  assert.not.ok(later({ code: 'SCM_NET_VERSION', peer, reason: '' }));
});

test.run();
