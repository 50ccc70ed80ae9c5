/* Our copy of the ruler, so that the benchmark needs nothing beside this checkout.
 * The ruler: how fast this machine moves one file over one loopback TCP connection when nothing but the kernel does it.
 *   ruler send FILE ADDR PORT          sendfile(2)
 *   ruler recv ADDR PORT OUT           splice(2) socket -> pipe -> OUT ("-" discards with splice to /dev/null)
 *   ruler copy ADDR PORT OUT           read(2) into one 1 MiB buffer + write(2)
 * Each prints bytes, seconds, MB/s and CPU seconds of its own side. Build: cc -O2 -o ruler ruler.c */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
static void die(const char *what) { perror(what); exit(1); }
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static void report(const char *role, long long bytes, double seconds) {
  struct rusage u; getrusage(RUSAGE_SELF, &u);
  double cpu = u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
  printf("{\"role\":\"%s\",\"bytes\":%lld,\"seconds\":%.4f,\"mbPerSecond\":%.1f,\"cpuSeconds\":%.3f}\n", role, bytes, seconds, bytes / seconds / 1e6, cpu);
}
int main(int argc, char **argv) {
  if (argc != 5) { fprintf(stderr, "usage: ruler send FILE ADDR PORT | ruler recv|copy ADDR PORT OUT\n"); return 2; }
  int sending = !strcmp(argv[1], "send");
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(sending ? argv[4] : argv[3]))};
  inet_pton(AF_INET, sending ? argv[3] : argv[2], &a.sin_addr);
  int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  if (sending) {
    int f = open(argv[2], O_RDONLY); struct stat st; if (f < 0 || fstat(f, &st)) die("open");
    if (connect(s, (void *)&a, sizeof a)) die("connect");
    double t = now(); off_t at = 0;
    while (at < st.st_size) if (sendfile(s, f, &at, st.st_size - at) < 0) die("sendfile");
    shutdown(s, SHUT_WR); char c; (void)!read(s, &c, 1); report("send", at, now() - t); return 0;
  }
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(s, (void *)&a, sizeof a) || listen(s, 1)) die("listen");
  int c = accept(s, 0, 0); const char *path = strcmp(argv[4], "-") ? argv[4] : "/dev/null";
  int f = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644); if (f < 0) die("open");
  double t = now(); long long total = 0;
  if (!strcmp(argv[1], "recv")) {
    int p[2]; if (pipe(p)) die("pipe"); fcntl(p[1], F_SETPIPE_SZ, 1 << 20);
    for (ssize_t n; (n = splice(c, 0, p[1], 0, 1 << 20, SPLICE_F_MOVE)) > 0; total += n)
      for (ssize_t left = n, m; left > 0; left -= m) if ((m = splice(p[0], 0, f, 0, left, SPLICE_F_MOVE)) <= 0) die("splice");
  } else {
    char *b = malloc(1 << 20);
    for (ssize_t n; (n = read(c, b, 1 << 20)) > 0; total += n) if (write(f, b, n) != n) die("write");
  }
  report(argv[1], total, now() - t); return 0;
}
