// Settings as nodes of each release list them; the values are the releases' defaults (spec: management §5.1, and nodetool of these nodes).
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type NodeSettings, nodeSettingsOf } from '../../src/cql/node-settings.ts';
import { RELEASES, viewsOf } from '../harness.ts';

const MIB = 1024 ** 2;

/** The same in every release that was asked. */
const common: Partial<NodeSettings> = {
  compactionRate: 64 * MIB,
  streamsEntireSSTables: true,
  connectionsPerHost: 1,
  keepAliveSeconds: 300,
  concurrentCompactors: 1,
  internodeEncryption: 'none',
  internodeEncryptionOptional: false,
  internodeClientCertificate: false,
  minFreeBytesPerDrive: 50 * MIB,
  diskBytesMax: undefined,
  diskWarnPercent: undefined,
  diskFailPercent: undefined,
  pendingCompactionsMax: undefined,
  storageCompatibilityMode: undefined,
};
/** 24 MiB/s each. */
const rates: Partial<NodeSettings> = {
  streamRate: 25_165_824,
  interDcStreamRate: 25_165_824,
  entireStreamRate: 25_165_824,
  entireInterDcStreamRate: 25_165_824,
};
const none = { bulkLoadEnabled: undefined, skipsDiskSpaceCheck: undefined };

const expected: Readonly<Record<(typeof RELEASES)[number], NodeSettings>> = {
  // 200 Mb/s, decimal.
  '4.0.19': {
    ...common,
    ...none,
    streamRate: 25_000_000,
    interDcStreamRate: 25_000_000,
    entireStreamRate: undefined,
    entireInterDcStreamRate: undefined,
    rejectsOutOfRange: true,
  } as NodeSettings,
  '4.1.10': { ...common, ...none, ...rates, rejectsOutOfRange: true } as NodeSettings,
  '5.0.6': {
    ...common,
    ...none,
    ...rates,
    rejectsOutOfRange: false,
    skipsDiskSpaceCheck: false,
  } as NodeSettings,
  '6.0-alpha2': {
    ...common,
    ...rates,
    bulkLoadEnabled: true,
    rejectsOutOfRange: undefined,
    skipsDiskSpaceCheck: false,
  } as NodeSettings,
};

for (const release of RELEASES)
  test(`defaults of ${release}`, () => {
    assert.equal(nodeSettingsOf(viewsOf(release).settings), expected[release]);
  });

const read = (name: string, value: string | null) => nodeSettingsOf([{ name, value }]);

test('rates, sizes and times in every unit of 4.1', () => {
  for (const [text, bytes] of [
    ['0MiB/s', 0],
    ['3KiB/s', 3072],
    ['7B/s', 7],
  ] as const)
    assert.is(read('stream_throughput_outbound', text).streamRate, bytes);
  for (const [text, bytes] of [
    ['2GiB', 2 * 1024 ** 3],
    ['5MiB', 5 * MIB],
    ['6KiB', 6144],
    ['9B', 9],
  ] as const)
    assert.is(read('data_disk_usage_max_disk_size', text).diskBytesMax, bytes);
  for (const [text, seconds] of [
    ['500ms', 0.5],
    ['2m', 120],
    ['1h', 3600],
    ['3d', 259_200],
  ] as const)
    assert.is(read('streaming_keep_alive_period', text).keepAliveSeconds, seconds);
});

test('what is not positive was no limit in 4.0; a guardrail of -1 is off', () => {
  const old = 'stream_throughput_outbound_megabits_per_sec';
  assert.is(read(old, '0').streamRate, 0);
  assert.is(read(old, '-1').streamRate, 0);
  assert.is(read('data_disk_usage_percentage_fail_threshold', '-1').diskFailPercent, undefined);
  assert.is(read('data_disk_usage_percentage_fail_threshold', '85').diskFailPercent, 85);
  assert.is(
    read('reject_repair_compaction_threshold', '2147483647').pendingCompactionsMax,
    undefined,
  );
  assert.is(read('reject_repair_compaction_threshold', '40').pendingCompactionsMax, 40);
});

test('a value nobody knows, an empty one and a missing one are undefined; the older name stands in', () => {
  assert.is(read('stream_throughput_outbound', 'fast').streamRate, undefined);
  assert.is(read('stream_entire_sstables', null).streamsEntireSSTables, undefined);
  assert.is(
    read('server_encryption_options.internode_encryption', 'some').internodeEncryption,
    undefined,
  );
  const both = nodeSettingsOf([
    { name: 'stream_throughput_outbound', value: null },
    { name: 'stream_throughput_outbound_megabits_per_sec', value: '8' },
  ]);
  assert.is(both.streamRate, 1_000_000);
  assert.ok(Object.values(nodeSettingsOf([])).every((value) => value === undefined));
});

test.run();
