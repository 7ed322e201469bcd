#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "tree_root.h"

uint64_t attributes_of(const MountFlags& flags) {
  if (leaves_out("mount-flags")) return 0;
  uint64_t attributes = 0;
  if (flags.read_only && !leaves_out("read-only")) attributes |= MOUNT_ATTR_RDONLY;
  if (flags.nosuid) attributes |= MOUNT_ATTR_NOSUID;
  if (flags.nodev && !leaves_out("nodev")) attributes |= MOUNT_ATTR_NODEV;
  if (flags.noexec) attributes |= MOUNT_ATTR_NOEXEC;
  if (flags.nosymfollow) attributes |= MOUNT_ATTR_NOSYMFOLLOW;
  return attributes;
}

static uint64_t propagation_of(Propagation propagation) {
  switch (propagation) {
    case Propagation::none:
      return MS_PRIVATE;
    case Propagation::slave:
      return MS_SLAVE;
    case Propagation::shared:
      break;
  }
  return 0;
}

void mount_bind(RootInProgress& tree, const MountSpec& mount) {
  const std::string step = mount.target + " from " + mount.bound.whole();
  UniqueFd source = std::move(tree.sources.at(&mount).front());
  struct stat found;
  check(fstat(source.get(), &found), "ask about " + mount.bound.whole());
  const int ids = mount.idmapped && !leaves_out("idmapped-storage") ? tree.user_namespace : -1;
  // What the host's own mount forbids stays forbidden; the spec only adds.
  set_attributes(source.get(), attributes_of(mount.flags), 0, ids, step, propagation_of(mount.propagation));
  if (mount.propagation != Propagation::shared || leaves_out("shared-stage"))
    return tree.place(source, mount.target, !S_ISDIR(found.st_mode), step);
  tree.directory(mount.target);
  tree.shared.push_back({mount.target, std::move(source)});
}
