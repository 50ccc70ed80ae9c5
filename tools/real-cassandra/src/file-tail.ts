// Control plane: the end of a file. Called by node.ts for logs.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The last bytes of a file as text, or the empty string where there is no file. */
export const fileTail = (file: string, bytesMax: number): string => {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return '';
  }
  try {
    const size = fstatSync(descriptor).size;
    const bytes = Buffer.alloc(Math.min(size, bytesMax));
    readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(descriptor);
  }
};
