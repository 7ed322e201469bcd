/**
 * Runs commands in turn and prints how long each took, so that a busy moment of the machine hits all alike.
 *
 *   clock ROUNDS [GROUP] < ROWS      a row a line, fields separated by tabs:
 *   NAME  MOUNTS  NETNS  STDIN  PROGRAM  ARGUMENT...
 *
 * MOUNTS: a mount namespace to enter, or -. NETNS: where a
 * network namespace is made and pinned as part of the work, or -. STDIN: a file, or -. The time is from before
 * fork until everything that was started has ended: what outlives its parent is waited for too.
 * `NAME NANOSECONDS STATUS CPU BEGAN` a line on standard output, BEGAN in nanoseconds since 1970; CPU are the microseconds of processor time that all of
 * it took, which a busy machine changes less. GROUP: cgroup.procs of a control group that all of it is in.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_ROWS 64
#define MOST_FIELDS 128

struct row {
  char* field[MOST_FIELDS];
};

static long long since_1970(void) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static int given(const char* field) { return strcmp(field, "-") != 0; }

static void must(long result, const char* what) {
  if (result >= 0) return;
  perror(what);
  exit(1);
}

static long long now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

/** Of all children that have ended so far. */
static long cpu_microseconds(void) {
  struct rusage used;
  getrusage(RUSAGE_CHILDREN, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

static void pin_network(int home, const char* path) {
  must(unshare(CLONE_NEWNET), "make network namespace");
  must(mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL), "pin network namespace");
  must(setns(home, CLONE_NEWNET), "go back");
}

/** Never /dev/null: crun gives its standard streams to the owner of the jail, and the machine has one of those. */
static void become(const struct row* row) {
  int nothing = memfd_create("nothing", MFD_CLOEXEC);
  must(nothing, "make a file without a name");
  int input = given(row->field[3]) ? open(row->field[3], O_RDONLY) : nothing;
  must(input, row->field[3]);
  dup2(input, 0);
  dup2(nothing, 1);
  if (!getenv("CLOCK_TALKS")) dup2(nothing, 2);
  if (given(row->field[1])) {
    int mounts = open(row->field[1], O_RDONLY | O_CLOEXEC);
    must(mounts, row->field[1]);
    must(setns(mounts, CLONE_NEWNS), "enter mount namespace");
  }
  execv(row->field[4], row->field + 4);
  perror(row->field[4]);
  _exit(127);
}

static void run(const struct row* row, int home) {
  const char* network = row->field[2];
  long used = cpu_microseconds();
  long long moment = since_1970();
  long long began = now();
  if (given(network)) pin_network(home, network);
  pid_t child = fork();
  must(child, "fork");
  if (child == 0) become(row);
  int first = -1, status;
  for (pid_t ended; (ended = waitpid(-1, &status, 0)) > 0;)
    if (ended == child) first = status;
  long long took = now() - began;
  if (given(network)) umount2(network, MNT_DETACH);
  printf("%s\t%lld\t%d\t%ld\t%lld\n", row->field[0], took, WIFEXITED(first) ? WEXITSTATUS(first) : 128,
         cpu_microseconds() - used, moment);
}

int main(int count, char** arguments) {
  if (count != 2 && count != 3) return 2;
  if (count == 3) {
    int group = open(arguments[2], O_WRONLY | O_CLOEXEC);
    must(group, arguments[2]);
    must(write(group, "0", 1), "join the control group");
    close(group);
  }
  static struct row rows[MOST_ROWS];
  size_t known = 0;
  char* line = NULL;
  size_t room = 0;
  while (known < MOST_ROWS && getline(&line, &room, stdin) > 1) {
    line[strcspn(line, "\n")] = 0;
    size_t fields = 0;
    for (char* at = strtok(line, "\t"); at && fields + 1 < MOST_FIELDS; at = strtok(NULL, "\t"))
      rows[known].field[fields++] = at;
    if (fields >= 5) known++;
    line = NULL;
  }
  must(prctl(PR_SET_CHILD_SUBREAPER, 1), "become reaper");
  int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  for (int round = atoi(arguments[1]); round > 0; round--)
    for (size_t i = 0; i < known; i++) run(&rows[i], home);
  return 0;
}
