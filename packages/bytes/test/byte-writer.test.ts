import {
  ByteWriter,
  LimitExceeded,
  MalformedBytes,
  SHORT_LENGTH_BYTES_MAX,
} from '@scamander/bytes';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toHex } from './hex.ts';

test('addresses and text as in the specification', () => {
  const writer = new ByteWriter();
  writer.inet({ host: '10.0.0.9', port: 7000 });
  assert.is(toHex(writer.toBytes()), '060a0000091b58');
  writer.reset();
  writer.inet({ host: '::1', port: 7000 });
  assert.is(toHex(writer.toBytes()), '12000000000000000000000000000000011b58');
  writer.reset();
  writer.utf('Bulk Load');
  assert.is(toHex(writer.toBytes()), '000942756c6b204c6f6164');
});

test('grows, keeps what was written, and starts anew in the same memory', () => {
  const writer = new ByteWriter(1);
  for (let index = 0; index < 1000; index++) writer.u16(index);
  assert.is(writer.length, 2000);
  const bytes = writer.toBytes();
  for (let index = 0; index < 1000; index++)
    assert.is(((bytes[2 * index] as number) << 8) | (bytes[2 * index + 1] as number), index);
  writer.reset();
  assert.is(writer.length, 0);
  writer.u8(7);
  assert.is(bytes[0], 7, 'toBytes is a view');
});

test('skip writes zeros also over what stood there before a reset', () => {
  const writer = new ByteWriter();
  writer.u32(0xffffffff);
  writer.reset();
  writer.skip(4);
  assert.is(toHex(writer.toBytes()), '00000000');
});

test('short lengths have their limit', () => {
  const writer = new ByteWriter();
  writer.utf('x'.repeat(SHORT_LENGTH_BYTES_MAX));
  writer.reset();
  assert.throws(
    () => writer.utf('é'.repeat(32768)),
    (error: unknown) => error instanceof LimitExceeded && error.value === 65536n,
  );
  assert.throws(
    () => writer.bytes16(new Uint8Array(SHORT_LENGTH_BYTES_MAX + 1)),
    (error: unknown) => error instanceof LimitExceeded,
  );
  assert.is(writer.length, 0, 'nothing is written of a value that does not fit');
});

test('text that is no address or UUID', () => {
  const writer = new ByteWriter();
  assert.throws(
    () => writer.inet({ host: 'localhost', port: 1 }),
    (error: unknown) => error instanceof MalformedBytes && error.found === 'localhost',
  );
  assert.throws(
    () => writer.uuid('550e8400'),
    (error: unknown) => error instanceof MalformedBytes && error.what === 'UUID',
  );
  assert.is(writer.length, 0);
});

test.run();
