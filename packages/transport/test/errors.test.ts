import {
  TransportError,
  type TransportErrorType,
  transportErrorMessage,
} from '@scamander/transport';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const peer = '10.0.0.9:7000';
const reason = 'because';

const CASES: readonly (readonly [error: TransportErrorType, message: string])[] = [
  [{ code: 'SCM_NET_REFUSED', peer }, '10.0.0.9:7000 refuses connections'],
  [{ code: 'SCM_NET_UNREACHABLE', peer, reason }, "10.0.0.9:7000 can't be reached: because"],
  [
    { code: 'SCM_NET_TIMEOUT', peer, waitingFor: 'Accept', afterMs: 30_000 },
    '10.0.0.9:7000 did not answer within 30000 ms (waiting for Accept)',
  ],
  [
    { code: 'SCM_NET_CLOSED', peer, while: 'writing' },
    '10.0.0.9:7000 closed the connection (writing)',
  ],
  [{ code: 'SCM_NET_RESET', peer }, '10.0.0.9:7000 reset the connection'],
  [{ code: 'SCM_NET_ABORTED', peer }, 'the connection to 10.0.0.9:7000 was given up by us'],
  [{ code: 'SCM_NET_LISTEN', peer, reason }, "can't listen on 10.0.0.9:7000: because"],
  [{ code: 'SCM_NET_TLS_REQUIRED', peer, reason }, '10.0.0.9:7000 demands TLS: because'],
  [{ code: 'SCM_NET_TLS', peer, reason }, 'TLS with 10.0.0.9:7000 failed: because'],
  [{ code: 'SCM_NET_HANDSHAKE', peer, reason }, 'the handshake with 10.0.0.9:7000 failed: because'],
  [
    { code: 'SCM_NET_VERSION', peer, reason },
    'no common streaming version with 10.0.0.9:7000: because',
  ],
  [
    { code: 'SCM_NET_FILE', peer, file: '/d/nb-1-big-Data.db', reason },
    '/d/nb-1-big-Data.db: because (transfer with 10.0.0.9:7000)',
  ],
];

for (const [error, message] of CASES)
  test(`${error.code} names the peer`, () => {
    assert.is(transportErrorMessage(error), message);
    const cause = new Error('below');
    const thrown = new TransportError(error, { cause });
    assert.is(thrown.code, error.code);
    assert.is(thrown.detail, error);
    assert.is(thrown.message, message);
    assert.is(thrown.cause, cause);
  });

test.run();
