// Checks that packages import only lower layers, and that tsconfig references say the same as package.json. Called by main.ts; pure.
import type { Package, Workspace } from './workspace.ts';

/** From the ground up; a package may depend on strictly lower layers only. The order is ARCHITECTURE.md's. */
export const LAYERS = ['bytes', 'model', 'codec', 'transport', 'session', 'front', 'root'] as const;

const rank = (layer: string | undefined): number =>
  LAYERS.indexOf(layer as (typeof LAYERS)[number]);

const IMPORT = /(?:from|import)\s*\(?\s*['"](@scamander\/[\w-]+)/g;

/** Layers that are pure by design: no sockets, no files (ARCHITECTURE.md, "Layers"). */
const PURE_PACKAGES = ['bytes', 'throttle', 'cql-types', 'ring', 'wire-codec', 'planner'];
const IMPURE_IMPORT =
  /from\s+['"](node:(?:net|tls|fs|fs\/promises|dgram|http|https|worker_threads|child_process))['"]/g;

const importsOf = (pkg: Package): Map<string, string> => {
  const found = new Map<string, string>();
  for (const { path, text } of pkg.sources) {
    for (const match of text.matchAll(IMPORT)) {
      if (match[1] !== undefined && match[1] !== pkg.name) found.set(match[1], path);
    }
  }
  return found;
};

const checkPackage = (pkg: Package, byName: ReadonlyMap<string, Package>): string[] => {
  const findings: string[] = [];
  if (rank(pkg.layer) < 0)
    findings.push(`${pkg.folder}: no known layer tag (${pkg.layer ?? 'none'})`);
  for (const [name, path] of importsOf(pkg)) {
    const other = byName.get(name);
    if (other === undefined) findings.push(`${path}: imports ${name}, which does not exist`);
    else if (!pkg.dependencies.includes(name))
      findings.push(`${path}: imports ${name}, which its package.json does not name`);
  }
  for (const name of pkg.dependencies) {
    const other = byName.get(name);
    if (other !== undefined && rank(other.layer) >= rank(pkg.layer)) {
      findings.push(
        `${pkg.folder}: layer ${pkg.layer} may not depend on ${name} of layer ${other.layer}`,
      );
    }
  }
  const expected = pkg.dependencies
    .map((name) => byName.get(name)?.folder.split('/')[1] ?? name)
    .sort();
  const actual = [...pkg.references].sort();
  if (expected.join() !== actual.join()) {
    findings.push(
      `${pkg.folder}/tsconfig.lib.json: references ${actual.join(', ') || 'nothing'}, package.json depends on ${expected.join(', ') || 'nothing'}`,
    );
  }
  if (PURE_PACKAGES.includes(pkg.folder.split('/')[1] ?? '')) {
    for (const { path, text } of pkg.sources) {
      for (const match of text.matchAll(IMPURE_IMPORT))
        findings.push(`${path}: a pure package may not import ${match[1]}`);
    }
  }
  return findings;
};

/** All findings, one sentence each. */
export const checkLayers = (workspace: Workspace): string[] => {
  const byName = new Map(workspace.packages.map((pkg) => [pkg.name, pkg]));
  return workspace.packages.flatMap((pkg) => checkPackage(pkg, byName));
};
