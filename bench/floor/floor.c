/**
 * The floor: what a jail costs when a program does the bare system calls and nothing else. Two stages, so that
 * its mounts are locked: built with the host's credentials, then copied into the jail's user namespace.
 *
 *   floor ROOT ID_BASE PROGRAM...                                  without network
 *   floor -n BRIDGE NUMBER ROOT ID_BASE PROGRAM...                 veth, bridge port, v4, v6, default routes
 *   floor -l COUNT BRIDGE ROOT ID_BASE                             COUNT jails with network, kept; then all removed
 *
 * With -l it prints `created SECONDS` when all run, waits for a line, ends them, and prints `removed SECONDS`
 * when no process and no veth of theirs is left.
 */
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void must(long result, const char* what) {
  if (result >= 0) return;
  perror(what);
  exit(1);
}

static void put(const char* path, const char* text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  must(fd, path);
  must(write(fd, text, strlen(text)), path);
  close(fd);
}

static int user_namespace(unsigned base) {
  int turn[2];
  must(pipe2(turn, O_CLOEXEC), "pipe");
  long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
  must(pid, "clone user namespace");
  if (pid == 0) {
    char go;
    close(turn[1]);
    _exit(read(turn[0], &go, 1) < 0);
  }
  char path[64], map[64];
  snprintf(map, sizeof map, "0 %u 65536\n", base);
  snprintf(path, sizeof path, "/proc/%ld/uid_map", pid);
  put(path, map);
  snprintf(path, sizeof path, "/proc/%ld/gid_map", pid);
  put(path, map);
  snprintf(path, sizeof path, "/proc/%ld/ns/user", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  must(fd, "open user namespace");
  close(turn[0]);
  close(turn[1]);
  waitpid((pid_t)pid, NULL, 0);
  return fd;
}

static void attach(int mount, const char* target) {
  must(syscall(SYS_move_mount, mount, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH), target);
  close(mount);
}

/** Stage one: with the host's credentials. */
static void build_root(const char* root, int users) {
  must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make mounts private");
  int tree = (int)syscall(SYS_open_tree, AT_FDCWD, root, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  must(tree, "open_tree");
  struct mount_attr mapped = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (unsigned long long)users};
  must(syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH, &mapped, sizeof mapped), "idmap");
  must(syscall(SYS_move_mount, tree, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH), "mount root");
  int proc = (int)syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
  must(proc, "fsopen proc");
  must(syscall(SYS_fsconfig, proc, FSCONFIG_CMD_CREATE, NULL, NULL, 0), "make proc");
  int made = (int)syscall(SYS_fsmount, proc, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  must(made, "fsmount proc");
  close(proc);
  must(fchdir(tree), "enter root");
  attach(made, "proc");
  must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
  must(umount2(".", MNT_DETACH), "detach old root");
  must(chdir("/"), "enter root");
}

/** Stage two: the copy is what locks. `network` is entered, or a new one made when it is -1. */
static void enter_users(int users, int network) {
  if (network >= 0) must(setns(network, CLONE_NEWNET), "enter network");
  must(setns(users, CLONE_NEWUSER), "enter user namespace");
  must(setgroups(0, NULL), "setgroups");
  must(setresgid(0, 0, 0), "setresgid");
  must(setresuid(0, 0, 0), "setresuid");
  int rest = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  must(unshare(network >= 0 ? rest : rest | CLONE_NEWNET), "unshare");
}

static pid_t start(const char* root, unsigned base, int network, char** program) {
  int users = user_namespace(base);
  long pid = syscall(SYS_clone, CLONE_NEWNS | CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
  must(pid, "clone");
  if (pid == 0) {
    build_root(root, users);
    enter_users(users, network);
    execv(program[0], program);
    must(-1, program[0]);
  }
  close(users);
  return (pid_t)pid;
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static int loop(int count, const char* bridge, const char* root, unsigned base) {
  pid_t* jails = calloc((size_t)count, sizeof *jails);
  int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  char* program[] = {"/bin/sleep", "1000000", NULL};
  double began = now();
  for (int i = 0; i < count; i++) {
    int network = make_network(home, bridge, i + 1);
    jails[i] = start(root, base, network, program);
    close(network);
  }
  printf("created %.6f\n", now() - began);
  fflush(stdout);
  getchar();
  began = now();
  for (int i = 0; i < count; i++) kill(jails[i], SIGKILL);
  for (int i = 0; i < count; i++) waitpid(jails[i], NULL, 0);
  while (ports_left() > 0) usleep(2000);
  printf("removed %.6f\n", now() - began);
  return 0;
}

int main(int count, char** arguments) {
  if (count == 6 && strcmp(arguments[1], "-l") == 0)
    return loop(atoi(arguments[2]), arguments[3], arguments[4], (unsigned)strtoul(arguments[5], NULL, 10));
  int network = -1;
  if (count > 6 && strcmp(arguments[1], "-n") == 0) {
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    network = make_network(home, arguments[2], atoi(arguments[3]));
    arguments += 3;
    count -= 3;
  }
  if (count < 4) return fprintf(stderr, "usage: floor [-n BRIDGE NUMBER] ROOT ID_BASE PROGRAM...\n"), 2;
  pid_t jail = start(arguments[1], (unsigned)strtoul(arguments[2], NULL, 10), network, arguments + 3);
  int status = 0;
  waitpid(jail, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
