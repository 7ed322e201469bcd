/* Tries on mounts, judged by what can be read or written afterwards, not by errno alone. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
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

int main(int count, char **arguments) {
  if (count != 3) return 2;
  const char *verb = arguments[1], *path = arguments[2];
  if (!strcmp(verb, "unmask")) unmask(path);
  else if (!strcmp(verb, "make-writable")) make_writable(path);
  else if (!strcmp(verb, "mount")) mount_something(path);
  else if (!strcmp(verb, "read")) report_content(path);
  else if (!strcmp(verb, "open-for-write")) tell("open", open(path, O_WRONLY));
  else if (!strcmp(verb, "climb-out")) climb_out(path);
  else if (!strcmp(verb, "chmod")) tell("chmod", chmod(path, 0755));
  else if (!strcmp(verb, "create")) tell("create", open(path, O_CREAT | O_EXCL | O_WRONLY, 0640));
  else return 2;
  return 0;
}
