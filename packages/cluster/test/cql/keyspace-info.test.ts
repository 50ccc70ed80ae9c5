import { replicationText } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { keyspaceOf } from '../../src/cql/keyspace-info.ts';
import { RELEASES, refusal, rowsOf, value } from '../harness.ts';

for (const release of RELEASES) {
  test(`keyspaces of ${release}`, () => {
    const { keyspaces, tables, views } = rowsOf(release);
    const named = (name: string) => {
      const row = keyspaces.find((one) => one['keyspace_name'] === name);
      assert.ok(row);
      return value(keyspaceOf(row, tables, views));
    };
    const troy = named('troy');
    assert.is(replicationText(troy.replication), 'NetworkTopologyStrategy dc1:1');
    assert.equal([troy.name, troy.durableWrites], ['troy', true]);
    assert.equal([troy.tables, troy.views], [['heroes', 'ships'], ['by_name']]);
    assert.is(replicationText(named('ithaca').replication), 'SimpleStrategy 1');
    assert.is(named('system').replication.strategy, 'LocalStrategy');
  });
}

test('a strategy nobody knows is said so', () => {
  const row = { keyspace_name: 'k', durable_writes: true, replication: { class: 'org.x.Mine' } };
  assert.match(refusal(keyspaceOf(row, [], []), 'SCM_CLUSTER_RING'), /org.x.Mine/);
});

test.run();
