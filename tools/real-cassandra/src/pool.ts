// Control plane: one running node per release and set of options in this process, shared by its test files. Called by tests.
// The nodes end after the last test file (a hook of tools/testing/src/run-uvu.ts), or with the process.
import { pooledNodesMax } from './limits.ts';
import { type Node, startNode } from './node.ts';
import type { NodeOptions } from './node-options.ts';
import type { Release } from './release.ts';

type Pooled = { readonly node: Promise<Node>; users: number };

const pool = new Map<string, Pooled>();

/** Options of the shared node of a release; a caller with other options gets another node. */
export type SharedNodeOptions = Omit<NodeOptions, 'version' | 'address' | 'seeds' | 'waitFor'>;

const endIdleNodes = async (countMax: number): Promise<void> => {
  for (const [key, pooled] of pool) {
    if (pool.size <= countMax) return;
    if (pooled.users > 0) continue;
    pool.delete(key);
    const node = await pooled.node.catch(() => undefined); // one that never started has cleaned up after itself
    await node?.stop();
  }
};

/** Ends every shared node of this process. */
export const endSharedNodes = (): Promise<void> => endIdleNodes(0);

const registerHook = (): void => {
  const globals = globalThis as { SCAMANDER_AFTER_ALL_FILES?: Set<() => Promise<void>> };
  globals.SCAMANDER_AFTER_ALL_FILES ??= new Set();
  globals.SCAMANDER_AFTER_ALL_FILES.add(endSharedNodes);
};

const isUsable = async (pooled: Pooled): Promise<boolean> => {
  try {
    return (await pooled.node).isRunning();
  } catch {
    return false;
  }
};

const acquireNow = async (release: Release, options: SharedNodeOptions): Promise<Pooled> => {
  const key = `${release.name} ${JSON.stringify(options)}`;
  let pooled = pool.get(key);
  if (pooled !== undefined && !(await isUsable(pooled))) {
    pool.delete(key);
    await (await pooled.node.catch(() => undefined))?.stop();
    pooled = undefined;
  }
  if (pooled === undefined) {
    await endIdleNodes(pooledNodesMax - 1);
    const yaml = { ...release.yaml, ...options.yaml };
    pooled = { node: startNode({ ...options, version: release.version, yaml }), users: 0 };
    pooled.node.catch(() => undefined); // reported where it is awaited
  }
  // The order of the map is the order of use: the first one has been idle longest.
  pool.delete(key);
  pool.set(key, pooled);
  pooled.users += 1;
  return pooled;
};

let lastAcquired: Promise<unknown> = Promise.resolve();

/** One after the other, so that two callers at once do not start two nodes. */
const acquire = (release: Release, options: SharedNodeOptions): Promise<Pooled> => {
  const acquired = lastAcquired.then(() => acquireNow(release, options));
  lastAcquired = acquired.catch(() => undefined);
  return acquired;
};

/**
 * Runs the body with the shared node of the release, started at the first call. The body makes keyspaces of its own names and
 * leaves the node running; one that stopped or killed it gets a new one next time. Throws what startNode throws.
 */
export const withNode = async <T>(
  release: Release,
  body: (node: Node) => Promise<T> | T,
  options: SharedNodeOptions = {},
): Promise<T> => {
  registerHook();
  const pooled = await acquire(release, options);
  try {
    return await body(await pooled.node);
  } finally {
    pooled.users -= 1;
  }
};
