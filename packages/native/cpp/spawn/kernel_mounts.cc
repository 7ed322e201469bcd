#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"
#include "tree_root.h"

static constexpr uint64_t kInert = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

/** Group 5 of the tree is `tty` in every distribution that has one. Each one has terminals and a ptmx of its
 * own, and no more than a share of the host's, which has one number of them for all. */
void mount_terminals_at(const RootInProgress& tree, const std::string& target) {
  UniqueFd terminals = new_mount(
      "devpts",
      {{"ptmxmode", "666"}, {"mode", "620"}, {"gid", std::to_string(tree.spec.id_base + 5)}, {"max", "512"}},
      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
  tree.place(terminals, target, false, target);
}

void mount_message_queues(const RootInProgress& tree, const std::string& target) {
  tree.place(new_mount("mqueue", {}, kInert), target, false, target);
}

/** The one that the tree has, with all that covers parts of it: a new one would show what is covered. */
void mount_copy_of_processes(const RootInProgress& tree, const std::string& target) {
  UniqueFd processes = tree.directory("/proc");
  tree.place(clone_mounts(processes.get(), "/proc of the tree"), target, false, target);
}

/** Of the host's hardware, settings and firmware: nothing that a program in a tree needs. */
static constexpr const char* kHiddenSystem[] = {"firmware",        "kernel/debug", "kernel/tracing",
                                                "kernel/security", "fs/bpf",       "devices/virtual/powercap",
                                                "fs/pstore",       "hypervisor"};

static void hide_system(const RootInProgress& tree, int system) {
  for (const char* name : kHiddenSystem) {
    UniqueFd found(openat(system, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!found) {
      if (errno == ENOENT) continue;
      fail("open " + std::string(name) + " of sysfs");
    }
    attach_mount(empty_directory(tree).get(), found.get(), "mask of " + std::string(name) + " of sysfs");
  }
}

void mount_system_tree(const RootInProgress& tree, const std::string& target) {
  const uint64_t read_only = leaves_out("sysfs-read-only") ? 0 : MOUNT_ATTR_RDONLY;
  // It shows the links of the network that its maker is in. Opened before the new root stands on /proc.
  check(setns(tree.networks.tree.get(), CLONE_NEWNET), "enter netns " + tree.spec.netns);
  UniqueFd system = new_mount("sysfs", {}, kInert | read_only);
  check(setns(tree.networks.own.get(), CLONE_NEWNET), "leave netns " + tree.spec.netns);
  tree.place(system, target, false, target);
  if (!leaves_out("proc-masks")) hide_system(tree, tree.directory(target).get());
}

void mount_mask(const RootInProgress& tree, const std::string& target) {
  const std::string step = "mask " + target;
  UniqueFd covered = open_below(tree.root.get(), target.substr(1), O_PATH, step);
  struct stat found;
  check(fstat(covered.get(), &found), step);
  if (leaves_out("view-masks")) return;
  if (S_ISDIR(found.st_mode)) return tree.place(empty_directory(tree), target, false, step);
  UniqueFd null = open_below(tree.root.get(), "dev/null", O_PATH | O_NOFOLLOW, "open /dev/null of the tree");
  UniqueFd cover = clone_mount(null.get(), "/dev/null of the tree");
  set_attributes(cover.get(), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0, -1, step);
  attach_mount(cover.get(), covered.get(), step);
}
