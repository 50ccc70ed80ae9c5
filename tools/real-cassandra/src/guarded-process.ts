// Control plane: a child process that cannot outlive us. A small shell starts it and holds the end of a pipe whose other end is
// ours; when the pipe closes, for whatever reason (exit, error, SIGINT, SIGKILL), the shell kills the child and removes its folder.
// Called by node.ts only.
import { spawn } from 'node:child_process';

/**
 * fd 0 is the pipe from us: the line "release" means that we take care of the folder ourselves; end of file without it means
 * that we are gone. The file `exited` stops the watcher from killing a number that some other process got meanwhile.
 * The shell outlives the child until the pipe closes, since node closes the pipe as soon as the shell ends.
 * $1 folder, $2 log file, then the command.
 */
const script = `
folder=$1; log=$2; shift 2
exec 3<&0 </dev/null
rm -f "$folder/exited"
(exec "$@" 3<&- >>"$log" 2>&1) &
child=$!
trap '' HUP INT TERM
(
  exec >/dev/null 2>&1
  word=
  read -r word <&3
  [ -e "$folder/exited" ] || kill -KILL $child
  if [ "$word" != release ]; then
    while ! [ -e "$folder/exited" ] && kill -0 $child; do sleep 0.05; done
    rm -rf "$folder"
  fi
) &
watcher=$!
echo "pid $child"
exec 3<&-
wait $child
code=$?
: > "$folder/exited"
echo "exit $code"
wait $watcher
`;

/** A running child of ours. */
export type GuardedProcess = {
  readonly pid: number;
  /** Waits for the end of the child; the text says how (`exit 3`, `signal 9`). Keeps this process alive meanwhile. */
  untilEnded(): Promise<string>;
  /** What `untilEnded` gave; undefined while the child runs. */
  hasEnded(): string | undefined;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Ends the guard but leaves the folder. Call after the child has ended. */
  release(): void;
};

const describe = (code: number): string => (code > 128 ? `signal ${code - 128}` : `exit ${code}`);

/** Starts the command with its output appended to the log file. The folder goes when we go. */
export const startGuarded = async (
  folder: string,
  logFile: string,
  command: readonly string[],
): Promise<GuardedProcess> => {
  // A session of its own: Ctrl-C in a terminal reaches us and not the guard.
  const shell = spawn('/bin/sh', ['-c', script, 'guard', folder, logFile, ...command], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  shell.stdin.on('error', () => undefined); // the guard may be gone before we say goodbye
  let end: string | undefined;
  let text = '';
  const { promise: started, resolve: onPid, reject: onFailure } = withResolvers<number>();
  const { promise: ended, resolve: onEnd } = withResolvers<string>();
  shell.on('error', onFailure);
  shell.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const pid = /^pid (\d+)\n/.exec(text)?.[1];
    if (pid !== undefined) onPid(Number(pid));
    const code = /^exit (\d+)\n/m.exec(text)?.[1];
    if (code !== undefined && end === undefined) {
      end = describe(Number(code));
      onEnd(end);
    }
  });
  shell.on('exit', (code) => {
    onFailure(new Error(`the guard shell ended early (${code})`));
  });
  const pid = await started;
  const handles = [shell, shell.stdin, shell.stdout] as unknown as { ref(): void; unref(): void }[];
  for (const handle of handles) handle.unref();
  return {
    pid,
    untilEnded: async () => {
      if (end !== undefined) return end;
      for (const handle of handles) handle.ref();
      await ended;
      for (const handle of handles) handle.unref();
      return end ?? '';
    },
    hasEnded: () => end,
    kill: (signal) => {
      if (end === undefined) process.kill(pid, signal);
    },
    release: () => shell.stdin.end('release\n'),
  };
};

const withResolvers = <T>() => {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
};
