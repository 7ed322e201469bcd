#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"
#include "tree_root.h"

/** What tells of the host or of its other tenants: reads as empty. */
static constexpr const char* kHidden[] = {
    "kcore",        "kmsg",          "keys",        "key-users",  "timer_list", "timer_stats", "iomem",
    "ioports",      "slabinfo",      "vmallocinfo", "kallsyms",   "kpagecount", "kpageflags",  "kpagecgroup",
    "config.gz",    "cmdline",       "diskstats",   "partitions", "interrupts", "softirqs",    "schedstat",
    "sched_debug",  "latency_stats", "locks",       "modules",    "mtrr",       "zoneinfo",    "buddyinfo",
    "pagetypeinfo", "sysrq-trigger", "allocinfo"};
static constexpr const char* kHiddenDirectories[] = {"acpi", "scsi", "pressure", "driver",
                                                     "bus",  "fs",   "irq",      "asound"};

/** Needed by programs, and settable by nobody inside. */
static constexpr const char* kReadOnly[] = {"sys", "tty"};

static constexpr uint64_t kInert = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

static UniqueFd open_if_there(int process_table, const char* name) {
  UniqueFd fd(openat(process_table, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd && errno != ENOENT && errno != ENOTDIR) fail("open /proc/" + std::string(name));
  return fd;
}

/** Whether errno says no more than that this kernel has no such name. */
static bool is_missing(const char* name, bool is_directory) {
  if (errno == ENOTDIR) return is_directory;
  // It may be the mask that was not found: then there is something here to hide.
  struct stat found;
  return errno == ENOENT && lstat(name, &found) < 0;
}

/** Shows once more what was mounted over `mask`, with its attributes: one call where a mount of its own needs
 * six. Both are names in the working directory, the new process table, whose own entries are no links. */
static void mask_as(const char* mask, const char* name, bool is_directory) {
  if (mount(mask, name, nullptr, MS_BIND, nullptr) < 0 && !is_missing(name, is_directory))
    fail("mask /proc/" + std::string(name));
}

/** The first of these that this kernel has is covered by `cover`, the others as it is. */
template <size_t count>
static void hide(const char* const (&names)[count], const UniqueFd& cover, bool are_directories) {
  const char* mask = nullptr;
  for (const char* name : names) {
    if (mask != nullptr) {
      mask_as(mask, name, are_directories);
      continue;
    }
    if (move_mount(cover.get(), "", AT_FDCWD, name, MOVE_MOUNT_F_EMPTY_PATH) == 0)
      mask = name;
    else if (!is_missing(name, are_directories))
      fail("mask /proc/" + std::string(name));
  }
}

static void hide_files(const RootInProgress& tree) {
  UniqueFd nothing =
      open_below(tree.root.get(), "dev/null", O_PATH | O_NOFOLLOW, "open /dev/null of the tree");
  UniqueFd cover = clone_mount(nothing.get(), "/dev/null of the tree");
  set_attributes(cover.get(), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0, -1, "mask");
  hide(kHidden, cover, false);
}

static void hide_directories(const RootInProgress& tree) {
  hide(kHiddenDirectories, empty_directory(tree), true);
}

static void make_read_only(int process_table) {
  for (const char* name : kReadOnly) {
    UniqueFd target = open_if_there(process_table, name);
    if (!target) continue;
    UniqueFd same = clone_mount(target.get(), "/proc/" + std::string(name));
    set_attributes(same.get(), kInert | MOUNT_ATTR_RDONLY, 0, -1, "/proc/" + std::string(name));
    attach_mount(same.get(), target.get(), "/proc/" + std::string(name));
  }
}

void mount_process_table(const RootInProgress& tree) {
  const bool own_only = tree.spec.confinement.own_processes_only && !leaves_out("own-processes");
  UniqueFd processes = own_only ? new_mount("proc", {{"subset", "pid"}, {"hidepid", "invisible"}}, kInert)
                                : new_mount("proc", {}, kInert);
  attach_mount(processes.get(), tree.directory("/proc").get(), "/proc");
  // Nothing is there that a mask could hide.
  if (own_only || leaves_out("proc-masks")) return;
  check(fchdir(processes.get()), "enter /proc of the tree");
  if (!leaves_out("hidden-files")) hide_files(tree);
  if (!leaves_out("hidden-directories")) hide_directories(tree);
  if (!leaves_out("read-only-settings")) make_read_only(processes.get());
}
