// A process that runs a tool without end and prints the tool's process id; java-tool.test.ts kills it. Not a test itself.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runGuardedCommand } from '../src/java-tool.ts';

const folder = mkdtempSync(join(tmpdir(), 'scamander-tool-'));
const file = join(folder, 'pid');
void runGuardedCommand([
  '/bin/sh',
  '-c',
  `echo $$ > ${file}.new; mv ${file}.new ${file}; exec sleep 1000`,
]);
while (!existsSync(file)) await delay(20);
const pid = readFileSync(file, 'utf8');
rmSync(folder, { recursive: true });
console.log(pid);
