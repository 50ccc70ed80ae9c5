// Data plane. Where the optional native modules are, and whether they work on this machine. Called by KernelWorker and by the choice of a
// data path. Asks once per process.
import { createRequire } from 'node:module';
import { endianness, platform } from 'node:os';

type Require = ReturnType<typeof createRequire>;

const requireHere = (): Require | undefined => {
  try {
    return createRequire(import.meta.url);
  } catch {
    // Bundled into a format without import.meta.
    return undefined;
  }
};

const works = (path: string, load: Require): boolean => {
  try {
    load(path);
    return true;
  } catch {
    return false;
  }
};

const pathOf = (name: string): string => {
  const load = requireHere();
  try {
    const path = load?.resolve(name);
    return load !== undefined && path !== undefined && works(path, load) ? path : '';
  } catch {
    return '';
  }
};

const found = new Map<string, string>();

/** Path of an optional module that loads here; empty when there is none. */
export const nativeModulePath = (name: 'koffi' | '@node-rs/crc32'): string => {
  const known = found.get(name);
  if (known !== undefined) return known;
  const path = pathOf(name);
  found.set(name, path);
  return path;
};

/**
 * True where the kernel can move file bytes by itself: Linux (sendfile and splice), little-endian (the layout of pollfd that we write), and
 * koffi loads. Loading takes some 20 ms, once.
 */
export const kernelPathAvailable = (): boolean =>
  platform() === 'linux' && endianness() === 'LE' && nativeModulePath('koffi') !== '';
