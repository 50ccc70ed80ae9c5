/* Makes fsync and fdatasync return at once, to see how fast a program is when the disk does not count. Only benchmarks preload it.
 * Build: cc -O2 -shared -fPIC -o nosync.so nosync.c */
int fsync(int fd) { (void)fd; return 0; }
int fdatasync(int fd) { (void)fd; return 0; }
