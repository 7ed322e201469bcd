/* Says what a process is: one `name value` line each. With `descriptors` before anything else is opened. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

#include "outcome.h"

static void descriptors(void) {
  printf("descriptors");
  for (int fd = 0; fd < 4096; fd++)
    if (fcntl(fd, F_GETFD) >= 0) printf(" %d", fd);
  printf("\n");
}

static void namespaces(void) {
  static const char *const names[] = {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup"};
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    char path[64], target[64];
    snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
    const ssize_t n = readlink(path, target, sizeof target - 1);
    printf("ns-%s %.*s\n", names[i], n < 0 ? 0 : (int)n, target);
  }
}

static void lines_of(const char *path, const char *prefix, const char *const *keys) {
  FILE *file = fopen(path, "r");
  char line[4096];
  while (file && fgets(line, sizeof line, file)) {
    if (!keys) printf("%s %s", prefix, line);
    for (const char *const *key = keys; keys && *key; key++)
      if (!strncmp(line, *key, strlen(*key)) && line[strlen(*key)] == ':') printf("%s%s %s", prefix, *key, line + strlen(*key) + 2);
  }
  if (file) fclose(file);
}

static void visible_processes(void) {
  DIR *directory = opendir("/proc");
  int count = 0;
  for (struct dirent *entry; directory && (entry = readdir(directory));)
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') count++;
  printf("processes %d\n", count);
}

static void all(void) {
  static const char *const keys[] = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters", "Groups", "Uid", "Gid", NULL};
  char name[65];
  descriptors();
  printf("pid %d\n", getpid());
  gethostname(name, sizeof name);
  printf("hostname %s\n", name);
  namespaces();
  lines_of("/proc/self/status", "", keys);
  lines_of("/proc/self/cgroup", "cgroup", NULL);
  lines_of("/proc/sys/user/max_user_namespaces", "max_user_namespaces", NULL);
  visible_processes();
}

/* How many processes more there can be. */
static void fork_until_refused(int most) {
  int made = 0;
  pid_t children[256];
  for (; made < most && made < 256; made++) {
    children[made] = fork();
    if (children[made] == 0) pause();
    if (children[made] < 0) break;
  }
  printf("forked %d\n", made);
  for (int i = 0; i < made; i++) kill(children[i], SIGKILL);
}

int main(int count, char **arguments) {
  if (count == 1) all();
  else if (!strcmp(arguments[1], "fork") && count == 3) fork_until_refused(atoi(arguments[2]));
  else if (!strcmp(arguments[1], "euid")) printf("euid %d\n", geteuid());
  else if (!strcmp(arguments[1], "queue") && count == 3) tell("queue", msgget(atoi(arguments[2]), 0));
  else if (!strcmp(arguments[1], "sethostname")) tell("sethostname", sethostname("other", 5));
  else return 2;
  return 0;
}
