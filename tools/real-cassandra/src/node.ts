// Control plane: one real Cassandra node: started, talked to, stopped. Called by tests, benchmarks, ring.ts, pool.ts and main.ts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'cassandra-driver';
import { type ClassArchive, openArchive, readArchiveOptions } from './class-archive.ts';
import { type ClassPath, resolveRelease } from './class-path.ts';
import { connectTo } from './cql.ts';
import { fileTail } from './file-tail.ts';
import { type GuardedProcess, startGuarded } from './guarded-process.ts';
import { javaCommand } from './java.ts';
import { nodeArguments, toolArguments } from './java-options.ts';
import {
  runTool,
  runToolOrThrow,
  type ToolName,
  type ToolResult,
  toolClasses,
} from './java-tool.ts';
import { archiveTimeoutMsMax, logTailBytesMax, stopTimeoutMsMax } from './limits.ts';
import { type ClaimedAddress, claimAddress, claimThisAddress, ports } from './loopback-address.ts';
import { dataFolderOf, logFileOf, writeNodeFiles } from './node-files.ts';
import { type NodeOptions, type NodeSettings, settingsOf } from './node-options.ts';
import { accepts, waitUntil } from './readiness.ts';

/** A running (or stopped) node. Always `await node.stop()`; where that is missed, the guard cleans up when the process ends. */
export class Node {
  readonly settings: NodeSettings;
  readonly version: string;
  readonly address: string;
  readonly storagePort = ports.storage;
  readonly nativePort = ports.native;
  readonly jmxPort = ports.jmx;
  /** The node's own folder: configuration, log, data. */
  readonly folder: string;
  /** `data_file_directories`: keyspace folders lie in it. */
  readonly dataDirectory: string;
  readonly #classPath: ClassPath;
  readonly #claim: ClaimedAddress;
  #process: GuardedProcess | undefined;
  #client: Promise<Client> | undefined;
  #archive: ClassArchive | undefined;

  constructor(
    parts: { classPath: ClassPath; claim: ClaimedAddress; folder: string },
    settings: NodeSettings,
  ) {
    this.#classPath = parts.classPath;
    this.#claim = parts.claim;
    this.settings = settings;
    this.version = settings.version;
    this.address = settings.address;
    this.folder = parts.folder;
    this.dataDirectory = dataFolderOf(parts.folder);
  }

  /** `5.0.6 at 127.0.0.2`, as errors name it. */
  get name(): string {
    return `Cassandra ${this.version} at ${this.address}`;
  }

  /** How the process ended; undefined while it runs. */
  hasEnded(): string | undefined {
    return this.#process === undefined ? 'stopped' : this.#process.hasEnded();
  }

  isRunning(): boolean {
    return this.hasEnded() === undefined;
  }

  /** Starts the process and waits as the options say. On failure the node is gone and the error carries the end of its log. */
  async start(waitFor: NodeSettings['waitFor'] = this.settings.waitFor): Promise<void> {
    writeNodeFiles(this.settings, this.folder);
    const java = javaCommand();
    const archive = openArchive(this.#classPath, java, this.folder);
    this.#archive = archive;
    const command = [
      java,
      ...nodeArguments({
        jars: this.#classPath.jars,
        address: this.address,
        jmxPort: this.jmxPort,
        folder: this.folder,
        heapMb: this.settings.heapMb,
        properties: { ...ringDelayOf(this.settings), ...this.settings.jvmProperties },
        options: [...archive.options, ...this.settings.jvmOptions],
      }),
    ];
    this.#process = await startGuarded(this.folder, logFileOf(this.folder), command);
    if (waitFor === 'process') return;
    const port = waitFor === 'native' ? this.nativePort : this.storagePort;
    await waitUntil(this, `port ${port}`, () => accepts(this.address, port));
  }

  /** A CQL client of this one node, made at the first call and closed by `stop()`. */
  cql(): Promise<Client> {
    this.#client ??= connectTo(this.address, this.nativePort, this.settings.dc, this.settings.tls);
    return this.#client;
  }

  /** Output of `nodetool ARGUMENTS…`. Throws SCM_TOOL_FAILED. */
  nodetool(...args: string[]): Promise<string> {
    return this.tool('nodetool', ...this.#nodetoolArguments(args));
  }

  /** Output of a tool of this release, by short name or main class, reading this node's configuration. Throws SCM_TOOL_FAILED. */
  tool(tool: ToolName | (string & {}), ...args: string[]): Promise<string> {
    return runToolOrThrow(this.#toolJvm(tool, args));
  }

  /** Like {@link tool}, but gives exit code and both outputs instead of throwing. */
  toolResult(tool: ToolName | (string & {}), ...args: string[]): Promise<ToolResult> {
    const all = tool === 'nodetool' ? this.#nodetoolArguments(args) : args;
    return runTool(this.#toolJvm(tool, all));
  }

  /** The command that {@link tool} runs, for whoever measures it. */
  toolCommand(tool: ToolName | (string & {}), ...args: string[]): readonly string[] {
    const all = tool === 'nodetool' ? this.#nodetoolArguments(args) : args;
    return [javaCommand(), ...toolArguments(this.#toolJvm(tool, all))];
  }

  /** The end of what the node printed. */
  logTail(bytesMax: number = logTailBytesMax): string {
    return fileTail(logFileOf(this.folder), bytesMax);
  }

  /** All that the node printed since its first start. */
  log(): string {
    return readFileSync(logFileOf(this.folder), 'utf8');
  }

  /** Ends the process, removes the folder and gives the address back. Nothing of it is kept, so it is killed. Twice is fine. */
  async stop(): Promise<void> {
    await this.#end(this.#archive?.writes === true ? 'SIGTERM' : 'SIGKILL');
    await this.#dispose();
  }

  /** Ends the process with SIGTERM and gives the address back; the folder stays, for people to look at. */
  async leave(): Promise<void> {
    await this.#end('SIGTERM');
    await this.#claim.release();
  }

  /** Ends the process at once with SIGKILL, as a crash does. The folder stays: `start()` or `stop()` follow. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends the process with SIGTERM; the folder stays: `start()` or `stop()` follow. */
  async shutDown(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends the process with SIGTERM and starts it again on the same data. */
  async restart(): Promise<void> {
    await this.#end('SIGTERM');
    await this.start('native');
  }

  #nodetoolArguments(args: readonly string[]): string[] {
    return ['-h', this.address, '-p', String(this.jmxPort), ...args];
  }

  #toolJvm(tool: string, args: readonly string[]) {
    const mainClass = (toolClasses as Record<string, string>)[tool] ?? tool;
    const jars = this.#classPath.jars;
    const options = readArchiveOptions(this.#classPath, javaCommand());
    return { jars, folder: this.folder, heapMb: 256, options, mainClass, arguments: args };
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    // A client that never connected has nothing to shut down.
    await client?.then((connected) => connected.shutdown()).catch(() => undefined);
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined) return;
    process.kill(signal);
    const waitMs = this.#archive?.writes === true ? archiveTimeoutMsMax : stopTimeoutMsMax;
    const deadline = setTimeout(() => process.kill('SIGKILL'), waitMs);
    await process.untilEnded();
    clearTimeout(deadline);
    this.#archive?.keep();
    this.#archive = undefined;
    process.release();
  }

  async #dispose(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    await this.#claim.release();
  }
}

// Within the ring delay a new member must have heard from a seed, or it gives up (Gossiper.doShadowRound): with TLS on a busy
// machine that takes some seconds. A node that is its own only seed has nobody to wait for.
const ringDelayOf = ({ seeds, address }: NodeSettings): Record<string, string> => {
  const isAlone = seeds.every((seed) => seed === address);
  return { 'cassandra.ring_delay_ms': isAlone ? '1000' : '10000' };
};

/**
 * Starts a real node and waits until it is ready. Throws SCM_JAVA_MISSING, SCM_MAVEN_MISSING, SCM_MAVEN_FAILED, SCM_NO_ADDRESS,
 * SCM_NODE_DIED or SCM_NODE_NOT_READY; nothing is left behind then.
 */
export const startNode = async (options: NodeOptions): Promise<Node> => {
  javaCommand();
  const classPath = await resolveRelease(options.version);
  const claim = await (options.address === undefined
    ? claimAddress()
    : claimThisAddress(options.address));
  const folder = mkdtempSync(join(tmpdir(), 'scamander-node-'));
  const node = new Node({ classPath, claim, folder }, settingsOf(options, claim.address));
  try {
    await node.start();
    return node;
  } catch (error) {
    await node.stop();
    throw error;
  }
};
