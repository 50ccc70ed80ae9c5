import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CopyOptions, ScamanderErrorType } from '@scamander/scamander';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CopyFlags, copyOptions } from '../../src/settings/copy-flags.ts';

const FLAGS: CopyFlags = {
  from: '10.0.0.1',
  to: '10.0.1.1',
  cql: true,
  targetCql: true,
  gossip: true,
  protocol: 'auto',
  entire: 'auto',
  consistency: 'QUORUM',
  verify: 'none',
  silenceTimeout: '60',
  dialBackTimeout: '10',
};

const read = (more: Partial<CopyFlags>, environment: NodeJS.ProcessEnv = {}) =>
  copyOptions(['ks.t'], { ...FLAGS, ...more }, environment);

const options = (more: Partial<CopyFlags>, environment?: NodeJS.ProcessEnv): CopyOptions => {
  const found = read(more, environment);
  if (found._tag === 'Left') throw new Error(found.left.message);
  return found.right;
};

const mistake = (more: Partial<CopyFlags>): ScamanderErrorType => {
  const found = read(more);
  if (found._tag === 'Right') throw new Error('it is right');
  return found.left;
};

test('both sides, and the defaults', () => {
  const found = options({});
  assert.equal(found.names, [{ keyspace: 'ks', table: 't' }]);
  assert.equal(found.source, {
    kind: 'cluster',
    contactPoints: [{ host: '10.0.0.1', port: 9042 }],
  });
  assert.equal(found.target, {
    kind: 'cluster',
    contactPoints: [{ host: '10.0.1.1', port: 9042 }],
  });
  assert.equal([found.entire, found.consistency, found.verify], ['auto', 'QUORUM', 'none']);
  assert.equal([found.sourceRates, found.targetRates], [{}, {}]);
});

test('each side has its own login, and a password is never given to the other', () => {
  const environment = { SCAMANDER_PASSWORD: 'a', SCAMANDER_TARGET_PASSWORD: 'b' };
  const { source, target } = options({ user: 'one', targetUser: 'two' }, environment);
  const login = (side: CopyOptions['source']) =>
    side.kind === 'cluster' ? [side.username, side.password] : [];
  assert.equal(
    [login(source), login(target)],
    [
      ['one', 'a'],
      ['two', 'b'],
    ],
  );
  assert.equal(login(options({}, { SCAMANDER_PASSWORD: 'a' }).target), [undefined, undefined]);
});

test('rates of both sides', () => {
  const { sourceRates, targetRates } = options({
    throttle: '1KiB/s',
    sourceThrottle: '2KiB/s',
    sourceEntireThrottle: '3KiB/s',
  });
  assert.equal(targetRates, { outbound: 1024, entire: 1024 });
  assert.equal(sourceRates, { outbound: 2048, entire: 3072 });
});

test('TLS and the address map of the source serve the target too, unless it has its own', () =>
  withTempFolder(async (folder) => {
    const file = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    const one = file('one', 'ONE');
    const two = file('two', 'TWO');
    const map = file('map', '10.0.0.1 192.168.0.1');
    const both = options({ tls: true, tlsCa: one, addressMap: map });
    assert.equal([both.tls?.ca, both.targetAccess?.tls?.ca], ['ONE', 'ONE']);
    assert.is(both.targetAccess?.addressMap?.get('10.0.0.1'), '192.168.0.1');
    const own = options({ tls: true, tlsCa: one, targetTls: true, targetTlsCa: two });
    assert.equal([own.tls?.ca, own.targetAccess?.tls?.ca], ['ONE', 'TWO']);
    const plain = options({ tls: true, tlsCa: one, targetTls: false });
    assert.is(plain.targetAccess?.tls, undefined);
    assert.is(plain.target.kind === 'cluster' && plain.target.cqlTls, undefined);
  }));

test('embedded nodes are named by their storage port', () => {
  const { target } = options({ targetCql: false, targetStoragePort: '7777' });
  assert.equal(target, { kind: 'direct', nodes: [{ host: '10.0.1.1', port: 7777 }] });
});

test('a mistake is told of the flag that was given', () => {
  assert.is(mistake({ to: undefined as never }).where, '--to');
  assert.is(mistake({ targetStoragePort: 'x' }).where, '--target-storage-port');
  assert.is(mistake({ storagePort: 'x' }).where, '--storage-port');
  assert.is(mistake({ sourceThrottle: 'fast' }).where, '--source-throttle');
  assert.is(mistake({ throttle: 'fast' }).where, '--throttle');
  assert.is(mistake({ verify: 'columns' }).where, '--verify');
  assert.is(mistake({ consistency: 'SOME' }).where, '--consistency');
  assert.match(mistake({ targetTlsCert: 'x' }).where, '--target-tls-cert');
  assert.is(mistake({ targetPasswordFile: '/nowhere' }).where, '--target-password-file');
});

test.run();
