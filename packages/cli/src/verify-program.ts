// Control plane. The surface of `verify`: flags, help. Called by program.ts; the command itself lives in commands/.
import { Command } from 'commander';
import type { Context } from './context.ts';
import { askingFlags, commonFlags, cqlFlags, flag, tlsFlags } from './flags.ts';

/** `scamander verify`. */
export const verifyCommand = (context: Context): Command => {
  const command = new Command('verify')
    .description('check that everything still is as a receipt says: files, or what replicas hold')
    .argument('<receipt>', 'the file that --receipt wrote')
    .addOption(flag('--data <dir>', 'where the SSTables lie now, if not where the receipt says'))
    .option('--quick', 'sizes and CRC-32, without SHA-256')
    .addOption(flag('--sample <n>', 'so many SSTables only, chosen at random'))
    .addOption(
      flag(
        '--against <hosts>',
        'ask the replicas that took the SSTables for the same ranges, and compare the rows',
      ),
    )
    .addOption(
      flag('--work-dir <dir>', 'where what a replica holds lies while it is compared, then goes'),
    )
    .addOption(flag('--throttle <rate>', 'of what replicas send: 50MiB/s; 0 = unlimited'));
  tlsFlags(cqlFlags(commonFlags(askingFlags(command))));
  return command.action((receipt: string) =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/verify.ts')).runVerifyReceipt(receipt, flags, terminal, context),
    ),
  );
};
