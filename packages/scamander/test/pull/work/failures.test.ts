import type { StreamErrorType } from '@scamander/session';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Unit } from '../../../src/pull/plan/units.ts';
import { courseOf } from '../../../src/pull/work/failures.ts';

const PEER = '10.0.0.1:7000';

const unit: Unit = {
  table: {
    resolved: {
      keyspace: 'ks',
      table: 't',
      tableId: 'id',
      schema: undefined,
      indexes: { sai: [], other: [] },
      replication: { strategy: 'EverywhereStrategy' },
    },
    known: undefined,
    keyspace: 'ks',
    table: 't',
  },
  node: {
    endpoint: { host: '10.0.0.1', port: 7000 },
    dial: { host: '10.0.0.1', port: 7000 },
    dc: 'dc1',
    rack: 'r1',
    status: 'normal',
    releaseVersion: undefined,
  },
  ranges: [],
  bytes: undefined,
  files: undefined,
};

const file = (fileCode: string): StreamErrorType => ({
  code: 'SCM_STREAM_FILE',
  peer: PEER,
  file: '/into/ks/t/nb-1-big-Data.db',
  fileCode,
  reason: 'why',
});

const cases: readonly (readonly [string, StreamErrorType, string, string, string])[] = [
  ['our disk', file('SCM_SSTABLE_IO'), 'stop', 'SCM_PULL_DISK', 'failed'],
  ['our disk, told by the data path', file('SCM_NET_FILE'), 'stop', 'SCM_PULL_DISK', 'failed'],
  ['our disk, told by the system', file('ENOSPC'), 'stop', 'SCM_PULL_DISK', 'failed'],
  ['the ledger', file('SCM_LEDGER_IO'), 'stop', 'SCM_PULL_DISK', 'failed'],
  ['spoilt bytes', file('SCM_SSTABLE_CORRUPT'), 'again', 'SCM_SSTABLE_CORRUPT', 'bad-data'],
  ['a wrong digest', file('SCM_SSTABLE_DIGEST'), 'again', 'SCM_SSTABLE_DIGEST', 'bad-data'],
  [
    'sections of 6.0',
    file('SCM_SSTABLE_UNKNOWN_VERSION'),
    'leave-table',
    'SCM_PULL_SECTIONS',
    'refused',
  ],
  [
    'what nb can’t hold',
    file('SCM_SSTABLE_UNWRITABLE'),
    'leave-table',
    'SCM_SSTABLE_UNWRITABLE',
    'failed',
  ],
  [
    'a node that fails the session',
    { code: 'SCM_STREAM_PEER_FAILED', peer: PEER, during: 'before PREPARE_SYNACK', hint: '' },
    'again',
    'SCM_STREAM_PEER_FAILED',
    'failed',
  ],
  [
    'silence',
    { code: 'SCM_STREAM_TIMEOUT', peer: PEER, waitingFor: 'STREAM', afterMs: 1, hint: '' },
    'again',
    'SCM_STREAM_TIMEOUT',
    'failed',
  ],
  [
    'TLS',
    { code: 'SCM_STREAM_TLS', peer: PEER, reason: 'why' },
    'leave-node',
    'SCM_STREAM_TLS',
    'refused',
  ],
  [
    'no common version',
    { code: 'SCM_STREAM_VERSION', peer: PEER, reason: 'why' },
    'leave-node',
    'SCM_STREAM_VERSION',
    'refused',
  ],
];

for (const [name, error, kind, code, errorKind] of cases)
  test(`${name}: ${kind}`, () => {
    const course = courseOf(unit, { kind: 'stream', error, message: 'in words' });
    assert.equal([course.kind, course.error.code, course.error.kind], [kind, code, errorKind]);
    assert.ok(course.error.advice.length > 0);
  });

test('a node that does not reach us is left with its own error', () => {
  const error = {
    code: 'SCM_PULL_NO_DIAL_BACK',
    kind: 'refused' as const,
    message: 'm',
    where: 'w',
    lost: 'nothing',
    advice: 'a',
    retryable: false,
  };
  assert.equal(courseOf(unit, { kind: 'no-dial-back', error }), { kind: 'leave-node', error });
});

test.run();
