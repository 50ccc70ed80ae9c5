import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { streamSeconds } from '../src/cases/node-to-node.ts';
import { compactionSeconds } from '../src/cases/offline.ts';
import { hasListener } from '../src/run/listening.ts';
import { storyOf } from '../src/run/load-events.ts';
import { parseCost } from '../src/run/measured-process.ts';
import { parseMoved } from '../src/run/pair.ts';
import { fileSystemOf } from '../src/setting.ts';

test('the line of the ruler', () => {
  const line =
    '{"role":"send","bytes":1071973051,"seconds":0.2333,"mbPerSecond":4594.0,"cpuSeconds":0.180}';
  assert.equal(parseMoved(line), { seconds: 0.2333, bytes: 1_071_973_051 });
  assert.throws(() => parseMoved('{"role":"send"}'), /not a line of the ruler/);
});

test('what `measured` writes', () => {
  const text =
    '{"exitCode":0,"seconds":5.078403,"userSeconds":0.5,"systemSeconds":1.25,"maxRssBytes":60809216}';
  assert.equal(parseCost(text), {
    exitCode: 0,
    seconds: 5.078403,
    cpuSeconds: 1.75,
    maxRssBytes: 60_809_216,
  });
});

const tcpTable = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1B58 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:2475 0100007F:1B58 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
`;

test('a listener is seen in the table of the kernel; an open connection is none', () => {
  assert.is(hasListener(tcpTable, 7000), true);
  assert.is(hasListener(tcpTable, 0x2475), false);
  assert.is(hasListener(tcpTable, 7001), false);
});

test('the file system is the one of the longest mount point above the path', () => {
  const mounts = '/dev/a / ext4 rw 0 0\n/dev/b /data xfs rw 0 0\ntmpfs /data/tmp tmpfs rw 0 0\n';
  assert.is(fileSystemOf(mounts, '/home'), 'ext4');
  assert.is(fileSystemOf(mounts, '/data/bench'), 'xfs');
  assert.is(fileSystemOf(mounts, '/database'), 'ext4');
  assert.is(fileSystemOf(mounts, '/data/tmp/x'), 'tmpfs');
});

const loadLines = [
  { atMs: 200, text: '{"type":"Discovered","tables":[]}' },
  { atMs: 250, text: '{"type":"Verifying","bytes":10,"totalBytes":10}' },
  { atMs: 300, text: '{"type":"Verified"}' },
  { atMs: 300, text: '{"type":"Planned"}' },
  { atMs: 310, text: 'no JSON' },
  { atMs: 400, text: '{"type":"FileStarted"}' },
  { atMs: 700, text: '{"type":"FileSent"}' },
  { atMs: 900, text: '{"type":"FileAcknowledged"}' },
  { atMs: 950, text: '{"type":"result","verdict":"complete","elapsedMs":750.5}' },
];

test('the parts of a load follow from the times of its news and add up to the process', () => {
  const story = storyOf(loadLines, 1);
  assert.is(story.verdict, 'complete');
  assert.is(story.elapsedSeconds, 0.7505);
  assert.equal(Object.keys(story.phases), [
    'start',
    'check and plan',
    'connect, prepare',
    'send',
    'receiver verifies and syncs',
    'commit',
    'end of the process',
  ]);
  assert.is(story.phases['send']?.toFixed(3), '0.300');
  const sum = Object.values(story.phases).reduce((total, seconds) => total + seconds, 0);
  assert.is(sum.toFixed(6), '1.000000');
});

test('a load without a result has no verdict', () => {
  assert.is(storyOf(loadLines.slice(0, 3), 1).verdict, 'none');
});

test('a bootstrap in the log of a node, also across midnight', () => {
  const log = (start: string, end: string): string =>
    [
      `${start} INFO  [main] StreamResultFuture.java:90 - [Stream #1] Executing streaming plan for Bootstrap`,
      'at java.base/java.lang.Thread.run',
      `${end} INFO  [Stream-1] StreamResultFuture.java:254 - [Stream #1] All sessions completed`,
    ].join('\n');
  assert.is(streamSeconds(log('10:00:01.250', '10:00:05.000')), 3.75);
  assert.is(streamSeconds(log('23:59:59.500', '00:00:01.000')), 1.5);
  assert.throws(() => streamSeconds('nothing'), /no line with/);
});

test('the log of a node: how long a compaction took', () => {
  const line =
    '18:11:45.249 INFO  [CompactionExecutor:1] CompactionTask.java:264 - Compacted (55d75500-ec20-11f1-a96a-f1b801f1b782) 4 sstables to [/tmp/data/bench/events-4ad35af0ec2011f1a96af1b801f1b782/nb-10-big,] to level=0.  645.345KiB to 668.909KiB (~103% of original) in 12,399ms.  Read Throughput = 1.577MiB/s';
  assert.is(compactionSeconds(`something\n${line}\n`), 12.399);
  assert.is(compactionSeconds('CompactionTask.java:173 - Compacting (55d75500) [a, b]'), undefined);
});

test.run();
