import { Murmur3Partitioner as murmur3 } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nodesOf, schemaAgreementOf } from '../../src/cql/node-info.ts';
import { RELEASES, refusal, rowsOf, value } from '../harness.ts';

for (const release of RELEASES) {
  test(`nodes of a ${release} ring`, () => {
    const { local, peers } = rowsOf(release);
    const nodes = value(nodesOf(local[0] ?? {}, peers, murmur3));
    assert.is(nodes.length, 1 + peers.length);
    const [first] = nodes;
    assert.equal(first?.endpoint, { host: '127.0.0.2', port: 7000 });
    assert.equal(first?.listen, { host: '127.0.0.2', port: 7000 });
    assert.equal(first?.native, { host: '127.0.0.2', port: 9042 });
    assert.is(first?.releaseVersion, release);
    assert.is(first?.dc, 'dc1');
    assert.is(first?.tokens.length, 4);
    assert.equal(
      first?.tokens.map((token) => murmur3.tokenToText(token)),
      local[0]?.['tokens'],
    );
    const second = nodes[1];
    if (second !== undefined) {
      assert.equal(second.endpoint, { host: '127.0.0.3', port: 7000 });
      assert.equal(second.native, { host: '127.0.0.3', port: 9042 });
      assert.equal([second.dc, second.rack, second.listen], ['dc2', 'r2', undefined]);
      assert.is(second.hostId, peers[0]?.['host_id']);
    }
    assert.ok(schemaAgreementOf(nodes).agreed);
  });
}

test('peers whose rows are half empty are passed over', () => {
  const { local, peers } = rowsOf('5.0.6');
  const ghosts = [
    { peer: '127.0.0.9', peer_port: 7000, host_id: null, tokens: null },
    { ...peers[0], peer: '127.0.0.8', tokens: [] },
    { ...peers[0], peer: '127.0.0.7', rack: null },
  ];
  const nodes = value(nodesOf(local[0] ?? {}, [...ghosts, ...peers], murmur3));
  assert.equal(
    nodes.map(({ endpoint }) => endpoint.host),
    ['127.0.0.2', '127.0.0.3'],
  );
});

test('a row that lacks what it must have, and a token that is none', () => {
  const { local } = rowsOf('5.0.6');
  const broken = { ...local[0], broadcast_port: null };
  assert.is(
    refusal(nodesOf(broken, [], murmur3), 'SCM_CLUSTER_BAD_ROW'),
    'system.local.broadcast_port holds nothing',
  );
  const odd = { ...local[0], tokens: ['zeta'] };
  assert.match(refusal(nodesOf(odd, [], murmur3), 'SCM_CLUSTER_RING'), /"zeta" is not a token/);
});

test('two schema versions are disagreement, silence is not', () => {
  const { local, peers } = rowsOf('5.0.6');
  const [first, second] = value(nodesOf(local[0] ?? {}, peers, murmur3));
  assert.ok(first !== undefined && second !== undefined);
  const split = schemaAgreementOf([first, { ...second, schemaVersion: 'other' }]);
  assert.not(split.agreed);
  assert.equal(split.versions.get('other'), [second.endpoint]);
  assert.ok(schemaAgreementOf([first, { ...second, schemaVersion: undefined }]).agreed);
});

test.run();
