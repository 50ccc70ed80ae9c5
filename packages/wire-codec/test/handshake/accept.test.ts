import {
  type Accept,
  chooseVersion,
  decodeAccept,
  encodeAccept,
  negotiate,
  STREAMING_VERSIONS,
} from '@scamander/wire-codec';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodesWholeAndCut, failsWholeAndCut, hex, hexOf } from '../harness.ts';

const test = suite('Accept and negotiation');

// streaming-4.0-plus §1.4
const CASES: readonly { name: string; bytes: string; value: Accept }[] = [
  { name: '12', bytes: '0000000C 0000000C 26F5673A', value: { maxVersion: 12, useVersion: 12 } },
  { name: '13', bytes: '0000000D 0000000D 6C927E1C', value: { maxVersion: 13, useVersion: 13 } },
  { name: '14', bytes: '0000000E 0000000E B23B5576', value: { maxVersion: 14, useVersion: 14 } },
];

for (const { name, bytes, value } of CASES) {
  test(`${name}: decodes whole and cut, and encodes to the same bytes`, () => {
    decodesWholeAndCut(decodeAccept, hex(bytes), value);
    assert.is(hexOf(encodeAccept(value)), hexOf(hex(bytes)));
  });
}

test('max comes first', () => {
  const bytes = encodeAccept({ maxVersion: 14, useVersion: 12 });
  assert.is(hexOf(bytes.subarray(0, 8)), '0000000e0000000c');
});

test('a damaged checksum is an error', () => {
  failsWholeAndCut(decodeAccept, hex('0000000C 0000000C 26F5673B'), {
    code: 'SCM_WIRE_BAD_CRC',
    expected: 0x26f5673a,
    found: 0x26f5673b,
    offset: 8,
  });
});

test('byte by byte it asks for all twelve at once', () => {
  assert.equal(decodeAccept(hex('00')), { kind: 'need-more', bytesAtLeast: 12 });
});

// [live] rows of streaming-4.0-plus §1.5: what the node accepts, what is offered, what it answers, whether it goes on.
const LIVE: readonly [
  node: string,
  accepted: [number, number],
  offered: [number, number],
  use: number,
  goesOn: boolean,
][] = [
  ['4.0.19', [12, 12], [12, 12], 12, true],
  ['4.1.10', [12, 12], [12, 13], 12, true],
  ['5.0.6', [12, 12], [12, 14], 12, true],
  ['4.0.19', [12, 12], [10, 14], 12, true],
  ['4.1.10', [12, 12], [13, 13], 12, false],
  ['4.1.10', [12, 12], [13, 14], 12, false],
  ['5.0.6', [12, 12], [15, 15], 12, false],
  ['5.0.6 NONE', [13, 13], [12, 13], 13, true],
  ['5.0.6 NONE', [13, 13], [12, 14], 13, true],
  ['5.0.6 NONE', [13, 13], [10, 14], 13, true],
  ['5.0.6 NONE', [13, 13], [12, 12], 13, false],
  ['5.0.6 NONE', [13, 13], [14, 14], 13, false],
  ['6.0-alpha2', [14, 14], [12, 14], 14, true],
  ['6.0-alpha2', [14, 14], [12, 12], 14, false],
  ['6.0-alpha2', [14, 14], [16, 16], 14, false],
];

for (const [node, accepted, offered, use, goesOn] of LIVE) {
  test(`${node} offered ${offered.join('-')} answers ${use}`, () => {
    const range = { min: accepted[0], max: accepted[1] };
    const answer = negotiate({ minVersion: offered[0], maxVersion: offered[1] }, range);
    assert.equal(answer, {
      accept: { maxVersion: accepted[1], useVersion: use },
      compatible: goesOn,
    });
    const chosen = chooseVersion(answer.accept, { min: offered[0], max: offered[1] });
    assert.is(chosen._tag, goesOn ? 'Right' : 'Left');
    if (chosen._tag === 'Right') assert.is(chosen.right, use);
    else
      assert.equal(chosen.left.detail, {
        code: 'SCM_WIRE_VERSION_MISMATCH',
        offered,
        accepted: [use, accepted[1]],
        offset: 4,
      });
  });
}

test('as an acceptor of 12 to 14 we use what the connector can', () => {
  for (const version of [12, 13, 14]) {
    const { accept, compatible } = negotiate(
      { minVersion: version, maxVersion: version },
      STREAMING_VERSIONS,
    );
    assert.equal(accept, { maxVersion: 14, useVersion: version });
    assert.ok(compatible);
  }
});

test('a version inside an offer that goes beyond ours is no streaming version', () => {
  assert.is(chooseVersion({ maxVersion: 15, useVersion: 15 }, { min: 12, max: 20 })._tag, 'Left');
});

test.run();
