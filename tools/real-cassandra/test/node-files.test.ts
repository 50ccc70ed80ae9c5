// cassandra.yaml and the files beside it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificates, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rackDcOf, writeNodeFiles, yamlOf } from '../src/node-files.ts';
import { settingsOf } from '../src/node-options.ts';

test('a node listens on its address only and is its own seed', () => {
  const yaml = yamlOf(settingsOf({ version: '5.0.6' }, '127.0.0.7'), '/n');
  assert.is(yaml['listen_address'], '127.0.0.7');
  assert.is(yaml['rpc_address'], '127.0.0.7');
  assert.equal(yaml['data_file_directories'], ['/n/data']);
  assert.match(JSON.stringify(yaml['seed_provider']), '"seeds":"127.0.0.7"');
  assert.not.ok('initial_token' in yaml);
});

test("the caller's settings join, replace, and with null remove", () => {
  const options = {
    version: '5.0.6',
    numTokens: 1,
    initialToken: '42',
    dc: 'east',
    yaml: { storage_compatibility_mode: 'NONE', concurrent_reads: 2, dynamic_snitch: null },
  };
  const settings = settingsOf(options, '127.0.0.7');
  const yaml = yamlOf(settings, '/n');
  assert.is(yaml['storage_compatibility_mode'], 'NONE');
  assert.is(yaml['concurrent_reads'], 2);
  assert.is(yaml['initial_token'], '42');
  assert.not.ok('dynamic_snitch' in yaml);
  assert.is(rackDcOf(settings), 'dc=east\nrack=rack1\n');
});

test('the folder has what the arguments of the JVM name', async () => {
  await withTempFolder((folder) => {
    writeNodeFiles(settingsOf({ version: '4.1.10' }, '127.0.0.7'), folder);
    for (const name of [
      'logback.xml',
      'logback-tools.xml',
      'cassandra-rackdc.properties',
      'tmp',
      'data',
    ]) {
      assert.ok(existsSync(join(folder, name)), name);
    }
    const yaml = JSON.parse(readFileSync(join(folder, 'cassandra.yaml'), 'utf8')) as object;
    assert.ok('cluster_name' in yaml);
  });
});

test('TLS: PEM from 4.1 on, PKCS #12 for 4.0, and the named files are there', async () => {
  const certificates = await makeCertificates();
  for (const [version, ending] of [
    ['4.0.19', '.p12'],
    ['4.1.10', '.pem'],
  ] as const) {
    await withTempFolder((folder) => {
      const settings = settingsOf({ version, tls: { certificates, native: true } }, '127.0.0.7');
      writeNodeFiles(settings, folder);
      const yaml = yamlOf(settings, folder);
      for (const name of ['server_encryption_options', 'client_encryption_options']) {
        const options = yaml[name] as Record<string, string>;
        for (const store of [options['keystore'] ?? '', options['truststore'] ?? '']) {
          assert.ok(store.endsWith(ending), `${version} ${store}`);
          assert.ok(existsSync(store), store);
        }
      }
    });
  }
});

test.run();
