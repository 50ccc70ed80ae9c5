// Control plane. Entry of the command line: makes the world real, parses, runs, sets the exit code. Called by bin/scamander.mjs.
import { CommanderError } from 'commander';
import { Context, type World } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { errorText } from './output/errors.ts';
import { makeProgram } from './program.ts';
import { usageError } from './settings/usage-error.ts';
import { VERSION } from './version.ts';

/** What asks a process to end. A terminal that goes away says SIGHUP. */
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What a write says when nobody is there any more: a pipe without a reader, a terminal that is gone. */
const UNREAD: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO', 'ENXIO']);

/** Bars hide the cursor and the wrapping of lines. */
const TERMINAL_AS_IT_WAS = '\u001b[?25h\u001b[?7h';

const realWorld = (): World => ({
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  nowMs: () => performance.now(),
  onInterrupt: (callback) => {
    for (const signal of ENDING_SIGNALS) process.on(signal, callback);
    return () => {
      for (const signal of ENDING_SIGNALS) process.off(signal, callback);
    };
  },
  onUnread: (callback) => {
    process.stdout.on('error', callback);
    return () => process.stdout.off('error', callback);
  },
  exitNow: (code) => {
    if (process.stderr.isTTY) process.stderr.write(TERMINAL_AS_IT_WAS);
    process.exit(code);
  },
});

/** Parses and runs; resolves with the exit code. Never rejects for what a user did. */
export const execute = async (argv: readonly string[], world: World): Promise<number> => {
  const context = new Context(VERSION, world);
  const program = makeProgram(context);
  const quietly = (command: typeof program): void => {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => void world.stdout.write(text),
      writeErr: (text) => void world.stderr.write(text),
      outputError: (text, write) => {
        const message = text
          .trim()
          .replace(/^error: /, '')
          .replace(/\s*\n\s*/g, ' ');
        write(`${errorText(usageError(message, argv.join(' ')))}\n`);
      },
    });
    for (const child of command.commands) quietly(child as typeof program);
  };
  quietly(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
};

/** Runs as the process. */
export const run = async (argv: readonly string[]): Promise<void> => {
  // A reader that goes away (`| head`) is no error of ours.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!UNREAD.has(error.code)) throw error;
    });
  process.exitCode = await execute(argv, realWorld());
};

if (process.env['SCAMANDER_RUN_MAIN'] === '1') await run(process.argv.slice(2));
