// Control plane. The surface of `copy`: its flags, its help. Called by program.ts; what it does is in commands/copy.ts.
import { Command } from 'commander';
import type { Context } from './context.ts';
import {
  commonFlags,
  consistencyFlag,
  cqlFlags,
  flag,
  rateFlags,
  sourceFlags,
  tlsFlags,
} from './flags.ts';

/** Of a copy's target: what a source has too is called --target-…. */
const targetFlags = (command: Command): Command =>
  command
    .option('--no-target-cql', 'the targets are embedded nodes without CQL: HOST[:STORAGE_PORT]')
    .addOption(flag('--target-storage-port <n>', 'as --storage-port, of the target'))
    .addOption(flag('--target-dc <name>', 'replicas of this datacenter of the target only'))
    .addOption(
      flag(
        '--target-user <name>',
        'CQL login at the target; the password from --target-password-file or SCAMANDER_TARGET_PASSWORD',
      ),
    )
    .addOption(flag('--target-password-file <file>', 'file that holds that password'))
    .addOption(flag('--target-address-map <file>', 'as --address-map, which serves both else'))
    .addOption(flag('--target-tls', 'as --tls, which serves both sides unless this differs'))
    .option('--no-target-tls', 'plaintext at the target although the source uses TLS')
    .addOption(flag('--target-tls-ca <file>', 'as --tls-ca, at the target'))
    .addOption(flag('--target-tls-cert <file>', 'as --tls-cert, at the target'))
    .addOption(flag('--target-tls-key <file>', 'as --tls-key, at the target'))
    .addOption(flag('--target-tls-server-name <name>', 'as --tls-server-name, at the target'))
    .addOption(flag('--target-tls-insecure', 'as --tls-insecure, at the target'))
    .addOption(flag('--target-cql-tls', 'as --cql-tls, at the target'))
    .option('--no-target-cql-tls', 'plaintext CQL at the target')
    .addOption(flag('--target-cql-tls-ca <file>', 'as --cql-tls-ca, at the target'))
    .addOption(flag('--target-cql-tls-cert <file>', 'as --cql-tls-cert, at the target'))
    .addOption(flag('--target-cql-tls-key <file>', 'as --cql-tls-key, at the target'))
    .addOption(flag('--target-cql-tls-server-name <name>', 'as --cql-tls-server-name, there'))
    .addOption(flag('--target-cql-tls-insecure', 'as --cql-tls-insecure, at the target'));

/** From cluster to cluster. */
export const copyCommand = (context: Context): Command => {
  const command = new Command('copy')
    .description('from cluster to cluster while it is read; no disk between')
    .argument('<name...>', 'KEYSPACE or KEYSPACE.TABLE of the source')
    .addOption(flag('--to <hosts>', 'contact points of the target, HOST[:CQL_PORT]'))
    .addOption(flag('--keyspace <name>', 'into this keyspace'))
    .addOption(flag('--table <name>', 'into this table'));
  rateFlags(command, { of: 'into the target: ', beyond: 'towards' })
    .addOption(flag('--source-throttle <rate>', 'out of the source'))
    .addOption(flag('--source-inter-dc-throttle <rate>', 'the same, from other datacenters'))
    .addOption(flag('--source-entire-throttle <rate>', 'the same, for whole SSTables'))
    .addOption(
      flag(
        '--entire <when>',
        'whole SSTables where every replica keeps one: auto or never',
        'auto',
      ),
    )
    .addOption(consistencyFlag())
    .addOption(flag('--sessions <n>', 'sessions with the source at once', '4'))
    .addOption(
      flag('--verify <what>', 'rows: read both sides by CQL afterwards and compare; none', 'none'),
    )
    .addOption(
      flag('--ledger <file>', 'remember what is acknowledged; the same copy again does the rest'),
    )
    .addOption(flag('--receipt <file>', 'write the proof of what arrived as JSON'))
    .addOption(flag('--dry-run', 'everything but the bytes; prints who would be asked for what'));
  tlsFlags(cqlFlags(commonFlags(targetFlags(sourceFlags(command)))));
  return command.action((names: string[]) =>
    context.run(command, async (flags, terminal) =>
      (await import('./commands/copy.ts')).runCopy(names, flags, terminal, context),
    ),
  );
};
