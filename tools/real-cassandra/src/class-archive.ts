// Control plane: shared class data of a release, so that its next JVMs start about a third sooner. Called by node.ts.
// The first node of a release in this process writes it when it stops; the JVM itself checks that it fits and ignores it otherwise.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, realpathSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ClassPath } from './class-path.ts';

// The agent (jamm) is on every command line; without these the JVM refuses to archive beside an agent.
const allow = [
  '-XX:+UnlockDiagnosticVMOptions',
  '-XX:+AllowArchivingWithJavaAgent',
  '-XX:-PrintWarnings', // it warns of this very flag, on standard output
];

/** Where the archive of this release for this Java lies. */
export const archiveFileOf = (classPath: ClassPath, java: string): string => {
  const binary = realpathSync(java);
  const identity = `${binary}\n${statSync(binary).mtimeMs}\n${classPath.jars.join('\n')}`;
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 12);
  return join(classPath.folder, `classes-${hash}.jsa`);
};

const versionsInTheMaking = new Set<string>();

/** What a JVM does about the archive. */
export type ClassArchive = {
  readonly options: readonly string[];
  /** Whether this JVM writes the archive at its end; then it must end by SIGTERM. */
  readonly writes: boolean;
  /** Moves what was written to its place. Call after the end of the process. */
  keep(): void;
};

/** For a JVM that only reads: the tools. */
export const readArchiveOptions = (classPath: ClassPath, java: string): readonly string[] => {
  const file = archiveFileOf(classPath, java);
  return existsSync(file) ? [...allow, `-XX:SharedArchiveFile=${file}`] : [];
};

/** For a node: reads the archive, or writes it if it is the first of its release here. */
export const openArchive = (classPath: ClassPath, java: string, folder: string): ClassArchive => {
  const file = archiveFileOf(classPath, java);
  const reading = readArchiveOptions(classPath, java);
  if (reading.length > 0 || versionsInTheMaking.has(classPath.version)) {
    return { options: reading, writes: false, keep: () => undefined };
  }
  versionsInTheMaking.add(classPath.version);
  const written = join(folder, 'classes.jsa');
  const keep = (): void => {
    versionsInTheMaking.delete(classPath.version);
    if (!existsSync(written)) return;
    copyFileSync(written, `${file}.${process.pid}`);
    renameSync(`${file}.${process.pid}`, file);
  };
  return { options: [...allow, `-XX:ArchiveClassesAtExit=${written}`], writes: true, keep };
};
