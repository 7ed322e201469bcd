/** The step that mail M calls clone_prog: mounts of its own for a new process, and nothing of the host's in them
 * (requirement M7, which wants it short: mount-namespace.test.ts counts). */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "crash_point.h"
#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"
#include "tree_root.h"
#include "user_namespace.h"

static void make_root(const RootInProgress& tree) {
  check(fchdir(tree.root.get()), "enter new root");
  if (leaves_out("pivot-root")) {
    check(chroot("."), "chroot");
    return;
  }
  check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
  if (!leaves_out("old-root")) check(umount2(".", MNT_DETACH), "detach old root");
  check(chdir("/"), "enter new root");
}

/** The recipe that looks the same and is not: mounts handed over detached come without their locks. */
static void hand_over_unlocked(int user_namespace) {
  UniqueFd whole =
      check_fd(open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE), "clone /");
  become_root_of(user_namespace);
  check(unshare(CLONE_NEWNS), "make mount namespace");
  UniqueFd stage = check_fd(open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), "open /proc");
  attach_mount(whole.get(), stage.get(), "the tree");
  check(fchdir(whole.get()), "enter new root");
  check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
  check(umount2(".", MNT_DETACH), "detach old root");
  check(chdir("/"), "enter new root");
}

LockedTree build_locked_tree(const TreeSpec& spec, int user_namespace) {
  check(unshare(CLONE_NEWNS), "make mount namespace");
  umask(0);
  RootInProgress tree{spec, user_namespace, UniqueFd()};
  // Before this namespace leaves the host's peer groups: what is to receive the host's mounts must be in one.
  open_sources(tree);
  check(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make mounts private");
  // Where the new tree stands until it is the root: a place that exists everywhere and that nothing is taken
  // from.
  UniqueFd stage = open_plain("/proc", O_PATH | O_DIRECTORY, "open /proc");
  make_files_as(spec.id_base);
  mount_root(tree, stage.get());
  CRASH_POINT("spawn mounted the root");
  mount_devices(tree);
  mount_reserved(tree);
  mount_process_table(tree);
  CRASH_POINT("spawn mounted devices and processes");
  for (const MountSpec& mount : spec.mounts) mount_on_top(tree, mount);
  CRASH_POINT("spawn mounted the storage");
  seal_root(tree);
  make_root(tree);
  CRASH_POINT("spawn turned the root");
  UniqueFd workshop = check_fd(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), "open mount namespace");
  SharedBindHelper shared(tree.shared);
  if (leaves_out("locked-mounts"))
    hand_over_unlocked(user_namespace);
  else
    become_root_of(user_namespace);
  // The copy is what locks.
  if (!leaves_out("locked-mounts")) check(unshare(CLONE_NEWNS), "copy mounts into the tree's user namespace");
  CRASH_POINT("spawn locked the mounts");
  UniqueFd copy = check_fd(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), "open mount namespace");
  shared.attach_to(copy.get());
  return {std::move(copy), std::move(workshop), std::move(tree.console)};
}
