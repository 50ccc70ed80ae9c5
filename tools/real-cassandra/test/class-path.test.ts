// The project file for Maven, and the memory of its answer. No Maven runs here.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rejects, withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pomOf, resolveRelease } from '../src/class-path.ts';
import { RealCassandraFailure } from '../src/errors.ts';

const withEnvironment = async (
  values: Record<string, string>,
  body: () => Promise<void>,
): Promise<void> => {
  const before = Object.fromEntries(Object.keys(values).map((name) => [name, process.env[name]]));
  Object.assign(process.env, values);
  try {
    await body();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
};

const remember = (cache: string, jars: readonly string[]): void => {
  mkdirSync(join(cache, '4.1.10'), { recursive: true });
  const content = JSON.stringify({ pom: pomOf('4.1.10'), jars });
  writeFileSync(join(cache, '4.1.10', 'class-path'), content);
};

test('4.0 and 4.1 get the driver that their sstableloader misses', () => {
  assert.match(pomOf('4.0.19'), 'cassandra-driver-core');
  assert.match(pomOf('4.1.10'), '<classifier>shaded</classifier>');
  assert.not.match(pomOf('5.0.6'), 'cassandra-driver-core');
  assert.match(pomOf('5.0.6'), '<artifactId>cassandra-all</artifactId><version>5.0.6</version>');
});

test('a remembered class path is used as long as its jars are there', async () => {
  await withTempFolder(async (cache) => {
    const jar = join(cache, 'a.jar');
    writeFileSync(jar, '');
    remember(cache, [jar]);
    await withEnvironment({ SCAMANDER_CACHE: cache, PATH: '/nowhere' }, async () => {
      assert.equal((await resolveRelease('4.1.10')).jars, [jar]);
    });
  });
});

test('when a jar has gone Maven is asked again', async () => {
  await withTempFolder(async (cache) => {
    remember(cache, [join(cache, 'gone.jar')]);
    await withEnvironment({ SCAMANDER_CACHE: cache, PATH: '/nowhere' }, async () => {
      await rejects(
        resolveRelease('4.1.10'),
        (error) =>
          error instanceof RealCassandraFailure && error.detail.code === 'SCM_MAVEN_MISSING',
      );
    });
  });
});

test('several callers at once ask Maven once', async () => {
  await withTempFolder(async (cache) => {
    const bin = join(cache, 'bin');
    mkdirSync(bin);
    const calls = join(cache, 'calls');
    const script = `#!/bin/sh\necho call >> ${calls}\nfor a in "$@"; do case $a in -Dmdep.outputFile=*) printf ${cache}/a.jar > "\${a#*=}";; esac; done\n`;
    writeFileSync(join(bin, 'mvn'), script, { mode: 0o755 });
    writeFileSync(join(cache, 'a.jar'), '');
    const PATH = `${bin}:${process.env['PATH']}`;
    await withEnvironment({ SCAMANDER_CACHE: cache, PATH }, async () => {
      const all = await Promise.all([1, 2, 3].map(() => resolveRelease('5.0.6')));
      assert.equal(
        all.map(({ jars }) => jars),
        [[`${cache}/a.jar`], [`${cache}/a.jar`], [`${cache}/a.jar`]],
      );
    });
    assert.is(readFileSync(calls, 'utf8'), 'call\n');
  });
});

test.run();
