// Control plane: finds the Java and Maven of this machine. Called by class-path.ts, node.ts and java-tool.ts.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { RealCassandraFailure } from './errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = (name: string, environment: Environment): string | undefined =>
  (environment['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);

const ofJavaHome = (name: string, environment: Environment): string => {
  const home = environment['JAVA_HOME'];
  const inHome = home === undefined || home === '' ? undefined : join(home, 'bin', name);
  if (inHome !== undefined && isExecutable(inHome)) return inHome;
  const found = onPath(name, environment);
  if (found !== undefined) return found;
  const looked =
    inHome === undefined
      ? `no ${name} on the PATH, JAVA_HOME not set`
      : `no ${name} on the PATH, none at ${inHome}`;
  throw new RealCassandraFailure({ code: 'SCM_JAVA_MISSING', looked });
};

/** Path of `java`: JAVA_HOME first, then PATH. Throws SCM_JAVA_MISSING. */
export const javaCommand = (environment: Environment = process.env): string =>
  ofJavaHome('java', environment);

/** Path of `mvn`. Throws SCM_MAVEN_MISSING. */
export const mavenCommand = (environment: Environment = process.env): string => {
  const found = onPath('mvn', environment);
  if (found === undefined) throw new RealCassandraFailure({ code: 'SCM_MAVEN_MISSING' });
  return found;
};
