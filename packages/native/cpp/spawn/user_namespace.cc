#include "user_namespace.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "failure.h"
#include "mutant.h"
#include "paths.h"

static void write_file(const std::string& path, const std::string& text) {
  UniqueFd file = check_fd(open(path.c_str(), O_WRONLY | O_CLOEXEC), "open " + path);
  if (!write_all(file.get(), text)) fail("write " + path);
}

/** The limit belongs to the namespace, and only a process inside can set it. */
static bool forbid_nested() {
  if (leaves_out("no-nested-user-namespaces")) return true;
  UniqueFd file(open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC));
  return file && write_all(file.get(), "0");
}

UniqueFd make_user_namespace(uint32_t base, uint32_t count) {
  int turn[2];
  check(pipe2(turn, O_CLOEXEC), "make pipe");
  UniqueFd wait_end(turn[0]), go_end(turn[1]);
  // A namespace needs a first process; it only lives until the descriptor is taken.
  const long pid = check(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, nullptr),
                         "make user namespace");
  if (pid == 0) {
    go_end.reset();
    char go;
    _exit(read(wait_end.get(), &go, 1) == 1 && forbid_nested() ? 0 : 1);
  }
  const std::string directory = "/proc/" + std::to_string(pid);
  UniqueFd space;
  std::string problem;
  int error = 0;
  try {
    const std::string map = "0 " + std::to_string(base) + " " + std::to_string(count) + "\n";
    write_file(directory + "/uid_map", map);
    write_file(directory + "/gid_map", map);
    space = check_fd(open((directory + "/ns/user").c_str(), O_RDONLY | O_CLOEXEC), "open user namespace");
    write_all(go_end.get(), "x");
  } catch (const Failure& failure) {
    problem = failure.step;
    error = failure.error;
  }
  go_end.reset();
  int status = 0;
  while (waitpid(static_cast<pid_t>(pid), &status, 0) < 0 && errno == EINTR) {
  }
  if (error != 0) fail(problem, error);
  if (status != 0) fail("set user.max_user_namespaces to 0 in the tree's user namespace", EPERM);
  return space;
}

void become_root_of(int user_namespace) {
  check(setns(user_namespace, CLONE_NEWUSER), "enter user namespace");
  check(setgroups(0, nullptr), "drop supplementary groups");
  check(setresgid(0, 0, 0), "become group 0 of the user namespace");
  check(setresuid(0, 0, 0), "become user 0 of the user namespace");
}
