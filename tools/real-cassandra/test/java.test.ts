// Finding Java and Maven.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RealCassandraFailure } from '../src/errors.ts';
import { javaCommand, mavenCommand } from '../src/java.ts';

const makeCommand = (folder: string, name: string): string => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
};

test('JAVA_HOME comes before the PATH', async () => {
  await withTempFolder((folder) => {
    const atHome = makeCommand(join(folder, 'home', 'bin'), 'java');
    const onPath = makeCommand(join(folder, 'bin'), 'java');
    const PATH = join(folder, 'bin');
    assert.is(javaCommand({ PATH, JAVA_HOME: join(folder, 'home') }), atHome);
    assert.is(javaCommand({ PATH }), onPath);
    assert.is(javaCommand({ PATH, JAVA_HOME: join(folder, 'nowhere') }), onPath);
  });
});

test('what is missing is said with a way out', () => {
  const code = (run: () => string): string | undefined => {
    try {
      run();
    } catch (error) {
      if (error instanceof RealCassandraFailure) return `${error.detail.code} ${error.message}`;
    }
    return undefined;
  };
  assert.match(
    code(() => javaCommand({ PATH: '/nowhere' })) ?? '',
    /SCM_JAVA_MISSING.*apt-get install openjdk-17/s,
  );
  assert.match(
    code(() => mavenCommand({ PATH: '' })) ?? '',
    /SCM_MAVEN_MISSING.*apt-get install maven/s,
  );
});

test.run();
