#include "tree_builder.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "crash_point.h"
#include "descriptor_passing.h"
#include "init.h"
#include "mount_broker.h"
#include "mutant.h"
#include "own_part.h"
#include "paths.h"
#include "tree_root.h"
#include "user_namespace.h"

/** Runs `body` in a child that reports its failure and ends. */
template <typename Body>
static void run_as_child(int failures, Body body) {
  try {
    body();
    _exit(0);
  } catch (const Failure& failure) {
    report(failures, failure);
    _exit(1);
  }
}

/** What the first process of a tree is born in; the tree's user namespace owns the others. */
static uint64_t namespaces_at_birth() {
  uint64_t flags = CLONE_NEWUSER;
  if (!leaves_out("pid-namespace")) flags |= CLONE_NEWPID;
  if (!leaves_out("ipc-namespace")) flags |= CLONE_NEWIPC;
  if (!leaves_out("uts-namespace")) flags |= CLONE_NEWUTS;
  return flags;
}

/**
 * As `owner`, so that the tree's user namespace is owner's. What the kernel counts in a user namespace
 * (inotify instances, for one) it counts for the namespace's owner on the host as well: were that root, one
 * tree could use up root's, and every other tree's.
 */
static long fork_owned_by(uid_t owner, uint64_t flags, int group, int& pidfd) {
  const auto nobody_else = static_cast<uid_t>(-1);
  const bool is_owned = !leaves_out("own-counts");
  if (is_owned) {
    check(setresuid(nobody_else, owner, nobody_else), "become the owner of the tree");
    // The group to be born in is root's.
    setfsuid(0);
  }
  const long pid = fork_into(group, flags, pidfd);
  const int error = errno;
  if (pid != 0 && is_owned) {
    check(setresuid(nobody_else, 0, nobody_else), "become root again");
    hide_from_tracers();
  }
  errno = error;
  return pid;
}

static void wait_for(pid_t pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void TreeBuilder::be_first(const Groups& groups, const UniqueFd& unified_procs, bool has_own_part) {
  failures.out.reset();
  mounts_for_first.ours.reset();
  hand_over.ours.reset();
  const bool has_command = !spec.command.empty();
  sigset_t blocked;
  sigemptyset(&blocked);
  // The tree may be asked to end before its init has begun, and this process loses what it does not block.
  if (!has_command) blocked = block_signals_of_init();
  if (!leaves_out("own-groups")) join(groups, unified_procs);
  CRASH_POINT("spawn joined the groups");
  // A builder that died sends neither the ids nor the mounts: this ends us.
  char ids;
  if (read(mounts_for_first.theirs.get(), &ids, 1) != 1) _exit(1);
  forbid_nested_user_namespaces();
  const UniqueFd mount_namespaces = open_limit_on_mount_namespaces();
  become_root();
  // Only now: its root is the group that we are in.
  if (!leaves_out("cgroup-namespace")) check(unshare(CLONE_NEWCGROUP), "make cgroup namespace");
  if (!leaves_out("uts-namespace"))
    check(sethostname(spec.hostname.data(), spec.hostname.size()), "set hostname");
  // A new name space begins with the host's; the kernel begins with this one.
  if (!leaves_out("uts-namespace") && !leaves_out("own-domain-name"))
    check(setdomainname("(none)", 6), "set domain name");
  check(setsid(), "make session");
  forget_our_attributes(blocked, confinement);
  CRASH_POINT("spawn made namespaces");
  UniqueFd mounts = receive_descriptor(mounts_for_first.theirs.get());
  if (!mounts) _exit(1);
  if (!leaves_out("mount-namespace")) check(setns(mounts.get(), CLONE_NEWNS), "enter the tree's mounts");
  if (has_own_part) mount_own_part();
  // What the broker mounts is in one for a moment: the kernel counts those too.
  if (!leaves_out("no-nested-namespaces") &&
      !write_all(mount_namespaces.get(), spec.confinement.mount_broker ? "8" : "0"))
    fail("forbid further mount namespaces");
  CRASH_POINT("spawn entered the mounts");
  check(chdir("/"), "enter the tree's root");
  UniqueFd nothing = check_fd(open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null of the tree");
  check(dup2(nothing.get(), 0), "set standard input");
  check(dup2(console.in.get(), 1), "set standard output");
  check(dup2(console.in.get(), 2), "set standard error");
  CRASH_POINT("spawn is about to execute");
  // From here on, silence means that the program runs.
  write_all(failures.in.get(), "+");
  confine_and_execute(confinement, has_command ? -1 : init_program.get(),
                      has_command ? spec.command : std::vector<std::string>{"init"}, spec.environment);
}

void TreeBuilder::make_first() {
  const Groups groups = open_groups(spec.cgroup_procs_files);
  const UniqueFd part = spec.confinement.mount_broker && groups.unified
                            ? make_own_part(groups.unified, spec.id_base)
                            : UniqueFd();
  const UniqueFd& unified = part ? part : groups.unified;
  UniqueFd unified_procs;
  const UniqueFd own = check_fd(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "open own network");
  UniqueFd network = open_plain(spec.netns, O_RDONLY, "open netns " + spec.netns);
  if (!leaves_out("network-namespace"))
    check(setns(network.get(), CLONE_NEWNET), "enter netns " + spec.netns);
  CRASH_POINT("spawn entered the network");
  int pidfd = -1;
  if (spec.confinement.mount_broker) hand_over = make_socket_pair();
  confinement.broker = hand_over.theirs.get();
  const uint64_t namespaces = namespaces_at_birth();
  long pid = unified && !leaves_out("own-groups")
                 ? fork_owned_by(spec.id_base, namespaces, unified.get(), pidfd)
                 : -1;
  if (pid < 0) {
    // The kernel cannot, or the group may not: it says so when it is joined.
    unified_procs = open_procs(unified);
    pid = check(fork_owned_by(spec.id_base, namespaces, -1, pidfd), "make first process");
  }
  if (pid == 0) run_as_child(failures.in.get(), [&] { be_first(groups, unified_procs, static_cast<bool>(part)); });
  first = static_cast<pid_t>(pid);
  first_process.reset(pidfd);
  check(setns(own.get(), CLONE_NEWNET), "leave netns " + spec.netns);
  mounts_for_first.theirs.reset();
  hand_over.theirs.reset();
  CRASH_POINT("spawn made the first process");
  range.give_to(first);
  user_namespace = map_ids_of(first, spec.id_base, spec.id_count);
  if (!write_all(mounts_for_first.ours.get(), "i")) fail("give the first process its ids");
  CRASH_POINT("spawn gave the first process its ids");
}

void TreeBuilder::begin_mounts() {
  // Made only now: were the first process to hold an end too, a mounter that died would never be noticed.
  from_mounter = make_socket_pair();
  const UniqueFd own = check_fd(open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC), "open own pid namespace");
  // Only a child is in the pid namespace that was entered.
  check(setns(first_process.get(), CLONE_NEWPID), "enter pid namespace");
  mounter = check(fork(), "fork");
  if (mounter == 0)
    run_as_child(failures.in.get(), [&] {
      check(setns(first_process.get(), CLONE_NEWIPC), "enter ipc namespace");
      const LockedTree tree = build_locked_tree(spec, user_namespace.get());
      failures.in.reset();
      if (tree.console) send_descriptor(from_mounter.theirs.get(), tree.console.get());
      send_descriptor(from_mounter.theirs.get(), tree.workshop.get());
      send_descriptor(from_mounter.theirs.get(), tree.mounts.get());
      CRASH_POINT("spawn handed the mounts over");
    });
  check(setns(own.get(), CLONE_NEWPID), "leave pid namespace");
  from_mounter.theirs.reset();
  lower_oom_protection(first);
}

LockedTree TreeBuilder::receive_mounts() {
  LockedTree tree;
  if (has_console(spec)) tree.console = receive_descriptor(from_mounter.ours.get());
  tree.workshop = receive_descriptor(from_mounter.ours.get());
  tree.mounts = receive_descriptor(from_mounter.ours.get());
  if (!tree.mounts) fail("build mounts", ECHILD);
  from_mounter.ours.reset();
  return tree;
}

void TreeBuilder::make_broker(const UniqueFd& mounts) {
  if (!spec.confinement.mount_broker) return;
  const UniqueFd door = open_door(run, kBrokerDoor);
  const pid_t broker = check(fork(), "fork");
  if (broker == 0)
    be_mount_broker({.first_process = first_process.get(),
                     .mounts = mounts.get(),
                     .hand_over = hand_over.ours.get(),
                     .door = door.get(),
                     .failures = failures.in.get(),
                     .capabilities = spec.capabilities,
                     .cgroup_procs_files = spec.cgroup_procs_files});
  hand_over.ours.reset();
}

void TreeBuilder::release_first(const UniqueFd& mounts) {
  // It has the host's credentials in the tree's pid namespace: it is gone before a program of the tree can
  // see it.
  wait_for(mounter);
  if (leaves_out("prompt-mounts")) sleep(1);
  send_descriptor(mounts_for_first.ours.get(), mounts.get());
  CRASH_POINT("spawn released the first process");
  failures.in.reset();
  std::string said = read_all(failures.out.get(), 64 * 1024);
  if (said == "+") {
    CRASH_POINT("spawn heard that the program runs");
    return;
  }
  if (said.starts_with("+")) said.erase(0, 1);
  Failure failure{"first process ended before its program was executed", ECHILD};
  parse_report(said, failure);
  throw failure;
}

static bool has_ended(const UniqueFd& process) {
  pollfd ended{process.get(), POLLIN, 0};
  return process && poll(&ended, 1, 0) == 1;
}

void TreeBuilder::give_up(const Failure& failure, int report_to) {
  // What failed since a child has ended only says so: the child has said itself why.
  const bool is_of_child = failure.error == ECHILD || has_ended(first_process);
  if (first_process) syscall(SYS_pidfd_send_signal, first_process.get(), SIGKILL, nullptr, 0);
  mounts_for_first.ours.reset();
  failures.in.reset();
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  Failure cause = failure;
  if (is_of_child) parse_report(read_all(failures.out.get(), 64 * 1024), cause);
  clear_run_directory(run);
  report(report_to, cause);
  _exit(1);
}
