// Arguments of the JVM for nodes and tools.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agentOption, nodeArguments, toolArguments } from '../src/java-options.ts';

const jars = ['/jars/cassandra-all-5.0.6.jar', '/jars/jamm-0.4.0.jar'];
const node = {
  jars,
  address: '127.0.0.9',
  jmxPort: 7199,
  folder: '/data/node',
  heapMb: 300,
  properties: { 'cassandra.ring_delay_ms': '60000', 'a.b': 'c' },
  options: ['-XX:Something'],
};

test('a node: main class last, class path before it, heap, JMX on its own address', () => {
  const args = nodeArguments(node);
  assert.equal(args.slice(-3), [
    '-cp',
    jars.join(':'),
    'org.apache.cassandra.service.CassandraDaemon',
  ]);
  for (const expected of [
    '-Xmx300m',
    '-XX:Something',
    '-javaagent:/jars/jamm-0.4.0.jar',
    '-Dcassandra.config=file:///data/node/cassandra.yaml',
    '-Dcom.sun.management.jmxremote.host=127.0.0.9',
    '-Da.b=c',
  ]) {
    assert.ok(args.includes(expected), expected);
  }
});

test("the caller's properties replace the default ones", () => {
  const delays = nodeArguments(node).filter((arg) => arg.includes('ring_delay_ms'));
  assert.equal(delays, ['-Dcassandra.ring_delay_ms=60000']);
});

test('a tool: its arguments follow its main class', () => {
  const args = toolArguments({
    jars,
    folder: '/f',
    heapMb: 256,
    options: [],
    mainClass: 'a.Tool',
    arguments: ['x', '-y'],
  });
  assert.equal(args.slice(-3), ['a.Tool', 'x', '-y']);
  assert.ok(args.includes('-Dcassandra.config=file:///f/cassandra-tools.yaml'));
});

test('a class path without the agent is an error', () => {
  assert.throws(() => agentOption(['/jars/cassandra-all-5.0.6.jar']), /jamm/);
});

test.run();
