// Running a tool: its exit code and outputs, and that it does not outlive us. The tools here are shells.
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runGuardedCommand } from '../src/java-tool.ts';

test('exit code and both outputs come back', async () => {
  const result = await runGuardedCommand(['/bin/sh', '-c', 'echo out; echo err >&2; exit 7']);
  assert.equal(result, { exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
});

test('when the process that started it is killed, the tool goes', async () => {
  const parent = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('tool-parent.ts', import.meta.url))],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const line = await new Promise<string>((resolve) => {
    parent.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
  });
  const pid = Number(line);
  assert.is(process.kill(pid, 0), true);
  parent.kill('SIGKILL');
  const start = performance.now();
  const isAlive = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (isAlive()) {
    assert.ok(performance.now() - start < 20_000, 'the tool still lives after 20 s');
    await delay(20);
  }
});

test.run();
