import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TrieNode } from '../../src/bti/trie-node.ts';
import { SSTableError } from '../../src/errors.ts';

/** Nodes stand at this position in their page, so that children can lie before them. */
const AT = 3000;

const nodeOf = (hex: string, at = AT): TrieNode => {
  const page = new Uint8Array(4096);
  page.set(Buffer.from(hex.replaceAll(' ', ''), 'hex'), at);
  const node = new TrieNode();
  node.load('Partitions.db', page, at);
  return node;
};

const childrenOf = (node: TrieNode): [number, number][] => {
  const found: [number, number][] = [];
  for (let slot = node.nextSlot(0, 'f'); slot >= 0; slot = node.nextSlot(slot + 1, 'f')) {
    found.push([node.transition(slot), node.position - node.child(slot, 'f')]);
  }
  return found;
};

/** One of each type, with distances (spec: sstable-index-and-stats §7.1). */
const TYPES: [
  name: string,
  hex: string,
  flags: number,
  bytes: number,
  children: [number, number][],
][] = [
  ['0 PAYLOAD_ONLY', '09', 9, 1, []],
  ['1 SINGLE_NOPAYLOAD_4', '1b 40', 0, 2, [[0x40, 11]]],
  ['2 SINGLE_8', '23 41 c8', 3, 3, [[0x41, 200]]],
  ['3 SINGLE_NOPAYLOAD_12', '3a bc 42', 0, 3, [[0x42, 0xabc]]],
  ['4 SINGLE_16', '41 43 0b b8', 1, 4, [[0x43, 3000]]],
  [
    '5 SPARSE_8',
    '50 02 10 20 05 ff',
    0,
    6,
    [
      [0x10, 5],
      [0x20, 255],
    ],
  ],
  [
    '6 SPARSE_12, even',
    '61 02 10 20 abc 123',
    1,
    7,
    [
      [0x10, 0xabc],
      [0x20, 0x123],
    ],
  ],
  [
    '6 SPARSE_12, odd',
    '60 03 10 20 30 abc 123 bb8 0',
    0,
    10,
    [
      [0x10, 0xabc],
      [0x20, 0x123],
      [0x30, 0xbb8],
    ],
  ],
  [
    '7 SPARSE_16',
    '72 02 10 20 0bb8 0001',
    2,
    8,
    [
      [0x10, 3000],
      [0x20, 1],
    ],
  ],
  [
    '8 SPARSE_24',
    '80 02 10 20 000bb8 000001',
    0,
    10,
    [
      [0x10, 3000],
      [0x20, 1],
    ],
  ],
  ['9 SPARSE_40', '90 01 10 0000000bb8', 0, 8, [[0x10, 3000]]],
  [
    '10 DENSE_12 with a gap',
    'a0 30 02 00f 000 bb8 0',
    0,
    8,
    [
      [0x30, 15],
      [0x32, 3000],
    ],
  ],
  [
    '10 DENSE_12 of the example',
    'a0 30 04 00f 00c 009 006 003 0',
    0,
    11,
    [
      [0x30, 15],
      [0x31, 12],
      [0x32, 9],
      [0x33, 6],
      [0x34, 3],
    ],
  ],
  [
    '11 DENSE_16',
    'b9 fe 01 0001 0bb8',
    9,
    7,
    [
      [0xfe, 1],
      [0xff, 3000],
    ],
  ],
  ['12 DENSE_24', 'c0 40 00 000bb8', 0, 6, [[0x40, 3000]]],
  ['13 DENSE_32', 'd0 40 01 00000bb8 00000000', 0, 11, [[0x40, 3000]]],
  ['14 DENSE_40', 'e0 40 00 0000000001', 0, 8, [[0x40, 1]]],
  ['15 LONG_DENSE', 'f1 40 00 0000000000000bb8', 1, 11, [[0x40, 3000]]],
];

for (const [name, hex, flags, bytes, children] of TYPES) {
  test(`type ${name}`, () => {
    const node = nodeOf(hex);
    assert.is(node.payloadFlags, flags);
    assert.is(node.nodeBytes, bytes);
    assert.equal(childrenOf(node), children);
    for (const [transition] of children) {
      assert.is(node.transition(node.slotOf(transition, 'f')), transition);
    }
    const above = children.find(([transition]) => transition > 0x30)?.[0] ?? -1;
    const slot = node.slotAbove(0x30, 'f');
    assert.is(slot < 0 ? -1 : node.transition(slot), above);
  });
}

test('missing transitions and gaps have no slot', () => {
  assert.is(nodeOf('a0 30 02 00f 000 bb8 0').slotOf(0x31, 'f'), -1);
  assert.is(nodeOf('a0 30 02 00f 000 bb8 0').slotOf(0x2f, 'f'), -1);
  assert.is(nodeOf('50 02 10 20 05 ff').slotOf(0x15, 'f'), -1);
  assert.is(nodeOf('1b 40').slotOf(0x41, 'f'), -1);
  assert.is(nodeOf('09').slotOf(0, 'f'), -1);
});

const corrupt = (error: unknown): boolean =>
  error instanceof SSTableError && error.code === 'SCM_SSTABLE_CORRUPT';

const WRONG: [name: string, hex: string, at: number][] = [
  ['a node that leaves its page', 'a0 00 ff', 4000],
  ['a sparse node without children', '50 00', AT],
  ['a dense node beyond byte 255', 'b0 ff 01 0001 0001', AT],
];

for (const [name, hex, at] of WRONG) {
  test(`corrupt: ${name}`, () => {
    assert.throws(() => nodeOf(hex, at), corrupt);
  });
}

test('corrupt: a child before the file, or the node itself', () => {
  assert.throws(() => childrenOf(nodeOf('90 01 10 ffffffffff')), corrupt);
  assert.throws(() => childrenOf(nodeOf('f0 10 00 ffffffffffffffff')), corrupt);
  assert.throws(() => childrenOf(nodeOf('10 40')), corrupt);
});

test.run();
