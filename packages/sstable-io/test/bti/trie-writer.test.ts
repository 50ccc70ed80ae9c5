import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ByteWriter } from '@scamander/bytes';
import { seededRandom, withTempFolder } from '@scamander-tools/testing';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PageOutput } from '../../src/bti/page-output.ts';
import { PendingNode } from '../../src/bti/pending-node.ts';
import { putSizedInteger, sizedIntegerBytes } from '../../src/bti/sized-integer.ts';
import { readSizedInteger, TrieWalker } from '../../src/bti/trie-file.ts';
import { TrieNode } from '../../src/bti/trie-node.ts';
import { nodeBytes, nodeType } from '../../src/bti/trie-node-type.ts';
import { writeNode } from '../../src/bti/trie-node-writer.ts';
import { TrieWriter } from '../../src/bti/trie-writer.ts';
import { PagedFile } from '../../src/io/paged-file.ts';
import { ReadableFile } from '../../src/io/readable-file.ts';
import { PAGE_BYTES } from '../../src/limits.ts';

/** Spec: sstable-index-and-stats §7.2. */
const CHOICES: [
  children: number,
  span: number,
  distance: number,
  payload: boolean,
  type: number,
][] = [
  [0, 0, 0, true, 0],
  [1, 1, 15, false, 1],
  [1, 1, 15, true, 2],
  [1, 1, 16, false, 2],
  [1, 1, 255, true, 2],
  [1, 1, 256, false, 3],
  [1, 1, 4095, true, 4],
  [1, 1, 4096, false, 4],
  [1, 1, 65_535, true, 4],
  [1, 1, 65_536, false, 12],
  [1, 1, 2 ** 24, true, 13],
  [1, 1, 2 ** 32, false, 14],
  [1, 1, 2 ** 40, true, 15],
  [2, 200, 10, false, 5],
  [2, 200, 255, true, 5],
  [2, 200, 256, false, 6],
  [2, 200, 4096, false, 7],
  [2, 200, 2 ** 16, false, 8],
  [2, 200, 2 ** 24, false, 9],
  [2, 200, 2 ** 32, false, 9],
  [2, 200, 2 ** 40, false, 15],
  [2, 2, 10, false, 10],
  [2, 3, 10, false, 5],
  [3, 3, 10, false, 10],
  [2, 2, 256, false, 10],
  [2, 2, 4096, false, 11],
  [2, 2, 2 ** 16, false, 12],
  [2, 2, 2 ** 24, false, 13],
  [2, 2, 2 ** 32, false, 14],
];

for (const [children, span, distance, hasPayload, type] of CHOICES) {
  test(`${children} children of ${span}, ${distance} away${hasPayload ? ', payload' : ''}`, () => {
    assert.is(nodeType(children, span, distance, hasPayload), type);
  });
}

test('what is written as a node is read as that node, for every type', () => {
  const seen = new Set<number>();
  const scattered = fc.uniqueArray(fc.nat(255), { maxLength: 256 });
  const adjoining = fc
    .tuple(fc.nat(255), fc.integer({ min: 2, max: 256 }))
    .map(([first, count]) =>
      Array.from({ length: Math.min(count, 256 - first) }, (_, i) => first + i),
    );
  const transitions = fc.oneof(scattered, adjoining);
  const distance = fc.nat(41).chain((bits) => fc.maxSafeNat().map((n) => 1 + (n % 2 ** bits)));
  const payload = fc.option(fc.record({ flags: fc.integer({ min: 1, max: 15 }) }));
  const property = fc.property(transitions, distance, payload, (bytes, farthest, flags) => {
    // the place within the page is 0, so that the longest node fits
    const position = 2 ** 42;
    const node = new PendingNode(0);
    if (bytes.length === 0 || flags !== null) {
      node.setPayload({ flags: flags?.flags ?? 3, bytes: Uint8Array.of(1, 2, 3) });
    }
    const sorted = bytes.sort((a, b) => a - b);
    for (const [i, byte] of sorted.entries()) {
      const child = new PendingNode(byte);
      child.position = position - (i === 0 ? farthest : 1 + ((byte * 7919) % farthest));
      node.addChild(child);
    }
    const expected = node.children.map((child) => [child.transition, child.position]);
    const type = node.typeAt(position);
    seen.add(type);
    const writer = new ByteWriter();
    writeNode(writer, node, position);
    assert.is(writer.length, node.bytesAt(position));
    const read = new TrieNode();
    read.load('trie', Uint8Array.from(writer.toBytes()), position);
    assert.is(read.payloadFlags, node.payloadFlags);
    assert.is(read.nodeBytes, writer.length - node.payloadBytes);
    const found: [number, number][] = [];
    for (let slot = read.nextSlot(0, 'trie'); slot >= 0; slot = read.nextSlot(slot + 1, 'trie')) {
      found.push([read.transition(slot), read.child(slot, 'trie')]);
    }
    assert.equal(found, expected);
  });
  fc.assert(property, { numRuns: 3000, seed: 7 });
  assert.equal(
    [...seen].sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  );
});

test('lengths of nodes', () => {
  assert.equal(
    [nodeBytes(6, 3, 9), nodeBytes(10, 3, 5), nodeBytes(9, 255, 256), nodeBytes(15, 2, 256)],
    [10, 11, 1532, 2051],
  );
});

test('sized integers', () => {
  const target = new Uint8Array(8);
  const expected: [value: number, hex: string][] = [
    [0, '00'],
    [127, '7f'],
    [128, '0080'],
    [-128, '80'],
    [-129, 'ff7f'],
    [-1, 'ff'],
    [2 ** 47 - 1, '7fffffffffff'],
    [-(2 ** 47), '800000000000'],
    [Number.MAX_SAFE_INTEGER, '1fffffffffffff'],
  ];
  for (const [value, hex] of expected) {
    const bytes = sizedIntegerBytes(value);
    putSizedInteger(target, 0, value, bytes);
    assert.is(Buffer.from(target.subarray(0, bytes)).toString('hex'), hex);
  }
});

type Entry = { key: Uint8Array; value: number };

/** Writes the tries one behind the other, from a position on, and reads them back with a reader that checks every node. */
const roundTrip = (tries: Entry[][], startBytes: number): Promise<number> =>
  withTempFolder(async (folder) => {
    const parts: Buffer[] = [Buffer.alloc(startBytes)];
    const output = new PageOutput({ append: (bytes) => parts.push(Buffer.from(bytes)) });
    output.writer.skip(startBytes);
    parts.length = 0;
    const writer = new TrieWriter(output);
    const roots: number[] = [];
    for (const trie of tries) {
      for (const { key, value } of trie) {
        const bytes = new Uint8Array(sizedIntegerBytes(value));
        putSizedInteger(bytes, 0, value, bytes.length);
        writer.add(key, { flags: bytes.length, bytes });
      }
      roots.push(writer.finish());
    }
    output.passOn();
    const path = join(folder, 'trie');
    writeFileSync(path, Buffer.concat(parts));
    const file = await ReadableFile.open(path);
    try {
      const paged = new PagedFile(file);
      for (const [i, root] of roots.entries()) {
        await checkTrie(paged, root, tries[i]!);
      }
      return file.lengthBytes;
    } finally {
      await file.close();
    }
  });

const checkTrie = async (paged: PagedFile, root: number, entries: Entry[]): Promise<void> => {
  const walker = new TrieWalker(paged, root, (node) => {
    const end = (node.position % PAGE_BYTES) + node.nodeBytes + node.payloadFlags;
    assert.ok(end <= PAGE_BYTES, `a node at ${node.position} crosses its page`);
  });
  for (const { key, value } of entries) {
    assert.ok(await walker.next());
    assert.ok(Buffer.compare(walker.path.subarray(0, walker.depth), key) === 0);
    const { node } = walker;
    assert.is(readSizedInteger(paged.path, node, node.payloadOffset, node.payloadFlags), value);
  }
  assert.not(await walker.next());
};

const sortedEntries = (keys: Uint8Array[]): Entry[] => {
  const byHex = new Map(keys.map((key) => [Buffer.from(key).toString('hex'), key]));
  return [...byHex.values()]
    .sort(Buffer.compare)
    .map((key, i) => ({ key, value: i * 2_654_435_761 - 1000 }));
};

test('any keys, also those that begin with others, at any place in a page', async () => {
  const keys = fc.array(fc.uint8Array({ maxLength: 12 }), { minLength: 1, maxLength: 300 });
  const few = keys.map((list) => list.map((key) => key.map((byte) => byte & 3)));
  const property = fc.asyncProperty(
    fc.array(fc.oneof(keys, few), { minLength: 1, maxLength: 3 }),
    fc.nat(5000),
    async (tries, start) => {
      await roundTrip(tries.map(sortedEntries), start);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test('60,000 keys over many pages', async () => {
  const random = seededRandom(11);
  const keys = Array.from({ length: 60_000 }, () =>
    Uint8Array.from({ length: 4 + Math.floor(random() * 5) }, () => Math.floor(random() * 256)),
  );
  const bytes = await roundTrip([sortedEntries(keys)], 0);
  assert.ok(bytes > 500_000, `${bytes} bytes`);
});

test('keys of 128 KiB that share almost all of it', async () => {
  const longest = new Uint8Array(131_100).fill(7);
  const keys = [1, 2, 3].map((byte) => {
    const key = Uint8Array.from(longest);
    key[key.length - 1] = byte;
    return key;
  });
  keys.push(longest.subarray(0, 70_000));
  await roundTrip([sortedEntries(keys)], 100);
});

test('keys that do not ascend are refused', () => {
  const refused: [a: number[], b: number[]][] = [
    [[1], [1]],
    [[2], [1]],
    [[1, 0], [1]],
    [[], []],
  ];
  for (const [a, b] of refused) {
    const writer = new TrieWriter(new PageOutput({ append: () => undefined }));
    const payload = { flags: 1, bytes: Uint8Array.of(0) };
    writer.add(Uint8Array.from(a), payload);
    assert.throws(() => writer.add(Uint8Array.from(b), payload), /ascend/);
  }
});

test.run();
