import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mergeCounterContexts } from '../../src/merge/counter-context.ts';

type Kind = 'global' | 'local' | 'remote';
type Shard = readonly [id: number, kind: Kind, clock: bigint, count: bigint];

/** Spec: sstable-data §5. */
const context = (...shards: readonly Shard[]): Uint8Array => {
  const entries = shards.flatMap(([, kind], i) =>
    kind === 'remote' ? [] : [kind === 'global' ? i - 0x8000 : i],
  );
  const bytes = Buffer.alloc(2 + 2 * entries.length + 32 * shards.length);
  bytes.writeInt16BE(entries.length);
  for (const [i, entry] of entries.entries()) bytes.writeInt16BE(entry, 2 + 2 * i);
  for (const [i, [id, , clock, count]] of shards.entries()) {
    const at = 2 + 2 * entries.length + 32 * i;
    bytes.writeUInt8(id, at);
    bytes.writeBigInt64BE(clock, at + 16);
    bytes.writeBigInt64BE(count, at + 24);
  }
  return new Uint8Array(bytes);
};

/** Rules of hints-commitlog-compaction F §5, one a line: left, right, merged. */
const CASES: readonly (readonly [
  name: string,
  left: readonly Shard[],
  right: readonly Shard[],
  merged: readonly Shard[],
])[] = [
  ['nothing on either side', [], [], []],
  ['one side only', [[1, 'global', 1n, 5n]], [], [[1, 'global', 1n, 5n]]],
  [
    'different ids, in order of unsigned bytes',
    [[0x90, 'global', 1n, 5n]],
    [[0x10, 'local', 2n, 6n]],
    [
      [0x10, 'local', 2n, 6n],
      [0x90, 'global', 1n, 5n],
    ],
  ],
  [
    'two globals: the higher clock',
    [[1, 'global', 3n, 5n]],
    [[1, 'global', 2n, 9n]],
    [[1, 'global', 3n, 5n]],
  ],
  [
    'two globals of one clock: the higher count',
    [[1, 'global', 3n, 5n]],
    [[1, 'global', 3n, 9n]],
    [[1, 'global', 3n, 9n]],
  ],
  [
    'global against local: the global',
    [[1, 'global', 1n, 5n]],
    [[1, 'local', 9n, 9n]],
    [[1, 'global', 1n, 5n]],
  ],
  [
    'remote against global: the global',
    [[1, 'remote', 9n, 9n]],
    [[1, 'global', 1n, 5n]],
    [[1, 'global', 1n, 5n]],
  ],
  [
    'two locals: both added',
    [[1, 'local', 2n, 5n]],
    [[1, 'local', 3n, -7n]],
    [[1, 'local', 5n, -2n]],
  ],
  [
    'local against remote: the local',
    [[1, 'remote', 9n, 9n]],
    [[1, 'local', 1n, 5n]],
    [[1, 'local', 1n, 5n]],
  ],
  [
    'two remotes: the higher clock',
    [[1, 'remote', 3n, 5n]],
    [[1, 'remote', 4n, 1n]],
    [[1, 'remote', 4n, 1n]],
  ],
  [
    'two remotes of one clock: the higher count',
    [[1, 'remote', 3n, 5n]],
    [[1, 'remote', 3n, 1n]],
    [[1, 'remote', 3n, 5n]],
  ],
  [
    'two remotes, one of a removed node: the one with a positive clock beside it',
    [[1, 'remote', -3n, 5n]],
    [[1, 'remote', 2n, 1n]],
    [[1, 'remote', -3n, 5n]],
  ],
];

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

for (const [name, left, right, merged] of CASES)
  test(name, () => {
    const result = mergeCounterContexts(context(...left), context(...right));
    assert.is(hex(result), hex(context(...merged)));
  });

test('the side that holds all of the result is the result', () => {
  const small = context([1, 'global', 1n, 5n]);
  const large = context([1, 'global', 1n, 5n], [2, 'global', 1n, 5n]);
  assert.is(mergeCounterContexts(small, large), large);
  assert.is(mergeCounterContexts(large, small), large);
  assert.is(mergeCounterContexts(small, Uint8Array.from(small)), small);
});

test('bytes that are no context are refused', () => {
  const one = context([1, 'global', 1n, 5n]);
  for (const bytes of [new Uint8Array(1), one.subarray(0, 20), Uint8Array.of(0, 1, 0, 3)])
    assert.throws(() => mergeCounterContexts(one, bytes));
});

test.run();
