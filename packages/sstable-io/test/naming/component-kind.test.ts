import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { componentKind, isStreamableComponent } from '../../src/naming/component-kind.ts';

// spec: sstable-index-and-stats §1.4, both tables
const KINDS = [
  ['Data.db', 'DATA', true],
  ['Index.db', 'PRIMARY_INDEX', true],
  ['Summary.db', 'SUMMARY', true],
  ['Partitions.db', 'PARTITION_INDEX', true],
  ['Rows.db', 'ROW_INDEX', true],
  ['Statistics.db', 'STATS', true],
  ['Filter.db', 'FILTER', true],
  ['CompressionInfo.db', 'COMPRESSION_INFO', true],
  ['CRC.db', 'CRC', true],
  ['Digest.crc32', 'DIGEST', true],
  ['Digest.adler32', 'DIGEST', true],
  ['TOC.txt', 'TOC', false],
  ['SI_by_name.db', 'SECONDARY_INDEX', false],
  ['SAI+aa+GroupMeta.db', 'SAI', true],
  ['SAI+aa+by_age+BalancedTree.db', 'SAI', true],
  ['Extra.db', 'CUSTOM', true],
  ['toString', 'CUSTOM', true],
  ['', 'CUSTOM', true],
] as const;
for (const [name, kind, streamed] of KINDS)
  test(JSON.stringify(name), () => {
    assert.is(componentKind(name), kind);
    assert.is(isStreamableComponent(name), streamed);
  });

test.run();
