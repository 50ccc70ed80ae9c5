import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decompressLz4Block } from '../../src/gossip/lz4-block.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const block = (...parts: readonly (number | string)[]) =>
  new Uint8Array(
    Buffer.concat(
      parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))),
    ),
  );

// The LZ4 block format: token (literal length, match length − 4), literals, distance; 15 goes on in further bytes.
for (const [name, bytes, expected] of [
  ['literals alone', block(0x50, 'hello'), 'hello'],
  ['nothing', block(0x00), ''],
  ['a match', block(0x30, 'abc', 3, 0, 0x00), 'abcabca'],
  ['a match that overlaps itself', block(0x12, 'x', 1, 0, 0x10, 'y'), 'xxxxxxxy'],
  ['long literals', block(0xf0, 3, 'L'.repeat(18)), 'L'.repeat(18)],
  ['very long literals', block(0xf0, 255, 0, 'L'.repeat(270)), 'L'.repeat(270)],
  ['a long match', block(0x1f, 'z', 1, 0, 255, 1, 0x00), 'z'.repeat(1 + 15 + 256 + 4)],
] as const) {
  test(name, () => {
    assert.is(text(decompressLz4Block(bytes, expected.length)), expected);
  });
}

for (const [name, bytes, length] of [
  ['ends inside literals', block(0x50, 'hel'), 5],
  ['ends inside a distance', block(0x10, 'a', 1), 9],
  ['a distance of 0', block(0x10, 'a', 0, 0, 0x00), 5],
  ['a distance before the start', block(0x10, 'a', 2, 0, 0x00), 5],
  ['more than it says', block(0x50, 'hello'), 4],
  ['a match longer than it says', block(0x1f, 'a', 1, 0, 255, 255, 0), 30],
  ['less than it says', block(0x50, 'hello'), 6],
  ['an endless length', block(0xf0, 255, 255, 255), 5],
] as const) {
  test(`refused: ${name}`, () => {
    assert.throws(
      () => decompressLz4Block(bytes, length),
      (error: Error) => error instanceof RangeError,
    );
  });
}

test.run();
