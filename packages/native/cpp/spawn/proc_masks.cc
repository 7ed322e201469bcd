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

static UniqueFd open_if_there(int process_table, const char* name, uint64_t flags) {
  UniqueFd fd(openat(process_table, name, static_cast<int>(flags | O_PATH | O_NOFOLLOW | O_CLOEXEC)));
  if (!fd && errno != ENOENT && errno != ENOTDIR) fail("open /proc/" + std::string(name));
  return fd;
}

static void hide_files(const RootInProgress& tree, int process_table) {
  UniqueFd nothing =
      open_below(tree.root.get(), "dev/null", O_PATH | O_NOFOLLOW, "open /dev/null of the tree");
  for (const char* name : kHidden) {
    UniqueFd target = open_if_there(process_table, name, 0);
    if (!target) continue;
    UniqueFd cover = clone_mount(nothing.get(), "/dev/null of the tree");
    set_attributes(cover.get(), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0, -1, "mask");
    attach_mount(cover.get(), target.get(), "mask over /proc/" + std::string(name));
  }
}

/** The first cover is a file system of its own, the others show it once more: a new one each would cost more
 *  than all other masks together. */
static void hide_directories(const RootInProgress& tree, int process_table) {
  UniqueFd first;
  for (const char* name : kHiddenDirectories) {
    UniqueFd target = open_if_there(process_table, name, O_DIRECTORY);
    if (!target) continue;
    UniqueFd cover;
    if (first) {
      cover = clone_mount(first.get(), "mask");
    } else {
      cover =
          new_mount("tmpfs", {{"size", "4k"}, {"mode", "555"}, {"uid", tree.owner()}, {"gid", tree.owner()}},
                    kInert | MOUNT_ATTR_RDONLY);
      first = check_fd(fcntl(cover.get(), F_DUPFD_CLOEXEC, 3), "keep mask");
    }
    attach_mount(cover.get(), target.get(), "mask over /proc/" + std::string(name));
  }
}

static void make_read_only(int process_table) {
  for (const char* name : kReadOnly) {
    UniqueFd target = open_if_there(process_table, name, O_DIRECTORY);
    if (!target) continue;
    UniqueFd same = clone_mount(target.get(), "/proc/" + std::string(name));
    set_attributes(same.get(), kInert | MOUNT_ATTR_RDONLY, 0, -1, "/proc/" + std::string(name));
    attach_mount(same.get(), target.get(), "/proc/" + std::string(name));
  }
}

void mount_process_table(const RootInProgress& tree) {
  UniqueFd processes = new_mount("proc", {}, kInert);
  attach_mount(processes.get(), tree.directory("/proc").get(), "/proc");
  if (leaves_out("proc-masks")) return;
  hide_files(tree, processes.get());
  hide_directories(tree, processes.get());
  make_read_only(processes.get());
}
