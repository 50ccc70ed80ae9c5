// A process that starts a guarded child and says where; guarded-process.test.ts ends it in different ways. Not a test itself.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuarded } from '../src/guarded-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'scamander-guard-'));
writeFileSync(join(folder, 'data'), 'x');
// The child ignores SIGTERM and SIGINT, as a JVM that hangs would.
const command = ['/bin/sh', '-c', 'trap "" TERM INT HUP; while :; do sleep 0.1; done'];
const child = await startGuarded(folder, join(folder, 'log'), command);
const alive = setInterval(() => undefined, 1_000);
console.log(JSON.stringify({ folder, pid: child.pid }));
process.stdin.on('data', (word) => {
  if (String(word) === 'throw') throw new Error('uncaught on purpose');
  if (String(word) === 'exit') process.exit(0);
  clearInterval(alive);
  process.stdin.destroy(); // nothing keeps the process alive any more: the child does not
});
