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

const spawnTool = (tool: ToolJvm): Promise<ToolResult> =>
  new Promise((resolve, reject) => {
    const child = spawn(javaCommand(), toolArguments(tool), {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: toolTimeoutMsMax,
      killSignal: 'SIGKILL',
    });
    const killWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', killWithUs);
    const chunks: { readonly [name in 'stdout' | 'stderr']: Buffer[] } = { stdout: [], stderr: [] };
    let bytes = 0;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > toolOutputBytesMax) child.kill('SIGKILL');
        else chunks[name].push(chunk);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('exit', killWithUs);
      const text = (parts: Buffer[]): string => Buffer.concat(parts).toString('utf8');
      resolve({ exitCode: code ?? -1, stdout: text(chunks.stdout), stderr: text(chunks.stderr) });
    });
  });

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
