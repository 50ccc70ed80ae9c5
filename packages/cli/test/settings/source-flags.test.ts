import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_RETRY } from '@scamander/scamander';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type PullFlags, pullOptions } from '../../src/settings/pull-flags.ts';
import { type SourceFlags, sourceOptions } from '../../src/settings/source-flags.ts';

/** As commander hands them over where nothing is said. */
const DEFAULTS: SourceFlags = {
  cql: true,
  protocol: 'auto',
  dialBackTimeout: '10',
  gossip: true,
  silenceTimeout: '60',
};

const from = (more: Partial<PullFlags> = {}): PullFlags => ({
  ...DEFAULTS,
  from: '10.0.0.1,10.0.0.2:9142',
  ...more,
});

test('what is not said has its default', () => {
  const options = sourceOptions(['ks', 'other.T1'], from(), {});
  assert.equal(options._tag === 'Right' && options.right, {
    names: [
      { keyspace: 'ks', table: undefined },
      { keyspace: 'other', table: 'T1' },
    ],
    source: {
      kind: 'cluster',
      contactPoints: [
        { host: '10.0.0.1', port: 9042 },
        { host: '10.0.0.2', port: 9142 },
      ],
    },
    protocol: 'auto',
    gossip: true,
    retry: DEFAULT_RETRY,
    primaryOnly: false,
    allReplicas: false,
    silenceTimeoutMs: 60_000,
    dialBackTimeoutMs: 10_000,
  });
});

test('every flag arrives', () =>
  withTempFolder(async (folder) => {
    const addressMap = join(folder, 'map');
    writeFileSync(addressMap, '10.0.0.1 192.168.0.1\n');
    const flags = from({
      cql: false,
      from: '10.0.0.1',
      storagePort: '7100',
      dc: 'a,b',
      rack: 'r',
      only: 'x, y',
      ignore: 'z',
      primaryOnly: true,
      allReplicas: true,
      ranges: '0:,:0',
      protocol: '12',
      addressMap,
      listen: '0.0.0.0:7200',
      announce: '203.0.113.7',
      dialBackTimeout: '3',
      gossip: false,
      silenceTimeout: '5',
      retries: '0',
    });
    const options = sourceOptions(['ks.t'], flags, {});
    if (options._tag === 'Left') throw new Error(options.left.message);
    const { retry, addressMap: map, ...rest } = options.right;
    assert.is(retry?.attempts, 1);
    assert.equal([...(map ?? [])], [['10.0.0.1', '192.168.0.1']]);
    assert.equal(rest, {
      names: [{ keyspace: 'ks', table: 't' }],
      source: { kind: 'direct', nodes: [{ host: '10.0.0.1', port: 7100 }] },
      protocol: 12,
      gossip: false,
      primaryOnly: true,
      allReplicas: true,
      listen: { host: '0.0.0.0', port: 7200 },
      // port 0: the one that is listened on
      announce: { host: '203.0.113.7', port: 0 },
      silenceTimeoutMs: 5_000,
      dialBackTimeoutMs: 3_000,
      dc: 'a,b',
      rack: 'r',
      only: ['x', 'y'],
      ignore: ['z'],
      ranges: ['0:', ':0'],
    });
  }));

test('those of a pull', () => {
  const flags = from({
    into: '/data',
    keyspace: 'k',
    table: 't',
    throttle: '1MiB/s',
    sstableVersion: 'OA',
    sessions: '3',
    unitSize: '1GiB',
    ledger: '/ledger',
    receipt: '/receipt',
    dryRun: true,
  });
  const options = pullOptions(['ks.t'], flags, {});
  if (options._tag === 'Left') throw new Error(options.left.message);
  const { into, keyspace, table, rates, sstableVersion, sessions } = options.right;
  assert.equal(
    [into, keyspace, table, rates, sstableVersion, sessions],
    ['/data', 'k', 't', { outbound: 1_048_576, entire: 1_048_576 }, 'oa', 3],
  );
  const { unitBytes, ledger, digests, dryRun } = options.right;
  assert.equal([unitBytes, ledger, digests, dryRun], [1_073_741_824, '/ledger', 'sha256', true]);
});

test('the first thing that is wrong is said with its flag', () => {
  const cases: readonly (readonly [Partial<PullFlags>, string])[] = [
    [{ into: undefined as never }, '--into'],
    [{ listen: 'nowhere:port' }, '--listen'],
    [{ announce: '10.0.0.1:99999' }, '--announce'],
    [{ dialBackTimeout: '0' }, '--dial-back-timeout'],
    [{ silenceTimeout: 'x' }, '--silence-timeout'],
    [{ protocol: '11' }, '--protocol'],
    [{ sstableVersion: 'ma' }, '--sstable-version'],
    [{ sessions: '1000' }, '--sessions'],
    [{ throttle: 'fast' }, '--throttle'],
    [{ retries: '-1' }, '--retries'],
  ];
  for (const [change, where] of cases) {
    const options = pullOptions(['ks'], { ...from({ into: '/data' }), ...change }, {});
    assert.equal(options._tag === 'Left' && [options.left.kind, options.left.where], [
      'usage',
      where,
    ]);
  }
});

test.run();
