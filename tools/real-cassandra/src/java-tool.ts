// Control plane: runs a Java tool of a release (nodetool, sstabledump, …) to its end and gives its output. Called by node.ts.
import { spawn } from 'node:child_process';
import { RealCassandraFailure } from './errors.ts';
import { javaCommand } from './java.ts';
import { type ToolJvm, toolArguments } from './java-options.ts';
import { toolOutputBytesMax, toolTimeoutMsMax } from './limits.ts';

/** Short names of the tools of a release, with their main classes (the scripts of its bin folders). */
export const toolClasses = {
  nodetool: 'org.apache.cassandra.tools.NodeTool',
  sstableloader: 'org.apache.cassandra.tools.BulkLoader',
  sstabledump: 'org.apache.cassandra.tools.SSTableExport',
  sstablemetadata: 'org.apache.cassandra.tools.SSTableMetadataViewer',
  sstableverify: 'org.apache.cassandra.tools.StandaloneVerifier',
  sstablescrub: 'org.apache.cassandra.tools.StandaloneScrubber',
  sstableupgrade: 'org.apache.cassandra.tools.StandaloneUpgrader',
} as const;

export type ToolName = keyof typeof toolClasses;

export type ToolResult = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

// As in guarded-process.ts: when our end of the pipe closes (because we ended, or want the tool to end) the tool is killed. A tool
// that lived on would make the folder of its node again, for its history file.
const script = `
exec 3<&0 </dev/null
"$@" 3<&- &
child=$!
(exec >/dev/null 2>&1; read -r word <&3; kill -KILL $child) &
watcher=$!
exec 3<&-
wait $child
code=$?
kill $watcher
exit $code
`;

/** Runs a command that ends when we do; its output is collected up to a limit. */
export const runGuardedCommand = (command: readonly string[]): Promise<ToolResult> =>
  new Promise((resolve, reject) => {
    const shell = spawn('/bin/sh', ['-c', script, 'guard', ...command], {
      detached: true,
      stdio: 'pipe',
    });
    const end = (): void => void shell.stdin.destroy();
    shell.stdin.on('error', () => undefined); // the shell may be gone already
    const overtime = setTimeout(end, toolTimeoutMsMax);
    const chunks: { readonly [name in 'stdout' | 'stderr']: Buffer[] } = { stdout: [], stderr: [] };
    let bytes = 0;
    for (const name of ['stdout', 'stderr'] as const) {
      shell[name].on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > toolOutputBytesMax) end();
        else chunks[name].push(chunk);
      });
    }
    shell.on('error', reject);
    shell.on('close', (code) => {
      clearTimeout(overtime);
      const text = (parts: Buffer[]): string => Buffer.concat(parts).toString('utf8');
      resolve({ exitCode: code ?? -1, stdout: text(chunks.stdout), stderr: text(chunks.stderr) });
    });
  });

const spawnTool = (tool: ToolJvm): Promise<ToolResult> =>
  runGuardedCommand([javaCommand(), ...toolArguments(tool)]);

/** Runs the tool whatever its exit code. */
export const runTool = (tool: ToolJvm): Promise<ToolResult> => spawnTool(tool);

/** Runs the tool and gives its standard output. Throws SCM_TOOL_FAILED on a non-zero exit code. */
export const runToolOrThrow = async (tool: ToolJvm): Promise<string> => {
  const { exitCode, stdout, stderr } = await spawnTool(tool);
  if (exitCode === 0) return stdout;
  const name = `${tool.mainClass.split('.').at(-1)} ${tool.arguments.join(' ')}`;
  const output = `${stdout}${stderr}`.slice(-4_000);
  throw new RealCassandraFailure({
    code: 'SCM_TOOL_FAILED',
    tool: name,
    exit: `exit ${exitCode}`,
    output,
  });
};
