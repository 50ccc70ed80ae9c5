// Control plane. `scamander doctor`: runs doctor() and shows what it found. Called by program.ts; judges nothing itself.
import { type DoctorReport, doctor } from '@scamander/scamander';
import { isLeft, left, right } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { doctorText } from '../output/doctor-text.ts';
import { jsonLine } from '../output/json-lines.ts';
import { say, type Terminal, tell } from '../output/terminal.ts';
import { type DoctorFlags, doctorOptions } from '../settings/doctor-flags.ts';

/** Critical for the cluster or a node: 3. Critical for the backup's data only: 4. Warnings alone are no failure. */
export const doctorExitCode = ({ findings }: DoctorReport): number => {
  const critical = findings.filter(({ severity }) => severity === 'critical');
  if (critical.some(({ check }) => check !== 'backup')) return EXIT.refused;
  return critical.length > 0 ? EXIT.badData : EXIT.ok;
};

const show = (report: DoctorReport, exitCode: number, terminal: Terminal): void => {
  if (terminal.json) terminal.stdout.write(jsonLine({ type: 'result', exitCode, ...report }));
  else say(terminal, doctorText(report, terminal));
};

/** Runs the command. */
export const runDoctor = async (
  hosts: string,
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const options = doctorOptions(hosts, flags as unknown as DoctorFlags, context.world.environment);
  if (isLeft(options)) return options;
  const interrupt = context.interruptible(() =>
    tell(terminal, 'ending; press Ctrl-C again to end at once'),
  );
  const running = doctor(options.right, { signal: interrupt.signal });
  const subscription = running.events$.subscribe((event) => {
    if (terminal.json) terminal.stdout.write(jsonLine(event));
  });
  tell(terminal, `looking at ${hosts} …`);
  const report = await running.result;
  subscription.unsubscribe();
  interrupt.stop();
  if (isLeft(report)) {
    if (!interrupt.interrupted()) return left(report.left);
    if (terminal.json)
      terminal.stdout.write(
        jsonLine({ type: 'result', exitCode: EXIT.interrupted, error: report.left }),
      );
    return right(EXIT.interrupted);
  }
  const code = interrupt.interrupted() ? EXIT.interrupted : doctorExitCode(report.right);
  show(report.right, code, terminal);
  return right(code);
};
