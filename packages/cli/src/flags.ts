// Control plane. Flags as commander sees them, and those that every command has. Called by program.ts and sstable-program.ts.
import { type Command, Option } from 'commander';

/** A flag that may also come from SCAMANDER_<NAME>. */
export const flag = (flags: string, description: string, fallback?: string): Option => {
  const option = new Option(flags, description);
  const name = (option.long ?? '')
    .replace(/^--(no-)?/, '')
    .replaceAll('-', '_')
    .toUpperCase();
  option.env(`SCAMANDER_${name}`);
  return fallback === undefined ? option : option.default(fallback);
};

/** Flags that mean the same everywhere. */
export const commonFlags = (command: Command): Command =>
  command
    .addOption(
      flag(
        '--config <file>',
        'YAML file with the same names as the flags; flags and environment stand over it',
      ),
    )
    .addOption(
      flag('--json', 'JSON lines on stdout: every event as one object, the last one the result'),
    )
    .addOption(flag('--quiet', 'no news on stderr, only errors'))
    .addOption(flag('--verbose', 'more news on stderr'))
    .option('--no-color', 'plain text (also NO_COLOR)');

/** How often something that failed is tried again; the values are those of the front door (settings/retry-flags.ts, and its test). */
export const retryFlags = (command: Command): Command =>
  command
    .addOption(
      flag('--retries <n>', 'tries after the first, as long as nothing gets on; 0 = none', '4'),
    )
    .addOption(
      flag('--retry-delay <seconds>', 'wait before the second try; longer each time', '1'),
    );
