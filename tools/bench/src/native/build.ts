// Control plane: builds what the cases start: the C programs, our programs and the command line. Called by main.ts.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { binFolder, nativeFolder, programsFolder, rootFolder } from '../paths.ts';

const run = (command: string, args: readonly string[]): void => {
  execFileSync(command, args, { cwd: rootFolder, stdio: ['ignore', 'inherit', 'inherit'] });
};

/** Paths of the C programs. */
export const ruler = join(binFolder, 'ruler');
export const measured = join(binFolder, 'measured');
export const noSync = join(binFolder, 'nosync.so');

/** `cc` is the only thing that is asked of the machine. */
export const buildNative = (): void => {
  mkdirSync(binFolder, { recursive: true });
  for (const name of ['ruler', 'measured'])
    run('cc', ['-O2', '-o', join(binFolder, name), join(nativeFolder, `${name}.c`)]);
  run('cc', ['-O2', '-shared', '-fPIC', '-o', noSync, join(nativeFolder, 'nosync.c')]);
};

const programs = ['send-file', 'receive-file', 'read-rows'] as const;

export const programFile = (name: (typeof programs)[number]): string =>
  join(programsFolder, `${name}.mjs`);

const nativeModules = ['koffi', 'lz4-napi', 'snappy', '@mongodb-js/zstd', '@node-rs/crc32'];

/** Our sender, receiver and reader, bundled in the same way as the command line is. */
export const buildPrograms = (): void => {
  mkdirSync(programsFolder, { recursive: true });
  for (const name of programs)
    run(join(rootFolder, 'node_modules', '.bin', 'esbuild'), [
      join(rootFolder, 'tools', 'bench', 'src', 'programs', `${name}.ts`),
      '--bundle',
      '--format=esm',
      '--platform=node',
      '--target=node20',
      '--conditions=@scamander/source',
      '--log-level=warning',
      `--banner:js=import { createRequire as benchRequire } from 'node:module'; const require = benchRequire(import.meta.url);`,
      ...nativeModules.map((module) => `--external:${module}`),
      `--outfile=${programFile(name)}`,
    ]);
};

/** `npm run build`: what people get. */
export const buildCommandLine = (): void =>
  run(process.execPath, [join(rootFolder, 'tools', 'build', 'build.mjs')]);
