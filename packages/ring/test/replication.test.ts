import { parseReplication, replicationText, ringErrorMessage } from '@scamander/ring';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const locator = 'org.apache.cassandra.locator';

for (const [options, text] of [
  [{ class: 'SimpleStrategy', replication_factor: '3' }, 'SimpleStrategy 3'],
  [{ class: `${locator}.SimpleStrategy`, replication_factor: '3/1' }, 'SimpleStrategy 3/1'],
  [
    { class: `${locator}.NetworkTopologyStrategy`, 'dc-1': '3', dc2: '5/2', dc3: '0' },
    'NetworkTopologyStrategy dc-1:3 dc2:5/2 dc3:0',
  ],
  [{ class: `${locator}.NetworkTopologyStrategy` }, 'NetworkTopologyStrategy'],
  [{ class: `${locator}.LocalStrategy` }, 'LocalStrategy'],
  [{ class: `${locator}.EverywhereStrategy` }, 'EverywhereStrategy'],
  [{ class: `${locator}.MetaStrategy`, replication_factor: '1' }, 'MetaStrategy'],
] as readonly (readonly [Record<string, string>, string])[]) {
  test(`reads ${text}`, () => {
    const found = parseReplication(options);
    assert.ok(found._tag === 'Right');
    assert.is(replicationText(found.right), text);
  });
}

for (const [options, message] of [
  [{}, /unknown replication strategy/],
  [{ class: 'org.example.Mine' }, /unknown replication strategy org.example.Mine/],
  [{ class: 'SimpleStrategy' }, /requires a replication_factor strategy option/],
  [{ class: 'SimpleStrategy', replication_factor: '-1' }, /expected a number/],
  [{ class: 'SimpleStrategy', replication_factor: '3/3' }, /at least one replica must be full/],
  [{ class: 'SimpleStrategy', replication_factor: '99999999' }, /more than 10000/],
  [{ class: 'NetworkTopologyStrategy', dc1: 'three' }, /option dc1 = "three": expected/],
  [{ class: 'NetworkTopologyStrategy', replication_factor: '3' }, /replication_factor/],
] as readonly (readonly [Record<string, string>, RegExp])[]) {
  test(`refuses ${JSON.stringify(options)}`, () => {
    const found = parseReplication(options);
    assert.ok(found._tag === 'Left');
    assert.match(ringErrorMessage(found.left), message);
  });
}

test.run();
