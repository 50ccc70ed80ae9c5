// `scamander doctor` at an embedded node and at nobody: exit codes, text for people, JSON lines.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { DoctorReport, Finding } from '@scamander/scamander';
import { withTempFolder } from '@scamander-tools/testing';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { doctorExitCode } from '../../src/commands/doctor.ts';
import { besideServe, sample, until } from '../beside-serve.ts';
import { runCli } from '../fake-world.ts';

const users = (): string => {
  const demo = join(sample, 'demo');
  return join(demo, readdirSync(demo).find((name) => name.startsWith('users-')) ?? '');
};

test('an embedded node in order: 0, a count, and with --verbose each thing that was looked at', () =>
  besideServe([], async (port) => {
    const ran = await runCli(['doctor', `127.0.0.1:${port}`, '--no-cql']);
    assert.is(ran.code, 0, ran.err);
    assert.match(ran.out, /^0 critical, 0 warning, 0 info, 3 ok in /);
    const more = await runCli(['doctor', `127.0.0.1:${port}`, '--no-cql', '--verbose']);
    assert.match(more.out, new RegExp(`^127\\.0\\.0\\.1:${port}\n  ok        storage-port: `));
    assert.match(
      more.out,
      / tls-mode: .*plaintext only\n {12}seen: without TLS: it answers; with TLS: /,
    );
  }));

test('JSON lines: every finding, then the result with the same', () =>
  besideServe([], async (port) => {
    const ran = await runCli(['doctor', `127.0.0.1:${port}`, '--no-cql', '--json']);
    const lines = ran.lines();
    assert.equal(
      lines.map(({ type }) => type),
      ['Found', 'Found', 'Found', 'result'],
    );
    const result = lines.at(-1) as unknown as {
      exitCode: number;
      severity: string;
      findings: Finding[];
    };
    assert.equal([result.exitCode, result.severity], [0, 'ok']);
    assert.equal(
      lines.slice(0, 3).map(({ finding }) => finding),
      result.findings,
    );
  }));

test('nobody there: 3, and what to do', async () => {
  const ran = await runCli(['doctor', '127.0.0.1:1', '--storage-port', '1']);
  assert.is(ran.code, 3);
  assert.match(
    ran.out,
    /CRITICAL {2}storage-port: .*\n {12}seen: .*refuses connections\n {12}try: {2}open the firewall/,
  );
  assert.match(ran.out, /^2 critical, 0 warning/m);
});

test('TLS asked of a plain node: 3', () =>
  besideServe([], async (port) => {
    const ran = await runCli(['doctor', `127.0.0.1:${port}`, '--no-cql', '--tls-insecure']);
    assert.is(ran.code, 3, ran.out);
    assert.match(ran.out, /leave --tls out/);
  }));

test('a backup that is damaged: 4; one that is sound: 0; one that is not there: 2', () =>
  besideServe([], async (port) => {
    const at = ['doctor', `127.0.0.1:${port}`, '--no-cql', '--backup'];
    const sound = await runCli([...at, users()]);
    assert.is(sound.code, 0, sound.out);
    assert.match(sound.out, /backup\n {2}ok {8}backup: demo\.users would load \(2 SSTables, /);
    await withTempFolder(async (folder) => {
      const copy = join(folder, 'demo', users().split('/').at(-1) ?? '');
      cpSync(users(), copy, { recursive: true });
      const data = join(copy, 'nb-1-big-Data.db');
      const bytes = readFileSync(data);
      bytes.writeUInt8((bytes[20] ?? 0) ^ 0xff, 20);
      writeFileSync(data, bytes);
      const damaged = await runCli([...at, copy]);
      assert.is(damaged.code, 4, damaged.out);
      assert.match(damaged.out, /CRITICAL {2}backup: an SSTable is damaged/);
      assert.match(damaged.out, /info {6}backup: of demo\.users all but 1 of 2 SSTables/);
    });
    const missing = await runCli([...at, '/nowhere/at/all']);
    assert.is(missing.code, 2);
    assert.match(missing.err, /^error SCM_SSTABLE_NOT_FOUND: /m);
  }));

test('what the command line gets wrong: 2', async () => {
  for (const [argv, where] of [
    [['127.0.0.1', '--announce', 'us.example'], '--announce'],
    [['127.0.0.1', '--announce', '1.2.3.4:0'], '--announce'],
    [['127.0.0.1', '--protocol', '11'], '--protocol'],
    [['127.0.0.1', '--headroom', 'much'], '--headroom'],
    [['127.0.0.1', '--silence-timeout', '0'], '--silence-timeout'],
    [['127.0.0.1:x'], 'HOST'],
    [['127.0.0.1', '--tls-cert', 'x'], '--tls-cert'],
  ] as const) {
    const ran = await runCli(['doctor', ...argv]);
    assert.is(ran.code, 2, argv.join(' '));
    assert.match(ran.err, new RegExp(`^error SCM_[A-Z_]+: .+\n  where: ${where}`, 'm'));
  }
});

test('interrupted while a node is silent: 130, at once, and nothing left open', async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const argv = ['doctor', `127.0.0.1:${port}`, '--no-cql', '--json', '--silence-timeout', '3600'];
  const ran = await runCli(argv, {
    whileRunning: async ({ interrupt, ended }) => {
      await until(() => sockets.size > 0, ended);
      interrupt();
    },
  });
  assert.is(ran.code, 130, ran.err);
  assert.equal(
    ran.lines().map(({ type, exitCode }) => [type, exitCode]),
    [['result', 130]],
  );
  // Our side is gone: a server whose sockets are open does not close.
  await new Promise((resolve) => server.close(resolve));
});

test('the exit code: of the cluster before the backup; warnings are no failure', () => {
  const report = (
    ...findings: (readonly [Finding['check'], Finding['severity']])[]
  ): DoctorReport => ({
    cluster: 'troy',
    severity: 'ok',
    elapsedMs: 1,
    findings: findings.map(([check, severity]) => ({
      ...{ check, severity, node: undefined, finding: 'x', evidence: 'y', remedy: undefined },
    })),
  });
  assert.is(
    doctorExitCode(report(['clock', 'warning'], ['backup', 'warning'], ['disk', 'info'])),
    0,
  );
  assert.is(doctorExitCode(report(['backup', 'critical'])), 4);
  assert.is(doctorExitCode(report(['backup', 'critical'], ['guardrail', 'critical'])), 3);
});

test.run();
