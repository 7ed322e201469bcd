#include "shared_binds.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptor_passing.h"
#include "failure.h"
#include "mount_calls.h"
#include "paths.h"

static UniqueFd open_target(const std::string& target) {
  return open_plain(target, O_PATH | O_DIRECTORY, "open " + target + " in the tree");
}

static void attach(const SharedBind& bind, int original, int copy) {
  UniqueFd stage = new_mount("tmpfs", {{"size", "4k"}, {"mode", "555"}},
                             MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY);
  set_attributes(stage.get(), 0, 0, -1, "stage of " + bind.target, MS_SHARED);
  attach_mount(stage.get(), open_target(bind.target).get(), "stage of " + bind.target);
  UniqueFd peer = clone_mount(stage.get(), "stage of " + bind.target);
  check(setns(copy, CLONE_NEWNS), "enter the tree's mounts");
  attach_mount(peer.get(), open_target(bind.target).get(), "stage of " + bind.target);
  check(setns(original, CLONE_NEWNS), "leave the tree's mounts");
  attach_mount(bind.source.get(), open_target(bind.target).get(), bind.target);
}

SharedBindHelper::SharedBindHelper(const std::vector<SharedBind>& binds) {
  if (binds.empty()) return;
  copies_ = make_socket_pair();
  failures_ = make_pipe();
  helper_ = check(fork(), "fork");
  if (helper_ > 0) {
    copies_.theirs.reset();
    failures_.in.reset();
    return;
  }
  copies_.ours.reset();
  try {
    UniqueFd original = check_fd(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), "open mount namespace");
    // Empty: whoever was to send it has failed, and says so itself.
    UniqueFd copy = receive_descriptor(copies_.theirs.get());
    if (copy)
      for (const SharedBind& bind : binds) attach(bind, original.get(), copy.get());
    _exit(0);
  } catch (const Failure& failure) {
    report(failures_.in.get(), failure);
    _exit(1);
  }
}

void SharedBindHelper::attach_to(int copy) {
  if (helper_ < 0) return;
  send_descriptor(copies_.ours.get(), copy);
  int status = 0;
  while (waitpid(helper_, &status, 0) < 0 && errno == EINTR) {
  }
  if (status == 0) return;
  Failure failure{"attach what is shared with the host", ECHILD};
  parse_report(read_all(failures_.out.get(), 64 * 1024), failure);
  throw failure;
}
