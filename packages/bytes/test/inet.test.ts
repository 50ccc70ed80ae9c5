import { isIP } from 'node:net';
import { formatInet, MalformedBytes, parseInet } from '@scamander/bytes';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from './hex.ts';

/** Text, its bytes, and the RFC 5952 form where it differs from the text. */
const rows: readonly (readonly [string, string, string?])[] = [
  ['10.0.0.9', '0a000009'],
  ['255.255.255.255', 'ffffffff'],
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['2001:db8::1', '20010db8000000000000000000000001'],
  ['2001:DB8:0:0:1:0:0:1', '20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
  ['2001:0:0:1:0:0:0:1', '20010000000000010000000000000001', '2001:0:0:1::1'],
  ['fe80::', 'fe800000000000000000000000000000'],
  ['::ffff:10.0.0.9', '00000000000000000000ffff0a000009'],
  ['::ffff:a00:9', '00000000000000000000ffff0a000009', '::ffff:10.0.0.9'],
  ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221', '64:ff9b::c000:221'],
  ['1:2:3:4:5:6:7::', '00010002000300040005000600070000', '1:2:3:4:5:6:7:0'],
];

for (const [text, hex, canonical] of rows) {
  test(text, () => {
    const bytes = parseInet(text);
    assert.ok(bytes);
    assert.is(toHex(bytes), hex);
    assert.is(formatInet(bytes), canonical ?? text);
  });
}

test('what is no numeric address', () => {
  const bad = [
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    ':::',
    '12345::',
    '::1%eth0',
    '[::1]',
    '::1.2.3',
    '1.2.3.4::',
    '::1.2.3.4:5',
    `::${'0'.repeat(60)}`,
  ];
  for (const text of bad) assert.is(parseInet(text), undefined, text);
});

test('bytes of another length', () => {
  assert.throws(
    () => formatInet(new Uint8Array(5)),
    (error: unknown) => error instanceof MalformedBytes,
  );
});

test('every address comes back, and Node agrees that its text is one', () => {
  const sparse = fc.array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 });
  const four = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.oneof(sparse, four), (values) => {
      const bytes = Uint8Array.from(values);
      const text = formatInet(bytes);
      assert.is(isIP(text), bytes.length === 4 ? 4 : 6, text);
      assert.equal(parseInet(text), bytes);
    }),
  );
});

test('fast-check finds no text on which we and Node differ', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      assert.is(parseInet(text)?.length, isIP(text) === 4 ? 4 : 16, text);
    }),
  );
});

test.run();
