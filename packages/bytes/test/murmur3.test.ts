import { createRequire } from 'node:module';
import { murmur3, murmur3Into, murmur3Token, murmur3TokenInto } from '@scamander/bytes';
import { seededRandom } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { murmurs, tokens } from './fixtures/vectors.ts';
import { fromHex } from './hex.ts';

type Tokenizer = { hash(key: Buffer): { getValue(): { toString(): string } } };
const { Murmur3Tokenizer } = createRequire(import.meta.url)('cassandra-driver/lib/tokenizer') as {
  Murmur3Tokenizer: new () => Tokenizer;
};

for (const [hex, h1, h2] of murmurs) {
  test(`hash of ${hex}`, () => {
    assert.equal(murmur3(fromHex(hex)), { h1, h2 });
    assert.is(murmur3Token(fromHex(hex)), h1);
  });
}

for (const [key, token] of tokens) {
  test(`token of ${Buffer.from(key).toString('hex')}, written by Cassandra`, () => {
    assert.is(murmur3Token(key), token);
  });
}

test('the empty key has the minimum token, and its hash is 0', () => {
  assert.is(murmur3Token(new Uint8Array(0)), -(2n ** 63n));
  assert.equal(murmur3(new Uint8Array(0)), { h1: 0n, h2: 0n });
  const out = { hi: 1, lo: 1 };
  murmur3TokenInto(new Uint8Array(0), out);
  assert.equal(out, { hi: -(2 ** 31), lo: 0 });
});

test('the driver agrees on random keys of every length up to 100, with high bytes', () => {
  const driver = new Murmur3Tokenizer();
  const random = seededRandom(0x5ca);
  const out = { hi: 0, lo: 0 };
  for (let round = 0; round < 4000; round++) {
    const key = new Uint8Array(1 + (round % 100));
    const from = round % 3 === 0 ? 128 : 0;
    for (let index = 0; index < key.length; index++)
      key[index] = from + Math.floor(random() * (256 - from));
    const expected = BigInt(driver.hash(Buffer.from(key)).getValue().toString());
    assert.is(murmur3Token(key), expected, Buffer.from(key).toString('hex'));
    murmur3TokenInto(key, out);
    assert.is((BigInt(out.hi) << 32n) | BigInt(out.lo), expected);
  }
});

test('halves are signed above and unsigned below', () => {
  const out = { h1hi: 0, h1lo: 0, h2hi: 0, h2lo: 0 };
  murmur3Into(fromHex('80'), out);
  assert.is(BigInt.asIntN(64, (BigInt(out.h1hi) << 32n) + BigInt(out.h1lo)), -5284281814142962636n);
  assert.ok(out.h1lo >= 0 && out.h2lo >= 0);
});

test.run();
