import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LoadFlags, loadOptions } from '../../src/settings/load-flags.ts';

const defaults: LoadFlags = {
  cql: true,
  gossip: true,
  connections: '2',
  entire: 'auto',
  verify: 'quick',
  consistency: 'QUORUM',
  protocol: 'auto',
  silenceTimeout: '60',
};

const options = (flags: Partial<LoadFlags>, environment: NodeJS.ProcessEnv = {}) => {
  const result = loadOptions(
    ['/data/ks/t-1'],
    { ...defaults, to: '10.0.0.1', ...flags },
    environment,
  );
  if (result._tag === 'Left') throw new Error(`${result.left.where}: ${result.left.message}`);
  return result.right;
};

test('contact points take the CQL port, embedded nodes the storage port', () => {
  assert.equal(options({ to: 'a,b:19042' }).target, {
    kind: 'cluster',
    contactPoints: [
      { host: 'a', port: 9042 },
      { host: 'b', port: 19042 },
    ],
  });
  assert.equal(options({ to: 'a,b:7009', cql: false, storagePort: '7005' }).target, {
    kind: 'direct',
    nodes: [
      { host: 'a', port: 7005 },
      { host: 'b', port: 7009 },
    ],
  });
});

test('--throttle holds for whole SSTables too, unless --entire-throttle says otherwise', () => {
  assert.equal(options({ throttle: '50MiB/s' }).rates, {
    outbound: 52_428_800,
    entire: 52_428_800,
  });
  assert.equal(options({ throttle: '50MiB/s', entireThrottle: '0' }).rates, {
    outbound: 52_428_800,
    entire: 0,
  });
  assert.equal(options({ interDcThrottle: '200Mb/s' }).rates, {
    interDc: 25_000_000,
    interDcEntire: 25_000_000,
  });
});

test('the password comes from a file or the environment, never from a flag', () =>
  withTempFolder((folder) => {
    const file = join(folder, 'password');
    writeFileSync(file, 'secret\n');
    const fromFile = options(
      { user: 'u', passwordFile: file },
      { SCAMANDER_PASSWORD: 'other' },
    ).target;
    assert.is(fromFile.kind === 'cluster' && fromFile.password, 'secret');
    const fromEnvironment = options({ user: 'u' }, { SCAMANDER_PASSWORD: 'other' }).target;
    assert.is(fromEnvironment.kind === 'cluster' && fromEnvironment.password, 'other');
  }));

test('one set of TLS files serves both ports; --cql-tls-… differ, --no-cql-tls leaves CQL plain', () =>
  withTempFolder((folder) => {
    const [ca, other] = [join(folder, 'ca.pem'), join(folder, 'other.pem')];
    writeFileSync(ca, 'CA');
    writeFileSync(other, 'OTHER');
    const cqlTls = (flags: Partial<LoadFlags>) => {
      const { target } = options({ tlsCa: ca, ...flags });
      return target.kind === 'cluster' ? target.cqlTls : undefined;
    };
    assert.equal(options({ tlsCa: ca }).tls, { ca: 'CA' });
    assert.equal(cqlTls({}), { ca: 'CA' });
    assert.equal(cqlTls({ cqlTlsCa: other }), { ca: 'OTHER' });
    assert.is(cqlTls({ cqlTls: false }), undefined);
  }));

test('an address map has one pair a line, with comments', () =>
  withTempFolder((folder) => {
    const file = join(folder, 'map');
    writeFileSync(
      file,
      '# announced reachable\n10.0.0.1 192.0.2.1\n10.0.0.2=192.0.2.2:17000 # other\n\n',
    );
    assert.equal(
      [...(options({ addressMap: file }).addressMap ?? [])],
      [
        ['10.0.0.1', '192.0.2.1'],
        ['10.0.0.2', '192.0.2.2:17000'],
      ],
    );
  }));

const refused: [string, Partial<LoadFlags>, string][] = [
  ['no contact point', { to: undefined as never }, '--to'],
  ['a bad contact point', { to: 'a:b:c' }, '--to'],
  ['a bad rate', { throttle: 'fast' }, '--throttle'],
  ['zero connections', { connections: '0' }, '--connections'],
  ['an unknown consistency', { consistency: 'TWO' }, '--consistency'],
  ['an unknown protocol', { protocol: '11' }, '--protocol'],
  ['a certificate without its key', { tlsCert: '/nowhere' }, '--tls-cert, --tls-key'],
  ['a missing PEM file', { tlsCa: '/nowhere/ca.pem' }, '--tls-ca, --tls-cert, --tls-key'],
  ['a missing password file', { passwordFile: '/nowhere/password' }, '--password-file'],
  ['a port that is none', { storagePort: '70000' }, '--storage-port'],
];

for (const [name, flags, where] of refused) {
  test(`${name} is a usage error that names the flag`, () => {
    const result = loadOptions(['x'], { ...defaults, to: 'a', ...flags }, {});
    assert.is(result._tag, 'Left');
    if (result._tag === 'Left')
      assert.equal([result.left.kind, result.left.where], ['usage', where]);
  });
}

test.run();
