#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include <algorithm>
#include <string>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"
#include "tree_root.h"

bool has_console(const TreeSpec& spec) {
  const bool is_given =
      std::ranges::any_of(spec.devices, [](const std::string& name) { return name == "console"; }) ||
      std::ranges::any_of(spec.mounts, [](const MountSpec& mount) { return mount.target == "/dev/console"; });
  return spec.confinement.mount_broker && !is_given;
}

/** A terminal of the tree's own, never one of the host; made while no program of the tree can be in the way. */
void mount_console(RootInProgress& tree) {
  if (!has_console(tree.spec)) return;
  const std::string step = "make /dev/console";
  UniqueFd terminals = leaves_out("own-console")
                           ? open_plain("/dev/pts", O_PATH | O_DIRECTORY, step)
                           : open_below(tree.root.get(), "dev/pts", O_PATH | O_DIRECTORY, step);
  tree.console = open_below(terminals.get(), "ptmx", O_RDWR | O_NOCTTY, step);
  const int unlock = 0;
  check(ioctl(tree.console.get(), TIOCSPTLCK, &unlock), step);
  const winsize size{24, 80, 0, 0};
  check(ioctl(tree.console.get(), TIOCSWINSZ, &size), step);
  int number = -1;
  check(ioctl(tree.console.get(), TIOCGPTN, &number), step);
  UniqueFd seat = open_below(terminals.get(), std::to_string(number), O_PATH, step);
  attach_mount(clone_mount(seat.get(), "/dev/console").get(), tree.file("/dev/console").get(), "/dev/console");
}

/** An init mounts its control groups on /sys/fs/cgroup, and gives up where there is no /sys. Nothing is in it:
 * the kernel's own tells of the host's hardware. */
void mount_place_of_groups(const RootInProgress& tree) {
  const RootSpec::Kind kind = tree.spec.root.kind;
  if (!tree.spec.confinement.mount_broker) return;
  if (kind != RootSpec::Kind::directory && kind != RootSpec::Kind::overlay) return;
  for (const MountSpec& mount : tree.spec.mounts)
    if ((mount.target + "/").starts_with("/sys/")) return;
  UniqueFd system =
      new_mount("tmpfs", {{"size", "4k"}, {"mode", "755"}, {"uid", tree.owner()}, {"gid", tree.owner()}},
                MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  tree.place(system, "/sys", false, "/sys");
  tree.directory("/sys/fs/cgroup");
  set_attributes(system.get(), MOUNT_ATTR_RDONLY, 0, -1, "/sys");
}
