// Findings in words: grouped by what they are about, the worst first.
import type { DoctorReport, Finding } from '@scamander/scamander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { doctorText } from '../../src/output/doctor-text.ts';

const finding = (change: Partial<Finding>): Finding => ({
  check: 'clock',
  severity: 'ok',
  node: undefined,
  finding: 'a',
  evidence: 'b',
  remedy: undefined,
  ...change,
});

const report: DoctorReport = {
  cluster: 'troy',
  severity: 'critical',
  elapsedMs: 4200,
  findings: [
    finding({ check: 'release', finding: 'all the same' }),
    finding({ check: 'ring-change', severity: 'warning', finding: 'no word', remedy: 'ask' }),
    finding({ node: '10.0.0.1:7000', severity: 'info', finding: 'slow' }),
    finding({ node: '10.0.0.1:7000', severity: 'critical', finding: 'shut', evidence: '' }),
    finding({ node: '10.0.0.2:7000', finding: 'fine' }),
    finding({ check: 'backup', severity: 'critical', finding: 'gone', remedy: 'CREATE\nTABLE' }),
  ],
};

test('cluster, nodes, backup; what is in order is counted', () => {
  assert.is(
    doctorText(report, { color: false, verbose: false }),
    `cluster troy
  warning   ring-change: no word
            seen: b
            try:  ask

10.0.0.1:7000
  CRITICAL  clock: shut
  info      clock: slow
            seen: b

backup
  CRITICAL  backup: gone
            seen: b
            try:  CREATE
                  TABLE

2 critical, 1 warning, 1 info, 2 ok in 4.2 s; --verbose lists what is in order too`,
  );
});

test('with --verbose all of it; colours only where they are wanted', () => {
  const text = doctorText(report, { color: false, verbose: true });
  assert.match(text, /release: all the same/);
  assert.match(text, /10\.0\.0\.2:7000\n {2}ok {8}clock: fine/);
  const escapeCode = String.fromCharCode(27);
  assert.not.ok(text.includes(escapeCode));
  const colored = doctorText(report, { color: true, verbose: false });
  assert.ok(colored.includes(`${escapeCode}[31mCRITICAL${escapeCode}[0m`));
});

test.run();
