// Control plane. What every command shares: where it prints, who interrupts it, how its errors and exit code come out. Called by program.ts.
import type { Writable } from 'node:stream';
import type { ScamanderErrorType } from '@scamander/scamander';
import type { Command } from 'commander';
import { type Either, isLeft } from 'fp-ts/lib/Either.js';
import { exitCodeOf } from './exit-codes.ts';
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
  /** Calls back on each Ctrl-C or SIGTERM; returns how to stop listening. */
  readonly onInterrupt: (callback: () => void) => () => void;
  /** Ends the process at once (a second Ctrl-C). */
  readonly exitNow: (code: number) => void;
}

/** A command's end: an exit code, or an error to show. */
export type CommandResult = Either<ScamanderErrorType, number>;

/** Flags as commander gives them; each command narrows them. */
export type Flags = Readonly<Record<string, unknown>>;

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
   * An abort signal that fires on the first interrupt; the second one ends the process at once.
   * `stop` must be called when the command is over.
   */
  interruptible(onFirst: () => void): {
    readonly signal: AbortSignal;
    readonly interrupted: () => boolean;
    readonly stop: () => void;
  } {
    const controller = new AbortController();
    const stop = this.world.onInterrupt(() => {
      if (controller.signal.aborted) this.world.exitNow(130);
      controller.abort();
      onFirst();
    });
    return { signal: controller.signal, interrupted: () => controller.signal.aborted, stop };
  }
}
