// The errors are shaped as the driver 4.10 throws them (seen at running nodes; test-cassandra/cql.test.ts repeats that).
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connectErrorOf, queryErrorOf } from '../../src/cql/driver-errors.ts';

const noHost = (inner: Record<string, Error>): Error =>
  Object.assign(new Error('All host(s) tried for query failed. …'), {
    name: 'NoHostAvailableError',
    innerErrors: inner,
  });

const coded = (message: string, code: string | number): Error =>
  Object.assign(new Error(message), { code });

const named = (message: string, name: string): Error => Object.assign(new Error(message), { name });

for (const [inner, code, message] of [
  [
    coded('connect ECONNREFUSED 10.0.0.1:9042', 'ECONNREFUSED'),
    'SCM_CLUSTER_UNREACHABLE',
    'no contact point answers CQL: a:9042: connect ECONNREFUSED 10.0.0.1:9042',
  ],
  [
    named('Provided username x and/or password are incorrect', 'AuthenticationError'),
    'SCM_CLUSTER_LOGIN',
    'a:9042 refuses the login: Provided username x and/or password are incorrect',
  ],
  [
    coded('User x has no SELECT permission', 0x2100),
    'SCM_CLUSTER_LOGIN',
    'a:9042 refuses the login: User x has no SELECT permission',
  ],
] as const) {
  test(message, () => {
    const cause = noHost({ 'a:9042': inner });
    const error = connectErrorOf(cause, 'name:9042');
    assert.is(error.code, code);
    assert.is(error.message, message);
    assert.is(error.cause, cause);
  });
}

test('a failure without hosts names the contact point', () => {
  const error = connectErrorOf(new Error('no such thing'), 'a:9042');
  assert.is(error.message, 'no contact point answers CQL: a:9042: no such thing');
});

test('a failed query keeps its text and its cause', () => {
  const cause = noHost({ 'a:9042': new Error('The host did not reply before timeout 12000 ms') });
  const error = queryErrorOf(cause, 'SELECT 1');
  assert.is(error.code, 'SCM_CLUSTER_QUERY');
  assert.is(
    error.message,
    'a query failed: a:9042: The host did not reply before timeout 12000 ms (SELECT 1)',
  );
  assert.is(queryErrorOf('boo', 'SELECT 1').message, 'a query failed: boo (SELECT 1)');
});

test.run();
