import type { StreamErrorType } from '@scamander/session';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { UnitResult } from '../../src/copy/copy-unit.ts';
import { failureProblem, isSourceFault, isWorthAnotherTry } from '../../src/copy/failures.ts';

const node = (host: string) => ({
  endpoint: { host, port: 7000 },
  hostId: undefined,
  dc: 'dc1',
  rack: 'r1',
  tokens: [0n],
  status: 'normal' as const,
  alive: true,
});

const FROM = node('10.0.0.1');
const TO = node('10.0.1.1');

/** A unit of one source and one replica that ended so. */
const result = (
  error: StreamErrorType | undefined,
  failed: UnitResult['failed'] = [{ node: TO, reason: 'it broke', lasting: false }],
): UnitResult => {
  const source = {
    keyspace: 'ks',
    table: 't',
    tableId: '',
    schema: undefined,
    indexes: { sai: [], other: [] },
    replication: { strategy: 'EverywhereStrategy' },
  } as const;
  const { endpoint } = FROM;
  const fromNode = { ...FROM, endpoint, dial: endpoint, releaseVersion: '4.1.10' };
  return {
    unit: { pair: { source, target: source }, from: FROM, fromNode, to: [], ranges: [] },
    answer: {
      planId: '',
      session: undefined,
      failure: error === undefined ? undefined : { kind: 'stream', error, message: error.code },
    },
    deliveries: [],
    complete: [],
    failed,
    bytes: 0,
  };
};

const ofFile = (fileCode: string): StreamErrorType => ({
  code: 'SCM_STREAM_FILE',
  peer: '10.0.0.1:7000',
  file: 'f',
  fileCode,
  reason: 'so',
});
const LOST: StreamErrorType = {
  code: 'SCM_STREAM_CONNECTION_LOST',
  peer: '10.0.0.1:7000',
  during: 'a file',
  reason: 'gone',
};
const TLS: StreamErrorType = { code: 'SCM_STREAM_TLS', peer: '10.0.0.1:7000', reason: 'no' };

const cases: readonly (readonly [
  name: string,
  unit: UnitResult,
  ofSource: boolean,
  again: boolean,
  code: string,
  kind: string,
])[] = [
  ['a replica failed', result(undefined), false, true, 'SCM_COPY_REPLICA', 'failed'],
  [
    'a replica can’t read it',
    result(undefined, [{ node: TO, reason: 'old', lasting: true }]),
    false,
    false,
    'SCM_COPY_VERSION',
    'refused',
  ],
  ['the source was lost', result(LOST), true, true, 'SCM_STREAM_CONNECTION_LOST', 'failed'],
  ['the source wants TLS', result(TLS), true, false, 'SCM_STREAM_TLS', 'failed'],
  [
    'no replica was left',
    result(ofFile('SCM_COPY_NO_REPLICA')),
    false,
    true,
    'SCM_COPY_NO_REPLICA',
    'failed',
  ],
  [
    'no replica reads the version',
    result(ofFile('SCM_COPY_VERSION')),
    false,
    false,
    'SCM_COPY_VERSION',
    'refused',
  ],
  [
    'a column is missing',
    result(ofFile('SCM_COPY_SCHEMA')),
    false,
    false,
    'SCM_COPY_SCHEMA',
    'refused',
  ],
  [
    'the source’s data are damaged',
    result(ofFile('SCM_COPY_DIGEST')),
    true,
    true,
    'SCM_COPY_DIGEST',
    'bad-data',
  ],
];

for (const [name, unit, ofSource, again, code, kind] of cases)
  test(`${name}: whose fault it is, and whether another try helps`, () => {
    assert.is(isSourceFault(unit), ofSource);
    assert.is(isWorthAnotherTry(unit), again);
    const problem = failureProblem(unit);
    assert.equal([problem.code, problem.kind], [code, kind]);
    assert.is(problem.where, 'ks.t from 10.0.0.1:7000');
    assert.ok(problem.advice.length > 20);
  });

test.run();
