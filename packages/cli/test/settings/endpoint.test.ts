import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseEndpoint, parseEndpoints } from '../../src/settings/endpoint.ts';

const good: [string, string, number][] = [
  ['10.0.0.1', '10.0.0.1', 9042],
  ['10.0.0.1:19042', '10.0.0.1', 19042],
  ['node.example', 'node.example', 9042],
  [' node.example:1 ', 'node.example', 1],
  ['::1', '::1', 9042],
  ['[::1]', '::1', 9042],
  ['[2001:db8::5]:65535', '2001:db8::5', 65535],
];

for (const [text, host, port] of good) {
  test(`"${text}" is ${host} port ${port}`, () => {
    assert.equal(parseEndpoint(text, 9042), { _tag: 'Right', right: { host, port } });
  });
}

for (const text of ['', ':9042', 'a:0', 'a:65536', 'a:x', 'a:1:2', '[::1]:', 'a:-1']) {
  test(`"${text}" is refused`, () => {
    assert.is(parseEndpoint(text, 9042)._tag, 'Left');
  });
}

test('a list keeps its order, and one bad entry refuses it', () => {
  assert.equal(parseEndpoints('b,a:1', 7), {
    _tag: 'Right',
    right: [
      { host: 'b', port: 7 },
      { host: 'a', port: 1 },
    ],
  });
  assert.is(parseEndpoints('b,,a', 7)._tag, 'Left');
});

test.run();
