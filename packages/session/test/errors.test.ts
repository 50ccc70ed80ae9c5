import { TransportError, type TransportErrorType } from '@scamander/transport';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StreamError, type StreamErrorType, streamErrorMessage } from '../src/errors.ts';
import { dialCause, fileCause, reasonOf, transferCause } from '../src/runtime/causes.ts';

const peer = '10.0.0.1:7000';

test('every error names the peer, and says what happened in one sentence', () => {
  const cases: [StreamErrorType, string][] = [
    [
      { code: 'SCM_STREAM_UNREACHABLE', peer, reason: 'refused' },
      `${peer} can't be reached: refused`,
    ],
    [
      { code: 'SCM_STREAM_TLS', peer, reason: 'no certificate' },
      `${peer} refuses the connection's security: no certificate`,
    ],
    [
      { code: 'SCM_STREAM_VERSION', peer, reason: 'speaks 11' },
      `${peer} speaks no version we know: speaks 11`,
    ],
    [
      { code: 'SCM_STREAM_PEER_FAILED', peer, during: 'before PREPARE_SYNACK', hint: '' },
      `${peer} failed the session before PREPARE_SYNACK`,
    ],
    [
      { code: 'SCM_STREAM_PEER_FAILED', peer, during: 'late', hint: 'disk full' },
      `${peer} failed the session late; disk full`,
    ],
    [
      { code: 'SCM_STREAM_CONNECTION_LOST', peer, during: 'late', reason: 'reset' },
      `the connection to ${peer} was lost late: reset`,
    ],
    [
      { code: 'SCM_STREAM_TIMEOUT', peer, waitingFor: 'COMPLETE', afterMs: 5, hint: 'busy' },
      `${peer} was silent for 5 ms (waiting for COMPLETE); busy`,
    ],
    [
      { code: 'SCM_STREAM_TIMEOUT', peer, waitingFor: 'STREAM', afterMs: 5, hint: '' },
      `${peer} was silent for 5 ms (waiting for STREAM)`,
    ],
    [
      { code: 'SCM_STREAM_PROTOCOL', peer, reason: 'COMPLETE twice', offset: undefined },
      `${peer} broke the protocol: COMPLETE twice`,
    ],
    [
      { code: 'SCM_STREAM_FILE', peer, file: 'Data.db', fileCode: 'SCM_X', reason: 'damaged' },
      `Data.db: damaged (SCM_X, session with ${peer})`,
    ],
    [
      { code: 'SCM_STREAM_REFUSED', peer, reason: 'full' },
      `the session with ${peer} was refused here: full`,
    ],
    [
      { code: 'SCM_STREAM_ABORTED', peer, reason: 'tired' },
      `the session with ${peer} was given up: tired`,
    ],
  ];
  for (const [detail, message] of cases) {
    assert.is(streamErrorMessage(detail), message);
    const error = new StreamError(detail);
    assert.is(error.message, message);
    assert.is(error.code, detail.code);
    assert.is(error.detail, detail);
  }
});

test('why a dial failed', () => {
  const cases: [TransportErrorType, StreamErrorType['code']][] = [
    [{ code: 'SCM_NET_REFUSED', peer }, 'SCM_STREAM_UNREACHABLE'],
    [{ code: 'SCM_NET_UNREACHABLE', peer, reason: 'no route' }, 'SCM_STREAM_UNREACHABLE'],
    [{ code: 'SCM_NET_TLS_REQUIRED', peer, reason: 'alert' }, 'SCM_STREAM_TLS'],
    [{ code: 'SCM_NET_HANDSHAKE', peer, reason: 'bad CRC' }, 'SCM_STREAM_PROTOCOL'],
    [{ code: 'SCM_NET_VERSION', peer, reason: '11' }, 'SCM_STREAM_VERSION'],
    [{ code: 'SCM_NET_RESET', peer }, 'SCM_STREAM_CONNECTION_LOST'],
    [{ code: 'SCM_NET_ABORTED', peer }, 'SCM_STREAM_ABORTED'],
  ];
  for (const [error, code] of cases) {
    const cause = dialCause(error, peer);
    assert.is(cause.code, code);
    assert.is(cause.peer, peer);
  }
  for (const [waitingFor, expected] of [
    ['the connection', 'connection'],
    ['Accept', 'handshake'],
  ] as const) {
    const cause = dialCause({ code: 'SCM_NET_TIMEOUT', peer, waitingFor, afterMs: 7 }, peer);
    assert.ok(
      cause.code === 'SCM_STREAM_TIMEOUT' && cause.waitingFor === expected && cause.afterMs === 7,
    );
  }
});

test('why a transfer stopped: the network, the file, or code', () => {
  const cause = (thrown: unknown): StreamErrorType => transferCause(thrown, peer, 'Data.db');
  assert.is(
    cause(new TransportError({ code: 'SCM_NET_RESET', peer })).code,
    'SCM_STREAM_CONNECTION_LOST',
  );
  const stall = cause(
    new TransportError({ code: 'SCM_NET_TIMEOUT', peer, waitingFor: 'x', afterMs: 9 }),
  );
  assert.ok(stall.code === 'SCM_STREAM_TIMEOUT' && stall.waitingFor === 'file bytes');
  const file = cause(
    new TransportError({ code: 'SCM_NET_FILE', peer, file: 'Index.db', reason: 'ENOSPC' }),
  );
  assert.ok(
    file.code === 'SCM_STREAM_FILE' && file.file === 'Index.db' && file.fileCode === 'SCM_NET_FILE',
  );
  const coded = cause(Object.assign(new Error('no'), { code: 'SCM_SSTABLE_CRC' }));
  assert.ok(coded.code === 'SCM_STREAM_FILE' && coded.fileCode === 'SCM_SSTABLE_CRC');
  const plain = cause(new Error('no'));
  assert.ok(plain.code === 'SCM_STREAM_FILE' && plain.fileCode === 'SCM_STREAM_UNEXPECTED');
  const port = fileCause({ code: 'SCM_Y', file: 'f', message: 'm', retryable: true }, peer);
  assert.ok(port.code === 'SCM_STREAM_FILE' && port.fileCode === 'SCM_Y' && port.reason === 'm');
  assert.is(reasonOf('text'), 'text');
});

test.run();
