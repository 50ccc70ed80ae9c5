// Control plane: the jars of a Cassandra release, resolved once through Maven and remembered. Called by node.ts and the lanes.
// It starts no node.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RealCassandraFailure } from './errors.ts';
import { mavenCommand } from './java.ts';
import { mavenTimeoutMsMax } from './limits.ts';
import { withMachineLock } from './machine-lock.ts';

const run = promisify(execFile);

/** The jars of one release, in the order Maven gives them. */
export type ClassPath = {
  readonly version: string;
  readonly jars: readonly string[];
  /** Folder of this release in the cache; derived files (shared class data) may lie there. */
  readonly folder: string;
};

/** SCAMANDER_CACHE, or `.cache/cassandra` of this checkout (ignored by git). */
export const cacheFolder = (): string =>
  process.env['SCAMANDER_CACHE'] ??
  resolve(fileURLToPath(new URL('../../../.cache/cassandra', import.meta.url)));

type Artifact = { group: string; artifact: string; version: string; classifier?: string };

/** What a release needs beside itself: sstableloader of 4.0 and 4.1 wants the Java driver, which cassandra-all leaves optional. */
const artifactsOf = (version: string): Artifact[] => {
  const own = { group: 'org.apache.cassandra', artifact: 'cassandra-all', version };
  if (!/^4\.[01]\./.test(version)) return [own];
  const driver = {
    group: 'com.datastax.cassandra',
    artifact: 'cassandra-driver-core',
    version: '3.11.5',
    classifier: 'shaded',
  };
  return [own, driver];
};

const dependencyXml = ({ group, artifact, version, classifier }: Artifact): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>` +
  `${classifier === undefined ? '' : `<classifier>${classifier}</classifier>`}</dependency>`;

/** The two-line project from which Maven tells the class path. */
export const pomOf = (version: string): string =>
  `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>\n` +
  `<groupId>scamander</groupId><artifactId>class-path</artifactId><version>1</version>\n` +
  `<dependencies>${artifactsOf(version).map(dependencyXml).join('')}</dependencies></project>\n`;

const readCached = (folder: string, pom: string): string[] | undefined => {
  const file = join(folder, 'class-path');
  if (!existsSync(file)) return undefined;
  const cached = JSON.parse(readFileSync(file, 'utf8')) as { pom: string; jars: string[] };
  return cached.pom === pom && cached.jars.every((jar) => existsSync(jar))
    ? cached.jars
    : undefined;
};

const askMaven = async (folder: string, version: string, pom: string): Promise<string[]> => {
  mkdirSync(folder, { recursive: true });
  const pomFile = join(folder, 'pom.xml');
  const listFile = join(folder, 'class-path.txt');
  writeFileSync(pomFile, pom);
  const goals = ['dependency:build-classpath', `-Dmdep.outputFile=${listFile}`];
  try {
    await run(mavenCommand(), ['-q', '-B', '-f', pomFile, ...goals], {
      timeout: mavenTimeoutMsMax,
    });
  } catch (error) {
    if (error instanceof RealCassandraFailure) throw error;
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const output = `${stdout}${stderr}`.slice(-4_000);
    throw new RealCassandraFailure({ code: 'SCM_MAVEN_FAILED', version, output }, error);
  }
  const jars = readFileSync(listFile, 'utf8').trim().split(':');
  const temporary = join(folder, 'class-path.new');
  writeFileSync(temporary, `${JSON.stringify({ pom, jars }, null, 1)}\n`);
  renameSync(temporary, join(folder, 'class-path'));
  return jars;
};

/**
 * The class path of a release. Asks Maven at most once per release and checkout; several processes may call at the same time.
 * Throws SCM_MAVEN_MISSING or SCM_MAVEN_FAILED.
 */
export const resolveRelease = async (version: string): Promise<ClassPath> => {
  const folder = join(cacheFolder(), version);
  const pom = pomOf(version);
  const jars =
    readCached(folder, pom) ??
    (await withMachineLock(
      async () => readCached(folder, pom) ?? (await askMaven(folder, version, pom)),
      2 * mavenTimeoutMsMax,
    ));
  return { version, jars, folder };
};
