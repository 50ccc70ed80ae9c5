import { type Partitioner, partitionerNamed, type Token, type TokenRange } from '@scamander/ring';
import { seededRandom, sharedTest } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openSSTable } from '../../src/open.ts';
import type { PartitionIndex } from '../../src/sections/partition-index.ts';
import { sectionsOf } from '../../src/sections/sections.ts';
import type { Section, SSTable } from '../../src/types.ts';
import { fixtureSSTables, nameOf } from '../fixture-sstables.ts';

const murmur3 = partitionerNamed('Murmur3Partitioner');
if (murmur3._tag === 'Left') throw new Error('ring has no Murmur3Partitioner');
const partitioner = murmur3.right;
const MIN = -(2n ** 63n);

/**
 * The table of the checked examples (spec: sstable-data §12): int keys 0…129, 25 bytes each but three of 24. Where those three
 * stand is not said, but every example has all or none of them on one side: they are after byte 800 and before 1697.
 */
const examplePositions = (): { token: bigint; position: number }[] => {
  const tokens = Array.from({ length: 130 }, (_, key) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(key);
    return partitioner.tokenOf(bytes) as bigint;
  }).sort((a, b) => (a < b ? -1 : 1));
  return tokens.map((token, i) => ({ token, position: 25 * i - Math.min(3, Math.max(0, i - 40)) }));
};

const exampleIndex = (): PartitionIndex => ({
  firstKey: new Uint8Array(4),
  lastKey: new Uint8Array(4),
  keyCount: 130,
  positionsAfter: (tokens) =>
    Promise.resolve(
      tokens.map(
        (token) => examplePositions().find((at) => at.token > (token as bigint))?.position,
      ),
    ),
  find: () => Promise.resolve(undefined),
  async *keys() {},
});

const exampleTable: [name: string, left: bigint, right: bigint, expected: [number, number][]][] = [
  ['from 0 to the end', 0n, MIN, [[1697, 3247]]],
  ['from the beginning to 0', MIN, 0n, [[0, 1697]]],
  [
    'wrapping',
    5n * 10n ** 18n,
    -5n * 10n ** 18n,
    [
      [0, 800],
      [2522, 3247],
    ],
  ],
  ['between two keys', -9093154533455926434n, -9081975895656599623n, [[100, 150]]],
  ['left = right', 7n, 7n, [[0, 3247]]],
  ['everything', MIN, MIN, [[0, 3247]]],
  ['between no keys', -9157060164899361010n, -9157060164899361000n, []],
  ['before all keys', MIN, -9157060164899361012n, []],
];

for (const [name, left, right, expected] of exampleTable) {
  test(`checked example: ${name}`, async () => {
    const sections = await sectionsOf(exampleIndex(), partitioner, 3247, [{ left, right }]);
    assert.equal(
      sections.map(({ lower, upper }) => [Number(lower), Number(upper)]),
      expected,
    );
  });
}

test('the tokens of the checked examples are those of the keys', () => {
  assert.equal(
    examplePositions()
      .slice(0, 6)
      .map(({ token }) => token),
    [
      -9157060164899361011n,
      -9151332560014435696n,
      -9108684050423740263n,
      -9093154533455926434n,
      -9084883821289052775n,
      -9081975895656599623n,
    ],
  );
});

type Partition = { token: Token; lower: bigint; upper: bigint };

const partitionsOf = async (sstable: SSTable): Promise<Partition[]> => {
  const partitions: Partition[] = [];
  for await (const { key, position } of sstable.keys()) {
    const previous = partitions.at(-1);
    if (previous !== undefined) previous.upper = position;
    const token = sstable.partitioner.tokenOf(Uint8Array.from(key));
    partitions.push({ token, lower: position, upper: sstable.dataLengthBytes });
  }
  return partitions;
};

/** Membership of one token, by the words of the specification. */
const isInside = ({ compare, minimumToken }: Partitioner, range: TokenRange, token: Token) => {
  const afterLeft = compare(token, range.left) > 0;
  const upToRight = compare(range.right, minimumToken) === 0 || compare(token, range.right) <= 0;
  const isPlain = compare(range.left, range.right) < 0 || compare(range.right, minimumToken) === 0;
  if (compare(range.left, range.right) === 0) return true;
  return isPlain ? afterLeft && upToRight : afterLeft || upToRight;
};

/** Sections by brute force: runs of partitions inside, joined where they touch. */
const expectedSections = (sstable: SSTable, partitions: Partition[], ranges: TokenRange[]) =>
  joined(
    partitions
      .filter(({ token }) => ranges.some((range) => isInside(sstable.partitioner, range, token)))
      .map(({ lower, upper }) => ({ lower, upper })),
  );

const joined = (sections: readonly Section[]): Section[] => {
  const out: { lower: bigint; upper: bigint }[] = [];
  for (const { lower, upper } of sections) {
    const last = out.at(-1);
    if (last !== undefined && last.upper === lower) last.upper = upper;
    else out.push({ lower, upper });
  }
  return out;
};

/** Tokens of the table itself, so that bounds fall on keys, between them and outside. */
const randomRanges = (random: () => number, sstable: SSTable, partitions: Partition[]) => {
  const { minimumToken } = sstable.partitioner;
  const pick = (): Token => {
    const { token } = partitions[Math.floor(random() * partitions.length)]!;
    const kind = random();
    if (kind < 0.1) return minimumToken;
    if (typeof token !== 'bigint') return kind < 0.5 ? token : Buffer.concat([token, Buffer.of(1)]);
    return kind < 0.5 || token <= 0n ? token : token - 1n;
  };
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => ({
    left: pick(),
    right: pick(),
  }));
};

sharedTest(
  test,
  'sections of random ranges are those of a full scan, in every fixture',
  async () => {
    const random = seededRandom(12);
    for (const files of fixtureSSTables) {
      const opened = await openSSTable(files);
      if (opened._tag === 'Left') throw opened.left;
      const sstable = opened.right;
      try {
        const partitions = await partitionsOf(sstable);
        assert.is(partitions[0]?.lower, 0n, nameOf(files));
        for (let i = 0; i < 5; i++) {
          const ranges = randomRanges(random, sstable, partitions);
          const sections = await sstable.sections(ranges);
          if (sections._tag === 'Left') throw sections.left;
          assert.equal(
            joined(sections.right),
            expectedSections(sstable, partitions, ranges),
            nameOf(files),
          );
        }
      } finally {
        await sstable.close();
      }
    }
  },
);

test.run();
