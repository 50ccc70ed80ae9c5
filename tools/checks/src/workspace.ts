// Reads what the checks look at: the packages with their manifests, references and sources. Called by main.ts and the tests.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

export type SourceFile = { readonly path: string; readonly text: string };

export type Package = {
  readonly folder: string;
  readonly name: string;
  readonly layer: string | undefined;
  /** Names of @scamander packages it depends on at run time. */
  readonly dependencies: readonly string[];
  /** Folder names its tsconfig.lib.json refers to. */
  readonly references: readonly string[];
  readonly readme: string | undefined;
  readonly sources: readonly SourceFile[];
  readonly tests: readonly SourceFile[];
};

export type Workspace = { readonly root: string; readonly packages: readonly Package[] };

const filesBelow = (folder: string, root: string): SourceFile[] => {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return filesBelow(path, root);
      return name.endsWith('.ts')
        ? [{ path: relative(root, path), text: readFileSync(path, 'utf8') }]
        : [];
    })
    .sort((a, b) => a.path.localeCompare(b.path));
};

type Manifest = {
  name: string;
  dependencies?: Record<string, string>;
  nx?: { tags?: string[] };
};

const readPackage = (root: string, folder: string): Package => {
  const at = join(root, folder);
  const manifest = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8')) as Manifest;
  const config = JSON.parse(readFileSync(join(at, 'tsconfig.lib.json'), 'utf8')) as {
    references?: { path: string }[];
  };
  const readmeFile = join(at, 'README.md');
  return {
    folder,
    name: manifest.name,
    layer: manifest.nx?.tags?.find((tag) => tag.startsWith('layer:'))?.slice('layer:'.length),
    dependencies: Object.keys(manifest.dependencies ?? {}).filter((name) =>
      name.startsWith('@scamander/'),
    ),
    references: (config.references ?? []).map(({ path }) => path.split('/')[1] ?? path),
    readme: existsSync(readmeFile) ? readFileSync(readmeFile, 'utf8') : undefined,
    sources: filesBelow(join(at, 'src'), root),
    tests: filesBelow(join(at, 'test'), root),
  };
};

/** Everything below `packages/`. */
export const readWorkspace = (root: string): Workspace => ({
  root,
  packages: readdirSync(join(root, 'packages'))
    .filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
    .map((name) => readPackage(root, join('packages', name))),
});
