/* Runs a command and says what it cost, as the kernel counted it: measured OUT.json COMMAND ARGS...
 * Signals sent to it go on to the command; the command dies with it, and it dies with its parent. Build: cc -O2 -o measured measured.c */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static volatile pid_t child;
static void pass(int sig) { if (child > 0) kill(child, sig); }
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec / 1e6; }
int main(int argc, char **argv) {
  if (argc < 3) { fprintf(stderr, "usage: measured OUT.json COMMAND ARGS...\n"); return 2; }
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  double start = now();
  /* fork, not vfork: the peak of a vforked child would count its parent's memory. */
  child = fork();
  if (child < 0) { perror("fork"); return 1; }
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  signal(SIGTERM, pass);
  signal(SIGINT, pass);
  int status = 0; struct rusage u;
  while (wait4(child, &status, 0, &u) < 0) ;
  double wall = now() - start;
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  FILE *out = fopen(argv[1], "w");
  if (!out) { perror(argv[1]); return 1; }
  fprintf(out, "{\"exitCode\":%d,\"seconds\":%.6f,\"userSeconds\":%.6f,\"systemSeconds\":%.6f,\"maxRssBytes\":%lld}\n",
          code, wall, seconds(u.ru_utime), seconds(u.ru_stime), (long long)u.ru_maxrss * 1024);
  fclose(out);
  return code;
}
