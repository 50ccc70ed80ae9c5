import { OrderPreservingPartitioner as ordered } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('the token is the key as text', () => {
  const token = ordered.tokenOf(new Uint8Array(Buffer.from('Ilion')));
  assert.is(ordered.tokenToText(token), 'Ilion');
  assert.equal(ordered.tokenFromText('Ilion'), token);
});

test('a key that is no text is refused', () => {
  assert.throws(() => ordered.tokenOf(Uint8Array.of(0xff, 0xfe)), /not UTF-8/);
});

// Java's String.compareTo goes by UTF-16 unit: U+1D11E (surrogates from D834) sorts before U+FF5E, its UTF-8 bytes after.
test('order is by UTF-16 unit', () => {
  const clef = ordered.tokenFromText('\u{1D11E}');
  const tilde = ordered.tokenFromText('\uFF5E');
  assert.is(ordered.compare(clef, tilde), -1);
  assert.is(ordered.compare(tilde, clef), 1);
  assert.is(ordered.compare(ordered.minimumToken, clef), -1);
});

test.run();
