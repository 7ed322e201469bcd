#include "user_namespace.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <unistd.h>

#include <string>

#include "confinement.h"
#include "failure.h"
#include "mutant.h"
#include "paths.h"

static void write_file(const std::string& path, const std::string& text) {
  UniqueFd file = check_fd(open(path.c_str(), O_WRONLY | O_CLOEXEC), "open " + path);
  if (!write_all(file.get(), text)) fail("write " + path);
}

UniqueFd map_ids_of(pid_t process, uint32_t base, uint32_t count) {
  const std::string directory = "/proc/" + std::to_string(process);
  const std::string map = "0 " + std::to_string(base) + " " + std::to_string(count) + "\n";
  write_file(directory + "/uid_map", map);
  write_file(directory + "/gid_map", map);
  return check_fd(open((directory + "/ns/user").c_str(), O_RDONLY | O_CLOEXEC), "open user namespace");
}

void forbid_nested_user_namespaces() {
  // The limits belong to the namespace, and only a process inside can set them.
  if (!leaves_out("no-nested-user-namespaces")) write_file("/proc/sys/user/max_user_namespaces", "0");
  if (!leaves_out("no-nested-namespaces")) write_file("/proc/sys/user/max_net_namespaces", "0");
}

UniqueFd open_limit_on_mount_namespaces() {
  const char* path = "/proc/sys/user/max_mnt_namespaces";
  return check_fd(open(path, O_WRONLY | O_CLOEXEC), std::string("open ") + path);
}

void become_root() {
  if (!leaves_out("no-groups")) check(setgroups(0, nullptr), "drop supplementary groups");
  check(setresgid(0, 0, 0), "become group 0 of the user namespace");
  check(setresuid(0, 0, 0), "become user 0 of the user namespace");
  hide_from_tracers();
}

void become_root_of(int user_namespace) {
  check(setns(user_namespace, CLONE_NEWUSER), "enter user namespace");
  become_root();
}
