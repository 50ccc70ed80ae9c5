// Control plane. What every command shares: where it prints, who interrupts it, how its errors and exit code come out. Called by program.ts.
import type { Writable } from 'node:stream';
import type { ScamanderErrorType } from '@scamander/scamander';
import type { Command } from 'commander';
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { ENDING_MS_MAX } from './limits.ts';
import { errorText } from './output/errors.ts';
import { jsonLine } from './output/json-lines.ts';
import { complain, type Terminal } from './output/terminal.ts';
import { usageError } from './settings/usage-error.ts';

/** The world outside the command line; tests hand in another. */
export interface World {
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly environment: NodeJS.ProcessEnv;
  readonly nowMs: () => number;
  /** Calls back on each Ctrl-C, SIGTERM or SIGHUP; returns how to stop listening. */
  readonly onInterrupt: (callback: () => void) => () => void;
  /** Calls back when nobody reads stdout any more (`| head`); returns how to stop listening. @default never */
  readonly onUnread?: (callback: () => void) => () => void;
  /** Calls back once, later, unless what it returns is called before. @default the machine's timers */
  readonly setTimer?: (ms: number, callback: () => void) => () => void;
  /** Ends the process at once (a second Ctrl-C). */
  readonly exitNow: (code: number) => void;
}

/** A command's end: an exit code, or an error to show. */
export type CommandResult = Either<ScamanderErrorType, number>;

/** Flags as commander gives them; each command narrows them. */
export type Flags = Readonly<Record<string, unknown>>;

/** A command between its first interrupt and its end. */
export interface Interruptible {
  /** Fires when the command is to end in order. */
  readonly signal: AbortSignal;
  readonly interrupted: () => boolean;
  /** Must be called when the command is over, on every path. */
  readonly stop: () => void;
}

const laterUnlessOver: NonNullable<World['setTimer']> = (ms, callback) => {
  const timer = setTimeout(callback, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

const stillRunning = (): ScamanderErrorType => ({
  code: 'SCM_ENDING_TIMEOUT',
  kind: 'failed',
  message: `the command has not ended within ${ENDING_MS_MAX / 1000} s of being asked to, and is ended now`,
  where: 'this process',
  lost: 'nothing that was acknowledged; what was under way is as after a crash',
  advice: 'run it again; please report what it was doing',
  retryable: true,
});

const camel = (name: string): string =>
  name.replace(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());

/** What switches a flag off in the environment; presence alone would turn `SCAMANDER_TLS=false` into TLS. */
const OFF = /^(|0|false|no|off)$/i;

/** Fills flags that the command line did not give. */
const applyEnvironment = (command: Command, environment: NodeJS.ProcessEnv): void => {
  for (const option of command.options) {
    const key = option.attributeName();
    if (option.envVar === undefined || command.getOptionValueSource(key) === 'cli') continue;
    const text = environment[option.envVar];
    const isOff = option.isBoolean() && (text === undefined || OFF.test(text));
    if (text === undefined || isOff) {
      // commander itself looks at the environment of the process, and at presence only
      if (command.getOptionValueSource(key) === 'env')
        command.setOptionValueWithSource(key, option.defaultValue, 'default');
    } else command.setOptionValueWithSource(key, option.isBoolean() ? true : text, 'env');
  }
};

/** Fills flags that neither the command line nor the environment gave. */
const applyConfig = async (
  command: Command,
  path: string,
): Promise<ScamanderErrorType | undefined> => {
  // YAML and its codec are loaded only where a file is named.
  const { readConfig } = await import('./settings/config-file.ts');
  const config = readConfig(path);
  if (isLeft(config)) return usageError(config.left, '--config');
  for (const [name, value] of Object.entries(config.right)) {
    const key = camel(name.startsWith('no-') ? name.slice(3) : name);
    const known = command.options.some((option) => option.attributeName() === key);
    const source = command.getOptionValueSource(key);
    if (!known || source === 'cli' || source === 'env') continue;
    const plain = typeof value === 'number' ? String(value) : value;
    command.setOptionValueWithSource(
      key,
      name.startsWith('no-') ? value !== true : plain,
      'config',
    );
  }
  return undefined;
};

/** Runs commands and remembers the exit code. */
export class Context {
  readonly version: string;
  readonly world: World;
  exitCode = 0;
  #isJson = false;

  constructor(version: string, world: World) {
    this.version = version;
    this.world = world;
  }

  #terminal(flags: Flags): Terminal {
    const { stdout, stderr, environment } = this.world;
    return {
      stdout,
      stderr,
      color:
        flags['color'] !== false && environment['NO_COLOR'] === undefined && stderr.isTTY === true,
      quiet: flags['quiet'] === true,
      verbose: flags['verbose'] === true,
      json: flags['json'] === true,
    };
  }

  /** Runs one command with its merged flags; shows its error, keeps its code. */
  async run(
    command: Command,
    body: (flags: Flags, terminal: Terminal) => Promise<CommandResult>,
  ): Promise<void> {
    applyEnvironment(command, this.world.environment);
    const configPath = command.opts()['config'];
    const problem =
      typeof configPath === 'string' ? await applyConfig(command, configPath) : undefined;
    const flags = command.opts() as Flags;
    const terminal = this.#terminal(flags);
    this.#isJson = terminal.json;
    const result: CommandResult =
      problem === undefined ? await body(flags, terminal) : { _tag: 'Left', left: problem };
    if (isLeft(result)) {
      complain(terminal, errorText(result.left));
      this.exitCode = exitCodeOf(result.left.kind);
      if (terminal.json)
        terminal.stdout.write(
          jsonLine({ type: 'result', exitCode: this.exitCode, error: result.left }),
        );
    } else {
      this.exitCode = result.right;
    }
  }

  /**
   * Ends a command in order on the first interrupt: `onFirst` tells people, the signal tells the job. The second one ends the process at once, and so
   * does a command that takes longer than ENDING_MS_MAX. With `whenUnread` it also ends in order, without a word, when nobody reads stdout any
   * more: for commands whose stdout is all that they do, or that go on for long.
   */
  interruptible(
    onFirst: () => void,
    { whenUnread = false }: { readonly whenUnread?: boolean } = {},
  ): Interruptible {
    const controller = new AbortController();
    const { signal } = controller;
    const { world } = this;
    const setTimer = world.setTimer ?? laterUnlessOver;
    let cancelLimit = (): void => undefined;
    const begin = (): void => {
      cancelLimit = setTimer(ENDING_MS_MAX, () => this.#giveUp());
      controller.abort();
    };
    const stopInterrupts = world.onInterrupt(() => {
      if (signal.aborted) {
        world.exitNow(EXIT.interrupted);
        return;
      }
      onFirst();
      begin();
    });
    const onUnread = (): void => {
      if (!signal.aborted) begin();
    };
    const stopUnread = whenUnread ? world.onUnread?.(onUnread) : undefined;
    const stop = (): void => {
      cancelLimit();
      stopInterrupts();
      stopUnread?.();
    };
    return { signal, interrupted: () => signal.aborted, stop };
  }

  #giveUp(): void {
    const error = stillRunning();
    this.world.stderr.write(`${errorText(error)}\n`);
    if (this.#isJson)
      this.world.stdout.write(jsonLine({ type: 'result', exitCode: EXIT.interrupted, error }));
    this.world.exitNow(EXIT.interrupted);
  }
}
