import { fullRing, Murmur3Partitioner, normalize, type TokenRange } from '@scamander/ring';
import type { Section, SSTable } from '@scamander/sstable-io';
import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Piece, piecesOf } from '../../src/outgoing/pieces.ts';
import { opened, sampleTable, sstablesBelow } from '../harness.ts';

const WHOLE = normalize(Murmur3Partitioner, [fullRing(Murmur3Partitioner)]);

const piecesIn = async (
  sstable: SSTable,
  ranges: readonly TokenRange[],
  max?: bigint,
): Promise<readonly Piece[]> => {
  const pieces = await piecesOf(sstable, ranges, max);
  if (pieces._tag === 'Left') throw pieces.left;
  return pieces.right;
};

const sectionsIn = async (
  sstable: SSTable,
  ranges: readonly TokenRange[],
): Promise<readonly Section[]> => {
  const sections = await sstable.sections(ranges);
  if (sections._tag === 'Left') throw sections.left;
  return sections.right;
};

/** Neighbours joined, in order of their place: two lists of sections hold the same bytes when these are equal. */
const covered = (sections: readonly Section[]): [bigint, bigint][] => {
  const joined: [bigint, bigint][] = [];
  for (const { lower, upper } of [...sections].sort((a, b) => (a.lower < b.lower ? -1 : 1))) {
    const last = joined.at(-1);
    if (last !== undefined && last[1] === lower) last[1] = upper;
    else joined.push([lower, upper]);
  }
  return joined;
};

const lengthOf = (sections: readonly Section[]): bigint =>
  sections.reduce((sum, { lower, upper }) => sum + upper - lower, 0n);

/** Where partitions begin. */
const startsOf = async (sstable: SSTable): Promise<readonly bigint[]> => {
  const starts: bigint[] = [];
  for await (const { position } of sstable.keys()) starts.push(position);
  return starts;
};

const checkPieces = async (
  sstable: SSTable,
  ranges: readonly TokenRange[],
  max: bigint,
): Promise<number> => {
  const pieces = await piecesIn(sstable, ranges, max);
  const sections = pieces.flatMap((piece) => piece.sections);
  assert.equal(covered(sections), covered(await sectionsIn(sstable, ranges)));
  // nothing twice
  assert.is(lengthOf(sections), lengthOf(await sectionsIn(sstable, ranges)));
  const starts = await startsOf(sstable);
  for (const piece of pieces) {
    if (lengthOf(piece.sections) <= max) continue;
    const partitions = starts.filter((start) =>
      piece.sections.some(({ lower, upper }) => start >= lower && start < upper),
    );
    assert.is(partitions.length, 1, 'only a single partition may be longer than the limit');
  }
  return pieces.length;
};

for (const [release, table] of [
  ['4.1.10-nb', 'with_none'],
  ['4.1.10-nb', 'users'],
  ['5.0.6-oa', 'with_lz4'],
  ['5.0.6-da', 'readings'],
] as const) {
  test(`${release} ${table}: pieces cover exactly the sections, none above the limit`, async () => {
    for (const files of await sstablesBelow(sampleTable(release, table))) {
      await opened(files, async (sstable) => {
        const random = seededRandom(Number(sstable.dataLengthBytes));
        for (const max of [sstable.dataLengthBytes / 9n, sstable.dataLengthBytes - 1n]) {
          assert.ok((await checkPieces(sstable, WHOLE, max)) > 1, `limit ${max}`);
        }
        for (let round = 0; round < 3; round += 1) {
          const cuts = Array.from({ length: 6 }, () =>
            Murmur3Partitioner.tokenOf(Buffer.from(String(random()))),
          ).sort((a, b) => Murmur3Partitioner.compare(a, b));
          const ranges = normalize(
            Murmur3Partitioner,
            [0, 2, 4].map((at) => ({ left: cuts[at] ?? 0n, right: cuts[at + 1] ?? 0n })),
          );
          await checkPieces(sstable, ranges, BigInt(1500 + Math.floor(random() * 5000)));
        }
      });
    }
  });
}

test('below the limit there is one piece', async () => {
  const [files] = await sstablesBelow(sampleTable('4.1.10-nb', 'with_none'));
  if (files === undefined) throw new Error('no sample');
  await opened(files, async (sstable) => {
    const [piece, ...others] = await piecesIn(sstable, WHOLE);
    assert.is(others.length, 0);
    assert.is(piece?.transferSizeBytes, sstable.dataLengthBytes);
  });
});

test('no piece where the ranges hold no partition', async () => {
  const [files] = await sstablesBelow(sampleTable('4.1.10-nb', 'with_none'));
  if (files === undefined) throw new Error('no sample');
  await opened(files, async (sstable) => {
    const first = Murmur3Partitioner.tokenOf(sstable.firstKey);
    const before = { left: Murmur3Partitioner.minimumToken, right: BigInt(first as bigint) - 1n };
    assert.equal(await piecesIn(sstable, [before]), []);
    assert.equal(await piecesIn(sstable, []), []);
  });
});

test('the size of a compressed piece is that of its chunks with their CRCs', async () => {
  const [files] = await sstablesBelow(sampleTable('4.1.10-nb', 'with_lz4'));
  if (files === undefined) throw new Error('no sample');
  await opened(files, async (sstable) => {
    const [piece] = await piecesIn(sstable, WHOLE);
    // every chunk of the file: all of Data.db
    assert.is(piece?.transferSizeBytes, BigInt(files.components.get('Data.db') ?? 0));
  });
});

test.run();
