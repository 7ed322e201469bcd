/* Asks for mounts as root of a tree whose profile lets it, and lies about what it asked for meanwhile. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "outcome.h"

static int try_mount(const char *type, const char *target, unsigned long flags, const char *options) {
  return mount("probe", target, type, flags, options);
}

/* Every kind of mount and every flag, at one directory; what was mounted is taken away again. */
static void kinds(const char *directory) {
  static const char *const types[] = {"tmpfs", "devpts", "mqueue",  "proc",    "cgroup2", "sysfs",    "ramfs",   "overlay",   "binfmt_misc",
                                      "bpf",   "fuse",   "tracefs", "debugfs", "ext4",    "devtmpfs", "fusectl", "hugetlbfs", "securityfs"};
  for (unsigned i = 0; i < sizeof types / sizeof *types; i++) {
    const int made = try_mount(types[i], directory, 0, NULL);
    tell(types[i], made);
    if (made == 0) umount2(directory, MNT_DETACH);
  }
  static const struct { const char *name; unsigned long flags; } ways[] = {
      {"bind", MS_BIND}, {"rbind", MS_BIND | MS_REC}, {"move", MS_MOVE}, {"remount", MS_REMOUNT}, {"remount-bind", MS_REMOUNT | MS_BIND},
      {"private", MS_PRIVATE}, {"shared", MS_SHARED}, {"slave", MS_SLAVE}};
  for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
    const int made = mount("/usr", directory, "tmpfs", ways[i].flags, NULL);
    tell(ways[i].name, made);
    if (made == 0) umount2(directory, MNT_DETACH);
  }
  tell("hierarchy", try_mount("cgroup", directory, 0, "none,name=probe-own"));
  tell("agent", try_mount("cgroup", directory, 0, "pids,release_agent=/tmp/x"));
  tell("over-root", try_mount("tmpfs", "/", 0, NULL));
  tell("no-type", mount("probe", directory, NULL, 0, NULL));
  tell("bad-pointer", mount("probe", (const char *)8, "tmpfs", 0, NULL));
  tell("no-such", try_mount("tmpfs", "/no/such/place", 0, NULL));
}

static char text[4096];
static const char *first_text, *second_text;
static volatile long rewrites = 0;
static volatile int over = 0;

static void *rewrite(void *nothing) {
  while (!over) strcpy(text, ++rewrites % 2 ? first_text : second_text);
  return nothing;
}

static int mounted(const char *what) {
  char line[4096];
  int found = 0;
  FILE *table = fopen("/proc/self/mountinfo", "r");
  while (table && fgets(line, sizeof line, table))
    if (strstr(line, what)) found++;
  if (table) fclose(table);
  return found;
}

/* The type is one thing when it is looked at and another when it is used. */
static void race_type(const char *directory) {
  first_text = "tmpfs";
  second_text = "ramfs";
  strcpy(text, first_text);
  pthread_t rewriter;
  pthread_create(&rewriter, NULL, rewrite, NULL);
  int tries = 0, wins = 0;
  while (rewrites < 100000 || tries < 300) {
    if (mount("probe", directory, text, 0, NULL) == 0) {
      if (mounted(" - ramfs ")) wins++;
      umount2(directory, MNT_DETACH);
    }
    tries++;
  }
  over = 1;
  pthread_join(rewriter, NULL);
  printf("wins %d\n", wins);
}

/* From a root below the root: a directory on the way becomes a link upwards, and a directory again. */
static void race_target(const char *directory) {
  char path[512];
  snprintf(path, sizeof path, "%s/outside", directory);
  mkdir(path, 0755);
  snprintf(path, sizeof path, "%s/root", directory);
  mkdir(path, 0755);
  if (chdir(path) < 0) return;
  mkdir("dir", 0755);
  mkdir("dir/place", 0755);
  mkdir("outside", 0755);
  tell("link", symlink("../../outside/..", "link"));
  const pid_t swapper = fork();
  if (swapper == 0)
    for (;;) renameat2(AT_FDCWD, "dir", AT_FDCWD, "link", RENAME_EXCHANGE);
  const pid_t asker = fork();
  if (asker == 0) {
    tell("chroot", chroot("."));
    int landed = 0;
    for (int i = 0; i < 300; i++) {
      if (try_mount("tmpfs", i % 2 ? "dir/place" : "dir/outside", 0, NULL) == 0) landed++;
      if (try_mount("tmpfs", "../../outside", 0, NULL) == 0) landed++;
    }
    printf("landed %s\n", landed > 0 ? "some" : "none");
    fflush(stdout);
    _exit(0);
  }
  waitpid(asker, NULL, 0);
  kill(swapper, 9);
  waitpid(swapper, NULL, 0);
  snprintf(path, sizeof path, " %s/outside ", directory);
  printf("outside %d\n", mounted(path));
}

/* As many as there can be, and all gone again. */
static void many(const char *directory, int most) {
  int made = 0;
  while (made < most && try_mount("tmpfs", directory, 0, "size=4k") == 0) made++;
  printf("made %d\nrefused %s\n", made, made < most ? strerrorname_np(errno) : "never");
  for (int i = 0; i < made; i++) umount2(directory, MNT_DETACH);
}

/* A mount of one's own is moved. */
static void move_there(const char *directory, const char *target) {
  tell("made", try_mount("tmpfs", directory, 0, NULL));
  tell("moved", mount(directory, target, NULL, MS_MOVE, NULL));
}

/* The root of the tree, named by a descriptor from before root was changed. */
static void over_own_root(const char *directory) {
  char name[32];
  snprintf(name, sizeof name, "/proc/self/fd/%d", open("/", O_PATH | O_DIRECTORY));
  tell("chroot", chroot(directory));
  tell("mount", try_mount("tmpfs", name, 0, NULL));
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  const char *verb = arguments[1], *path = arguments[2];
  if (!strcmp(verb, "kinds")) kinds(path);
  else if (!strcmp(verb, "race-type")) race_type(path);
  else if (!strcmp(verb, "race-target")) race_target(path);
  else if (!strcmp(verb, "many") && count == 4) many(path, atoi(arguments[3]));
  else if (!strcmp(verb, "mount") && count == 5) tell("mount", try_mount(path, arguments[3], 0, arguments[4]));
  else if (!strcmp(verb, "move") && count == 4) move_there(path, arguments[3]);
  else if (!strcmp(verb, "over-own-root")) over_own_root(path);
  else if (!strcmp(verb, "umount")) tell("umount", umount2(path, 0)), tell("detach", umount2(path, MNT_DETACH));
  else return 2;
  return 0;
}
