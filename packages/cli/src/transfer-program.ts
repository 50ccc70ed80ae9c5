// Control plane. The surface of the commands that move data: flags, help. Called by program.ts; the commands themselves live in commands/.
import { Command } from 'commander';
import type { Context } from './context.ts';
import {
  commonFlags,
  consistencyFlag,
  cqlFlags,
  flag,
  patienceFlags,
  rangesFlag,
  rateFlags,
  replicaFlags,
  retryFlags,
  sourceFlags,
  speakingFlags,
  storagePortFlag,
  tlsFlags,
} from './flags.ts';

/** `scamander load`. */
export const loadCommand = (context: Context): Command => {
  const command = new Command('load')
    .description('stream SSTables to the replicas that own them')
    .argument(
      '<dir...>',
      'table, keyspace or data directory, a snapshots/NAME or backups folder, or a Data.db file',
    )
    .addOption(
      flag(
        '--to <hosts>',
        'contact points, HOST[:CQL_PORT], comma separated; the rest is discovered',
      ),
    )
    .option(
      '--no-cql',
      'the targets are embedded nodes without CQL: HOST[:STORAGE_PORT]; each gets everything',
    )
    .addOption(storagePortFlag())
    .addOption(flag('--keyspace <name>', 'load into this keyspace'))
    .addOption(flag('--table <name>', 'load into this table'));
  replicaFlags(command)
    .addOption(rangesFlag())
    .addOption(flag('--connections <n>', 'file connections per peer', '2'));
  rateFlags(command, { beyond: 'towards' })
    .addOption(
      flag(
        '--entire <when>',
        'whole SSTables where a replica owns all of one: auto or never',
        'auto',
      ),
    )
    .addOption(
      flag(
        '--verify <level>',
        'check of the source: quick, deep (all before anything is sent), or auto (deep up to 32 MiB)',
        'auto',
      ),
    )
    .addOption(consistencyFlag());
  speakingFlags(command).addOption(
    flag('--announce <host>', 'address we call ourselves; nobody dials it during a load'),
  );
  patienceFlags(command)
    .addOption(
      flag('--ledger <file>', 'remember what is acknowledged; the same load again sends the rest'),
    )
    .addOption(
      flag(
        '--session-size <size>',
        'the most that one session carries, and that a load which was killed sends again',
        '16GiB',
      ),
    )
    .addOption(flag('--receipt <file>', 'write the proof of what arrived as JSON'))
    .addOption(flag('--dry-run', 'everything but the bytes; prints the plan'));
  tlsFlags(cqlFlags(commonFlags(retryFlags(command))));
  return command.action((paths: string[]) =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/load.ts')).runLoad(paths, flags, terminal, context),
    ),
  );
};

/** `scamander pull`. */
export const pullCommand = (context: Context): Command => {
  const command = new Command('pull')
    .description('ask live nodes for their SSTables; nothing is installed there')
    .argument('<name...>', 'KEYSPACE or KEYSPACE.TABLE')
    .addOption(flag('--into <dir>', 'new data directory, or that of an earlier pull'))
    .addOption(flag('--keyspace <name>', 'under this keyspace in DIR'))
    .addOption(flag('--table <name>', 'as this table in DIR'));
  rateFlags(command, { of: 'of all nodes together: ', beyond: 'from' })
    .addOption(
      flag(
        '--sstable-version <version>',
        'nb, oa or da: what sections are written as, instead of nb (oa where oa or da come)',
      ),
    )
    .addOption(flag('--sessions <n>', 'sessions at once, no more than 2 with a node', '8'))
    .addOption(
      flag('--unit-size <size>', 'what is asked for and done with as a whole, at most', '64GiB'),
    )
    .addOption(
      flag('--ledger <file>', 'what was received, to go on from; DIR/.scamander/… if absent'),
    )
    .addOption(flag('--receipt <file>', 'write the proof of what came as JSON'))
    .addOption(flag('--dry-run', 'everything but the bytes; prints the plan'));
  tlsFlags(cqlFlags(commonFlags(sourceFlags(command))));
  return command.action((names: string[]) =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/pull.ts')).runPull(names, flags, terminal, context),
    ),
  );
};
