#include "tree_builder.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "cgroup_join.h"
#include "crash_point.h"
#include "descriptor_passing.h"
#include "mutant.h"
#include "paths.h"
#include "tree_facts.h"
#include "tree_root.h"
#include "user_namespace.h"

/** A child that is born in the group, or, where the kernel cannot, in ours; the first says which. */
static std::pair<bool, pid_t> fork_into(const UniqueFd& group) {
  if (group) {
    clone_args arguments{};
    arguments.flags = CLONE_INTO_CGROUP;
    arguments.exit_signal = SIGCHLD;
    arguments.cgroup = static_cast<uint64_t>(group.get());
    const long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid >= 0) return {true, static_cast<pid_t>(pid)};
  }
  return {false, check(fork(), "fork")};
}

/** Runs `body` in a child that reports its failure and ends. */
template <typename Body>
static pid_t run_child(int failures, const UniqueFd& group, Body body) {
  const auto [in_group, pid] = fork_into(group);
  if (pid != 0) return pid;
  try {
    body(in_group);
    _exit(0);
  } catch (const Failure& failure) {
    report(failures, failure);
    _exit(1);
  }
}

static void wait_for(pid_t pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void TreeBuilder::be_first() {
  failures.out.reset();
  mounts_for_first.ours.reset();
  // A builder that died cannot send mounts: this ends us.
  UniqueFd mounts = receive_descriptor(mounts_for_first.theirs.get());
  if (!mounts) _exit(1);
  check(setns(mounts.get(), CLONE_NEWNS), "enter the tree's mounts");
  CRASH_POINT("spawn entered the mounts");
  check(chdir("/"), "enter the tree's root");
  check(setsid(), "make session");
  UniqueFd nothing = check_fd(open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null of the tree");
  check(dup2(nothing.get(), 0), "set standard input");
  check(dup2(console.in.get(), 1), "set standard output");
  check(dup2(console.in.get(), 2), "set standard error");
  forget_our_attributes();
  const bool has_command = !spec.command.empty();
  CRASH_POINT("spawn is about to execute");
  // From here on, silence means that the program runs.
  write_all(failures.in.get(), "+");
  confine_and_execute(confinement, has_command ? -1 : init_program.get(),
                      has_command ? spec.command : std::vector<std::string>{"init"}, spec.environment);
}

void TreeBuilder::be_entrant(int first_pid, bool in_unified_group) {
  if (in_unified_group)
    join_v1_cgroups(spec.cgroup_procs_files);
  else
    join_cgroups(spec.cgroup_procs_files);
  CRASH_POINT("spawn joined the groups");
  lower_oom_protection();
  UniqueFd network = open_plain(spec.netns, O_RDONLY, "open netns " + spec.netns);
  check(setns(network.get(), CLONE_NEWNET), "enter netns " + spec.netns);
  CRASH_POINT("spawn entered the network");
  become_root_of(user_namespace.get());
  int namespaces = 0;
  if (!leaves_out("pid-namespace")) namespaces |= CLONE_NEWPID;
  if (!leaves_out("ipc-namespace")) namespaces |= CLONE_NEWIPC;
  if (!leaves_out("uts-namespace")) namespaces |= CLONE_NEWUTS;
  if (!leaves_out("cgroup-namespace")) namespaces |= CLONE_NEWCGROUP;
  check(unshare(namespaces), "make namespaces");
  CRASH_POINT("spawn made namespaces");
  if (!leaves_out("uts-namespace"))
    check(sethostname(spec.hostname.data(), spec.hostname.size()), "set hostname");
  // Its parent is ours: the builder, which stays.
  const long pid = check(syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr),
                         "make first process");
  if (pid == 0) {
    // The builder waits for our pid or for the end of this pipe: were we to hold it, an entrant that was killed
    // before it told would never be noticed.
    close(first_pid);
    try {
      be_first();
    } catch (const Failure& failure) {
      report(failures.in.get(), failure);
      _exit(1);
    }
  }
  CRASH_POINT("spawn made the first process");
  const pid_t told = static_cast<pid_t>(pid);
  // Who waits for the silence of this pipe shall not wait for our end.
  failures.in.reset();
  if (write(first_pid, &told, sizeof told) != sizeof told) fail("tell pid of first process");
}

void TreeBuilder::make_first() {
  Pipe first_pid = make_pipe();
  const UniqueFd group = open_unified_group(spec.cgroup_procs_files);
  entrant =
      run_child(failures.in.get(), group, [&](bool in_group) { be_entrant(first_pid.in.get(), in_group); });
  first_pid.in.reset();
  pid_t told;
  if (read(first_pid.out.get(), &told, sizeof told) == sizeof told) first = told;
  if (first < 0) fail("make first process", ECHILD);
  first_process = check_fd(syscall(SYS_pidfd_open, first, 0), "open first process");
  mounts_for_first.theirs.reset();
  CRASH_POINT("spawn opened the first process");
}

UniqueFd TreeBuilder::make_mounts() {
  // Made only now: were the first process to hold an end too, a mounter that died would never be noticed.
  SocketPair hand_over = make_socket_pair();
  const UniqueFd own = check_fd(open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC), "open own pid namespace");
  // Only a child is in the pid namespace that was entered.
  check(setns(first_process.get(), CLONE_NEWPID), "enter pid namespace");
  mounter = run_child(failures.in.get(), UniqueFd(), [&](bool) {
    check(setns(first_process.get(), CLONE_NEWIPC), "enter ipc namespace");
    UniqueFd mounts = build_locked_tree(spec, user_namespace.get());
    failures.in.reset();
    send_descriptor(hand_over.theirs.get(), mounts.get());
    CRASH_POINT("spawn handed the mounts over");
  });
  check(setns(own.get(), CLONE_NEWPID), "leave pid namespace");
  hand_over.theirs.reset();
  UniqueFd mounts = receive_descriptor(hand_over.ours.get());
  if (!mounts) fail("build mounts", ECHILD);
  return mounts;
}

void TreeBuilder::release_first(const UniqueFd& mounts) {
  CRASH_POINT("spawn received the mounts");
  write_tree_file(run, tree_facts(spec, getpid(), first));
  CRASH_POINT("spawn wrote the facts of the tree");
  send_descriptor(mounts_for_first.ours.get(), mounts.get());
  CRASH_POINT("spawn released the first process");
  failures.in.reset();
  std::string said = read_all(failures.out.get(), 64 * 1024);
  // What they had to say was heard: nobody had to wait for their ends.
  for (const pid_t helper : {entrant, mounter}) wait_for(helper);
  if (said == "+") {
    CRASH_POINT("spawn heard that the program runs");
    return;
  }
  if (said.starts_with("+")) said.erase(0, 1);
  Failure failure{"first process ended before its program was executed", ECHILD};
  parse_report(said, failure);
  throw failure;
}

void TreeBuilder::give_up(const Failure& failure, int report_to) {
  if (first_process) syscall(SYS_pidfd_send_signal, first_process.get(), SIGKILL, nullptr, 0);
  mounts_for_first.ours.reset();
  failures.in.reset();
  while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  Failure cause = failure;
  // ECHILD only says that a child failed: it has said itself why.
  if (cause.error == ECHILD) parse_report(read_all(failures.out.get(), 64 * 1024), cause);
  clear_run_directory(run);
  report(report_to, cause);
  _exit(1);
}
