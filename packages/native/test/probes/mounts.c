/* Tries on mounts, judged by what can be read or written afterwards, not by errno alone. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "outcome.h"

static long bytes_in(const char *path) {
  char buffer[64];
  int fd = open(path, O_RDONLY | O_NONBLOCK);
  if (fd < 0) return -1;
  long n = read(fd, buffer, sizeof buffer);
  close(fd);
  return n;
}

static void report_content(const char *path) {
  const long n = bytes_in(path);
  printf("content %s\n", n < 0 ? strerrorname_np(errno) : n == 0 ? "empty" : "readable");
}

/* Take away what hides a file, then read it. */
static void unmask(const char *path) {
  tell("umount", umount2(path, 0));
  tell("detach", umount2(path, MNT_DETACH));
  report_content(path);
}

/* Make a read-only place writable in every way there is, then write. */
static void make_writable(const char *directory) {
  tell("remount", mount(NULL, directory, NULL, MS_REMOUNT | MS_BIND, NULL));
  struct mount_attr attributes = {.attr_clr = MOUNT_ATTR_RDONLY};
  tell("setattr", mount_setattr(AT_FDCWD, directory, AT_RECURSIVE, &attributes, sizeof attributes));
  char path[512];
  snprintf(path, sizeof path, "%s/canary", directory);
  tell("write", open(path, O_CREAT | O_WRONLY, 0600));
}

static void mount_something(const char *directory) {
  tell("mount", mount("tmpfs", directory, "tmpfs", 0, NULL));
  tell("fsopen", fsopen("tmpfs", 0));
  tell("open_tree", open_tree(AT_FDCWD, directory, OPEN_TREE_CLONE));
}

/* The old way out: a root below the root, while we stay above it, and then up, past where the first one was. */
static void climb_out(const char *canary) {
  tell("chroot", chroot("/tmp"));
  for (int i = 0; i < 64; i++)
    if (chdir("..") < 0) break;
  char path[512];
  struct stat found;
  snprintf(path, sizeof path, ".%s", canary);
  tell("canary", stat(path, &found));
}

/* Everything that could undo a mount, then whether anything can be written there. */
static void loosen(const char *path) {
  tell("remount", mount(NULL, path, NULL, MS_REMOUNT | MS_BIND, NULL));
  struct mount_attr attributes = {.attr_clr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
                                              MOUNT_ATTR_NOEXEC};
  tell("setattr", mount_setattr(AT_FDCWD, path, AT_RECURSIVE, &attributes, sizeof attributes));
  int copy = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | AT_RECURSIVE);
  tell("copy", copy < 0 ? -1 : mount_setattr(copy, "", AT_EMPTY_PATH, &attributes, sizeof attributes));
  tell("move", mount(path, "/tmp", NULL, MS_MOVE, NULL));
  tell("umount", umount2(path, 0));
  tell("detach", umount2(path, MNT_DETACH));
}

static void write_below(const char *directory) {
  char path[512];
  snprintf(path, sizeof path, "%s/canary", directory);
  tell("write", open(path, O_CREAT | O_WRONLY, 0666));
}

/* All that could make a name at the root, or put something in its place. */
static void take_name(const char *name) {
  char inside[512];
  snprintf(inside, sizeof inside, "%s/made", name);
  tell("own", mkdir("/own", 0755));
  close(open("/own/file", O_CREAT | O_WRONLY, 0644));
  tell("mkdir", mkdir(name, 0755));
  tell("inside", mkdir(inside, 0755));
  tell("create", open(name, O_CREAT | O_EXCL | O_WRONLY, 0644));
  tell("symlink", symlink("/own", name));
  tell("link", link("/own/file", name));
  tell("rename-to", rename("/own", name));
  tell("exchange", syscall(SYS_renameat2, AT_FDCWD, "/own", AT_FDCWD, name, RENAME_EXCHANGE));
  tell("rename-away", rename(name, "/away"));
  tell("rmdir", rmdir(name));
  tell("chmod", chmod(name, 0777));
  loosen(name);
  tell("mount", mount("tmpfs", name, "tmpfs", 0, NULL));
}

/* One line for each name. */
static void list(const char *directory) {
  DIR *opened = opendir(directory);
  if (!opened) return tell("list", -1);
  for (struct dirent *entry; (entry = readdir(opened));)
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) printf("%s\n", entry->d_name);
  closedir(opened);
}

/* The bytes of a file, when it is small. */
static void print(const char *path) {
  char buffer[4096];
  int fd = open(path, O_RDONLY | O_NONBLOCK);
  if (fd < 0) return tell("print", -1);
  for (long n; (n = read(fd, buffer, sizeof buffer)) > 0;) fwrite(buffer, 1, (size_t)n, stdout);
  close(fd);
}

/* Files until there is no more room for one, and then bytes until there is no more room for them. */
static void fill(const char *directory) {
  char path[512], block[4096] = {0};
  int files = 0;
  for (; files < 10000; files++) {
    snprintf(path, sizeof path, "%s/f%d", directory, files);
    if (mknod(path, S_IFREG | 0600, 0) < 0) break;
  }
  printf("files %d\n", files);
  snprintf(path, sizeof path, "%s/f0", directory);
  int fd = open(path, O_WRONLY);
  long bytes = 0;
  for (long n; bytes < (64 << 20) && (n = write(fd, block, sizeof block)) > 0;) bytes += n;
  printf("bytes %ld\n", bytes);
}

/* A terminal of this place's own: its number, and whether its other end is found there. */
static void open_terminal(const char *place) {
  char path[512];
  snprintf(path, sizeof path, "%s/ptmx", place);
  int number = -1, fd = open(path, O_RDWR | O_NOCTTY);
  tell("ptmx", fd);
  tell("number", ioctl(fd, TIOCGPTN, &number));
  snprintf(path, sizeof path, "%s/%d", place, number);
  tell("terminal", access(path, F_OK));
}

/* Sits in a directory until something is said, and then goes up as far as it can: how often, and what stopped it
 * from seeing what lies beside the place that it was let into. */
static void climb(const char *directory) {
  if (chdir(directory) < 0) return tell("sit", -1);
  printf("ready\n");
  fflush(stdout);
  char byte;
  if (read(0, &byte, 1) != 1) return;
  int up = 0;
  struct stat found;
  for (; up < 64; up++) {
    if (stat("beside", &found) == 0) {
      printf("up %d beside\n", up);
      return;
    }
    if (chdir("..") < 0) break;
  }
  printf("up %d %s\n", up, strerrorname_np(errno));
}

/* Swaps two names until it is killed, and says how often when it is told to end. */
static volatile sig_atomic_t ended;
static void end(int signal) { ended = signal; }
static void swap_forever(const char *one, const char *other) {
  signal(SIGTERM, end);
  long swaps = 0;
  for (; !ended; swaps++)
    if (syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) < 0) return tell("swap", -1);
  printf("swaps %ld\n", swaps);
}

int main(int count, char **arguments) {
  if (count == 4 && !strcmp(arguments[1], "swap")) {
    swap_forever(arguments[2], arguments[3]);
    return 0;
  }
  if (count != 3) return 2;
  const char *verb = arguments[1], *path = arguments[2];
  if (!strcmp(verb, "unmask")) unmask(path);
  else if (!strcmp(verb, "make-writable")) make_writable(path);
  else if (!strcmp(verb, "mount")) mount_something(path);
  else if (!strcmp(verb, "read")) report_content(path);
  else if (!strcmp(verb, "open-for-write")) tell("open", open(path, O_WRONLY));
  else if (!strcmp(verb, "loosen")) loosen(path);
  else if (!strcmp(verb, "write")) write_below(path);
  else if (!strcmp(verb, "take-name")) take_name(path);
  else if (!strcmp(verb, "climb")) climb(path);
  else if (!strcmp(verb, "list")) list(path);
  else if (!strcmp(verb, "print")) print(path);
  else if (!strcmp(verb, "fill")) fill(path);
  else if (!strcmp(verb, "terminal")) open_terminal(path);
  else if (!strcmp(verb, "remove")) tell("remove", unlink(path));
  else if (!strcmp(verb, "mount-tmpfs")) tell("mount", mount("tmpfs", path, "tmpfs", 0, NULL));
  else if (!strcmp(verb, "sleep")) sleep((unsigned)atoi(path));
  else if (!strcmp(verb, "climb-out")) climb_out(path);
  else if (!strcmp(verb, "chmod")) tell("chmod", chmod(path, 0755));
  else if (!strcmp(verb, "create")) tell("create", open(path, O_CREAT | O_EXCL | O_WRONLY, 0640));
  else return 2;
  return 0;
}
