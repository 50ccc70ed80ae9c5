// No child and no folder outlives the process that started them, however it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startGuarded } from '../src/guarded-process.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const until = async (what: string, isTrue: () => boolean): Promise<void> => {
  const start = performance.now();
  while (!isTrue()) {
    assert.ok(performance.now() - start < 20_000, `20 s and still not: ${what}`);
    await delay(20);
  }
};

const startParent = async () => {
  const parent: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('guard-parent.ts', import.meta.url))],
    { stdio: ['pipe', 'pipe', 'ignore'] },
  );
  const line = await new Promise<string>((resolve) => {
    parent.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString()));
  });
  return { parent, ...(JSON.parse(line) as { folder: string; pid: number }) };
};

const endings: Record<string, (parent: ChildProcess) => void> = {
  SIGKILL: (parent) => void parent.kill('SIGKILL'),
  SIGTERM: (parent) => void parent.kill('SIGTERM'),
  SIGINT: (parent) => void parent.kill('SIGINT'),
  'an uncaught error': (parent) => void parent.stdin?.write('throw'),
  'process.exit': (parent) => void parent.stdin?.write('exit'),
  'nothing left to do': (parent) => void parent.stdin?.write('idle'),
};

for (const [name, end] of Object.entries(endings)) {
  test(`after ${name} of the parent, child and folder are gone`, async () => {
    const { parent, folder, pid } = await startParent();
    assert.ok(isAlive(pid));
    assert.ok(existsSync(folder));
    end(parent);
    await until('child gone', () => !isAlive(pid));
    await until('folder gone', () => !existsSync(folder));
    await until('parent gone', () => parent.exitCode !== null || parent.signalCode !== null);
  });
}

test('a child that ends by itself is reported, its output is in the log, and the folder stays', async () => {
  await withTempFolder(async (folder) => {
    const log = join(folder, 'log');
    const child = await startGuarded(folder, log, [
      '/bin/sh',
      '-c',
      'echo out; echo err >&2; exit 3',
    ]);
    assert.is(await child.untilEnded(), 'exit 3');
    assert.is(child.hasEnded(), 'exit 3');
    assert.is(readFileSync(log, 'utf8'), 'out\nerr\n');
    child.kill('SIGKILL'); // harmless
    child.release();
    assert.ok(existsSync(folder));
  });
});

test('a killed child is reported with its signal', async () => {
  await withTempFolder(async (folder) => {
    const child = await startGuarded(folder, join(folder, 'log'), ['sleep', '1000']);
    assert.is(child.hasEnded(), undefined);
    child.kill('SIGTERM');
    assert.is(await child.untilEnded(), 'signal 15');
    child.release();
  });
});

test.run();
