// nodetool status as data; the text is what 5.0.6 printed.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allUpAndNormal, parseStatus } from '../src/ring-status.ts';

const output = `Datacenter: dc1
===============
Status=Up/Down
|/ State=Normal/Leaving/Joining/Moving
--  Address    Load        Tokens  Owns (effective)  Host ID                               Rack 
UN  127.0.0.3  114.7 KiB   16      69.6%             2fecdb89-5bd4-4a7c-b064-3dcf613d6ada  rack1
UJ  127.0.0.2  ?           16      ?                 934a621d-e61f-4ae3-ba2d-8b1926c1ec36  rack1
DN  127.0.0.4  114.71 KiB  16      61.0%             c4c4058e-032e-4abd-a3b7-51d022bcd023  rack1

`;

test('states and addresses are read, headings are not', () => {
  assert.equal(parseStatus(output), [
    { state: 'UN', address: '127.0.0.3' },
    { state: 'UJ', address: '127.0.0.2' },
    { state: 'DN', address: '127.0.0.4' },
  ]);
  assert.equal(parseStatus('nodetool: Failed to connect'), []);
});

test('a ring is settled when exactly its members are up and normal', () => {
  const up = (address: string) => ({ state: 'UN', address });
  assert.ok(allUpAndNormal([up('a'), up('b')], ['b', 'a']));
  assert.not.ok(allUpAndNormal([up('a')], ['a', 'b']));
  assert.not.ok(allUpAndNormal([up('a'), { state: 'UJ', address: 'b' }], ['a', 'b']));
  assert.not.ok(allUpAndNormal([up('a'), up('b')], ['a']));
});

test.run();
