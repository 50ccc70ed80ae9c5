import { CodecError, type CodecErrorType, endpointText, sameEndpoint } from '@scamander/wire-codec';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const ERRORS: readonly [CodecErrorType, RegExp][] = [
  [{ code: 'SCM_WIRE_UNKNOWN_MESSAGE', typeId: 4, offset: 0 }, /type 4 \(at byte 0\)/],
  [{ code: 'SCM_WIRE_BAD_MAGIC', found: 0x16030100, offset: 0 }, /0x16030100/],
  [{ code: 'SCM_WIRE_BAD_CRC', expected: 0xab, found: 0xcd, offset: 15 }, /0xcd instead of 0xab/],
  [
    { code: 'SCM_WIRE_TOO_LONG', field: 'chunkCount', value: 9n, limit: 5n, offset: 7 },
    /chunkCount is 9, the limit is 5 \(at byte 7\)/,
  ],
  [
    { code: 'SCM_WIRE_BAD_VALUE', field: 'framing', found: '3', expected: '0 to 2', offset: 7 },
    /framing is 3, expected 0 to 2/,
  ],
  [
    { code: 'SCM_WIRE_PEER_TOO_OLD', requested: 11, min: 10, max: 11, offset: 6 },
    /before 4\.0 \(requested 11, accepts 10 to 11\)/,
  ],
  [
    { code: 'SCM_WIRE_VERSION_MISMATCH', offered: [12, 14], accepted: [15, 16], offset: 4 },
    /offered 12-14, accepted 15-16/,
  ],
];

for (const [detail, message] of ERRORS)
  test(`${detail.code} says what is wrong and where`, () => {
    const error = new CodecError(detail);
    assert.is(error.name, 'CodecError');
    assert.is(error.code, detail.code);
    assert.equal(error.detail, detail);
    assert.match(error.message, message);
  });

test('endpoints as text and compared by address and port', () => {
  assert.is(endpointText({ host: '10.0.0.9', port: 7000 }), '10.0.0.9:7000');
  assert.is(endpointText({ host: '::1', port: 7000 }), '[::1]:7000');
  assert.ok(sameEndpoint({ host: '::1', port: 1 }, { host: '::1', port: 1 }));
  assert.not(sameEndpoint({ host: '::1', port: 1 }, { host: '::1', port: 2 }));
});

test.run();
