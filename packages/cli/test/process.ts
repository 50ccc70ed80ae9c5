// The command line as a process of its own: what it says, how it ends, what it is told by signals. Called by this package's tests only.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The launcher. */
export const bin = fileURLToPath(new URL('../bin/scamander.mjs', import.meta.url));

/** What the launcher starts in a checkout. */
export const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The command line as a process of its own, in a group of its own, as a shell starts it. */
export class Process {
  readonly child: ChildProcess;
  out = '';
  err = '';
  readonly ended: Promise<number | string>;
  #wake: () => void = () => undefined;

  constructor(file: string, argv: readonly string[]) {
    // from the sources without the launcher: one process, which a signal reaches directly
    const [args, env] =
      file === main
        ? [['--import', 'tsx', '-C', '@scamander/source'], { SCAMANDER_RUN_MAIN: '1' }]
        : [[], {}];
    this.child = spawn(process.execPath, [...args, file, ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...env },
    });
    this.child.stdout?.on('data', (text: Buffer) => {
      this.out += text.toString();
      this.#wake();
    });
    this.child.stderr?.on('data', (text: Buffer) => {
      this.err += text.toString();
      this.#wake();
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', (code, signal) => {
        resolve(code ?? signal ?? 'unknown');
        this.#wake();
      });
    });
  }

  /** Until it has said so, or is over. */
  async said(text: RegExp): Promise<void> {
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    while (!over && !text.test(this.out + this.err))
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  /** What a terminal does on Ctrl-C: the signal goes to every process of the group. */
  interruptGroup(): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGINT');
  }

  /** The signal for this process alone. */
  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Nobody reads its stdout any more. */
  leaveStdout(): void {
    this.child.stdout?.destroy();
  }

  /** The JSON lines of its stdout. */
  get lines(): readonly Record<string, unknown>[] {
    return this.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
