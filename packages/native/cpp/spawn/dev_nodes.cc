#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"
#include "tree_root.h"

struct Node {
  const char* name;
  unsigned minor;
  unsigned major;
};

static constexpr Node kNodes[] = {{"null", 3, 1},   {"zero", 5, 1},    {"full", 7, 1},
                                  {"random", 8, 1}, {"urandom", 9, 1}, {"tty", 0, 5}};

static constexpr const char* kLinks[][2] = {{"ptmx", "pts/ptmx"},
                                            {"fd", "/proc/self/fd"},
                                            {"stdin", "/proc/self/fd/0"},
                                            {"stdout", "/proc/self/fd/1"},
                                            {"stderr", "/proc/self/fd/2"}};

static constexpr const char* kMountPoints[] = {"pts", "shm", "mqueue"};

/** Bound, not made anew: owner and mode of the host's node go on deciding who may open it. */
static void bind_devices(const RootInProgress& tree) {
  if (tree.spec.devices.empty()) return;
  UniqueFd of_host = open_plain("/dev", O_PATH | O_DIRECTORY, "open /dev of the host");
  for (const std::string& name : tree.spec.devices) {
    const std::string step = "device " + name;
    UniqueFd node = open_below(of_host.get(), name, O_PATH, "open " + step + " below /dev of the host");
    struct stat found;
    check(fstat(node.get(), &found), "open " + step);
    if (!S_ISCHR(found.st_mode) && !S_ISBLK(found.st_mode))
      fail(step + ": /dev/" + name + " of the host is no device node", ENODEV);
    UniqueFd bound = clone_mount(node.get(), step);
    set_attributes(bound.get(), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, MOUNT_ATTR_NODEV,
                   -1, step);
    attach_mount(bound.get(), tree.file("/dev/" + name).get(), step);
  }
}

void mount_devices(RootInProgress& tree) {
  UniqueFd devices = new_mount("tmpfs",
                               {{"size", leaves_out("small-devices") ? "8m" : "64k"},
                                {"mode", "755"},
                                {"uid", tree.owner()},
                                {"gid", tree.owner()}},
                               MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
  attach_mount(devices.get(), tree.directory("/dev").get(), "/dev");
  const int directory = devices.get();
  for (const Node& node : kNodes)
    check(mknodat(directory, node.name, S_IFCHR | 0666, makedev(node.major, node.minor)),
          "make /dev/" + std::string(node.name));
  if (leaves_out("device-list"))
    check(mknodat(directory, "kmsg", S_IFCHR | 0666, makedev(1, 11)), "make /dev/kmsg");
  for (const auto& [name, target] : kLinks)
    check(symlinkat(target, directory, name), "link /dev/" + std::string(name));
  for (const char* name : kMountPoints)
    check(mkdirat(directory, name, 0755), "make /dev/" + std::string(name));
  bind_devices(tree);
  mount_terminals_at(tree, "/dev/pts");
  mount_on_top(tree, {.kind = MountSpec::Kind::tmpfs, .target = "/dev/shm", .size = "50%", .mode = "1777"});
  mount_message_queues(tree, "/dev/mqueue");
  mount_console(tree);
  mount_place_of_groups(tree);
}
