import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reachable } from '../../src/target/mapped-transport.ts';

const announced = { host: '10.0.0.1', port: 7000 };

test('without a map a node is dialled where it says it is', () => {
  assert.equal(reachable(announced, undefined), announced);
  assert.equal(reachable(announced, new Map([['10.0.0.2', '192.0.2.1']])), announced);
});

test('a host maps to a host and keeps the port, or takes the given one', () => {
  assert.equal(reachable(announced, new Map([['10.0.0.1', '192.0.2.1']])), {
    host: '192.0.2.1',
    port: 7000,
  });
  assert.equal(reachable(announced, new Map([['10.0.0.1', '192.0.2.1:17000']])), {
    host: '192.0.2.1',
    port: 17000,
  });
  assert.equal(reachable(announced, new Map([['10.0.0.1', 'node.example:17000']])), {
    host: 'node.example',
    port: 17000,
  });
});

test('host and port are more specific than host', () => {
  const map = new Map([
    ['10.0.0.1', '192.0.2.1'],
    ['10.0.0.1:7000', '192.0.2.9:7009'],
  ]);
  assert.equal(reachable(announced, map), { host: '192.0.2.9', port: 7009 });
});

test('IPv6 addresses with and without a port', () => {
  assert.equal(reachable(announced, new Map([['10.0.0.1', '2001:db8::1']])), {
    host: '2001:db8::1',
    port: 7000,
  });
  assert.equal(reachable(announced, new Map([['10.0.0.1', '[2001:db8::1]:7001']])), {
    host: '2001:db8::1',
    port: 7001,
  });
  assert.equal(
    reachable({ host: '::1', port: 7000 }, new Map([['[::1]:7000', '127.0.0.1:7100']])),
    { host: '127.0.0.1', port: 7100 },
  );
});

test.run();
