// Control plane. `scamander doctor`: runs doctor() and shows what it found. Called by program.ts; judges nothing itself.
import { type DoctorEvent, type DoctorReport, doctor } from '@scamander/scamander';
import { isLeft } from 'fp-ts/lib/Either.js';
import type { CommandResult, Context, Flags } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { doctorText } from '../output/doctor-text.ts';
import { jsonLine } from '../output/json-lines.ts';
import { type Terminal, tell } from '../output/terminal.ts';
import { type DoctorFlags, doctorOptions } from '../settings/doctor-flags.ts';
import { followJob, type JobView } from './follow-job.ts';

/** Critical for the cluster or a node: 3. Critical for the backup's data only: 4. Warnings alone are no failure. */
export const doctorExitCode = ({ findings }: DoctorReport): number => {
  const critical = findings.filter(({ severity }) => severity === 'critical');
  if (critical.some(({ check }) => check !== 'backup')) return EXIT.refused;
  return critical.length > 0 ? EXIT.badData : EXIT.ok;
};

const doctorView = (terminal: Terminal): JobView<DoctorEvent> => ({
  see: (event) => {
    if (terminal.json) terminal.stdout.write(jsonLine(event));
  },
  stop: () => undefined,
});

/** Runs the command. */
export const runDoctor = async (
  hosts: string,
  flags: Flags,
  terminal: Terminal,
  context: Context,
): Promise<CommandResult> => {
  const options = doctorOptions(hosts, flags as unknown as DoctorFlags, context.world.environment);
  if (isLeft(options)) return options;
  return followJob(
    {
      view: () => doctorView(terminal),
      start: (signal) => {
        tell(terminal, `looking at ${hosts} …`);
        return doctor(options.right, { signal });
      },
      exitCode: doctorExitCode,
      text: (report) => doctorText(report, terminal),
    },
    terminal,
    context,
  );
};
