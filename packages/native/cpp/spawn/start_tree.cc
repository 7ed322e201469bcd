/**
 * The order of a start. One process (the builder, later the keeper) has the others made and waits for each:
 *
 *   builder    user namespace, filters, run directory                            with host credentials
 *   entrant    joins the groups and the network, becomes root of the user namespace, makes the other
 *              namespaces, and has the first process made as a child of the builder
 *   first      waits for its mounts
 *   mounter    enters the first process's pid and ipc namespaces with host credentials, builds the mounts,
 *              hands back a locked copy
 *   builder    writes down what runs, lets the first process go on, becomes the keeper
 *
 * Whatever fails: the first process is killed, which ends its namespaces, which ends the mounts.
 */
#include "start_tree.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

#include "become_keeper.h"
#include "cgroup_join.h"
#include "confinement.h"
#include "descriptor_passing.h"
#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "netstring.h"
#include "paths.h"
#include "process_identity.h"
#include "run_directory.h"
#include "tree_root.h"
#include "tree_spec.h"
#include "user_namespace.h"

namespace {

struct Pair {
  UniqueFd ours, theirs;
};

Pair make_pair_of_sockets() {
  int fds[2];
  check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), "make socket pair");
  return Pair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

struct Pipe {
  UniqueFd out, in;
};

Pipe make_pipe() {
  int fds[2];
  check(pipe2(fds, O_CLOEXEC), "make pipe");
  return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

/** Runs `body` in a child that reports its failure and ends. */
template <typename Body>
pid_t run_child(int failures, Body body) {
  const pid_t pid = check(fork(), "fork");
  if (pid != 0) return pid;
  try {
    body();
    _exit(0);
  } catch (const Failure& failure) {
    report(failures, failure);
    _exit(1);
  }
}

bool ended_well(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status == 0;
}

struct Builder {
  const TreeSpec& spec;
  RunDirectory run;
  UniqueFd user_namespace;
  Confinement confinement;
  /** The built-in init, seen through a mount of its own that is read only, whatever /proc/1/exe is opened
   * for. */
  UniqueFd init_program;
  Pipe console = make_pipe();
  Pipe failures = make_pipe();
  Pair mounts_for_first = make_pair_of_sockets();
  pid_t first = -1;
  UniqueFd first_process{};

  void be_first();
  void be_entrant(int first_pid);
  void make_first();
  UniqueFd make_mounts();
  void release_first(const UniqueFd& mounts);
  [[noreturn]] void give_up(const Failure& failure, int report_to);
};

void Builder::be_first() {
  failures.out.reset();
  mounts_for_first.ours.reset();
  // A builder that died cannot send mounts: this ends us.
  UniqueFd mounts = receive_descriptor(mounts_for_first.theirs.get());
  if (!mounts) _exit(1);
  check(setns(mounts.get(), CLONE_NEWNS), "enter the tree's mounts");
  check(chdir("/"), "enter the tree's root");
  check(setsid(), "make session");
  UniqueFd nothing = check_fd(open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null of the tree");
  check(dup2(nothing.get(), 0), "set standard input");
  check(dup2(console.in.get(), 1), "set standard output");
  check(dup2(console.in.get(), 2), "set standard error");
  forget_our_attributes();
  const bool has_command = !spec.command.empty();
  // From here on, silence means that the program runs.
  write_all(failures.in.get(), "+");
  confine_and_execute(confinement, has_command ? -1 : init_program.get(),
                      has_command ? spec.command : std::vector<std::string>{"init"}, spec.environment);
}

void Builder::be_entrant(int first_pid) {
  join_cgroups(spec.cgroup_procs_files);
  lower_oom_protection();
  UniqueFd network = open_plain(spec.netns, O_RDONLY, "open netns " + spec.netns);
  check(setns(network.get(), CLONE_NEWNET), "enter netns " + spec.netns);
  become_root_of(user_namespace.get());
  int namespaces = 0;
  if (!leaves_out("pid-namespace")) namespaces |= CLONE_NEWPID;
  if (!leaves_out("ipc-namespace")) namespaces |= CLONE_NEWIPC;
  if (!leaves_out("uts-namespace")) namespaces |= CLONE_NEWUTS;
  if (!leaves_out("cgroup-namespace")) namespaces |= CLONE_NEWCGROUP;
  check(unshare(namespaces), "make namespaces");
  if (!leaves_out("uts-namespace"))
    check(sethostname(spec.hostname.data(), spec.hostname.size()), "set hostname");
  // Its parent is ours: the builder, which stays.
  const long pid = check(syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr),
                         "make first process");
  if (pid == 0) {
    try {
      be_first();
    } catch (const Failure& failure) {
      report(failures.in.get(), failure);
      _exit(1);
    }
  }
  const pid_t told = static_cast<pid_t>(pid);
  if (write(first_pid, &told, sizeof told) != sizeof told) fail("tell pid of first process");
}

void Builder::make_first() {
  Pipe first_pid = make_pipe();
  const pid_t entrant = run_child(failures.in.get(), [&] { be_entrant(first_pid.in.get()); });
  first_pid.in.reset();
  pid_t told;
  if (read(first_pid.out.get(), &told, sizeof told) == sizeof told) first = told;
  if (!ended_well(entrant) || first < 0) fail("make first process", ECHILD);
  first_process = check_fd(syscall(SYS_pidfd_open, first, 0), "open first process");
  mounts_for_first.theirs.reset();
}

UniqueFd Builder::make_mounts() {
  // Made only now: were the first process to hold an end too, a mounter that died would never be noticed.
  Pair hand_over = make_pair_of_sockets();
  const pid_t mounter = run_child(failures.in.get(), [&] {
    check(setns(first_process.get(), CLONE_NEWPID | CLONE_NEWIPC), "enter pid and ipc namespaces");
    // Only a child is in the pid namespace that was entered.
    const pid_t inside = run_child(failures.in.get(), [&] {
      UniqueFd mounts = build_locked_tree(spec, user_namespace.get());
      send_descriptor(hand_over.theirs.get(), mounts.get());
    });
    if (!ended_well(inside)) _exit(1);
  });
  hand_over.theirs.reset();
  UniqueFd mounts = receive_descriptor(hand_over.ours.get());
  if (!ended_well(mounter) || !mounts) fail("build mounts", ECHILD);
  return mounts;
}

std::string now_in_iso() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts;
  gmtime_r(&now.tv_sec, &parts);
  char text[64];
  const size_t size = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  const std::string milliseconds = std::to_string(1000 + now.tv_nsec / 1000000);
  return std::string(text, size) + "." + milliseconds.substr(1) + "Z";
}

std::string boot_id() {
  UniqueFd file = check_fd(open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC), "read boot id");
  return read_all(file.get(), 36);
}

std::string describe_process(pid_t pid) {
  return "{\"pid\":" + std::to_string(pid) + ",\"startTime\":" + std::to_string(start_time_of(pid)) + "}";
}

void Builder::release_first(const UniqueFd& mounts) {
  write_tree_file(run, "{\"keeper\":" + describe_process(getpid()) + ",\"init\":" + describe_process(first) +
                           ",\"startedAt\":\"" + now_in_iso() + "\",\"bootId\":\"" + boot_id() +
                           "\",\"idBase\":" + std::to_string(spec.id_base) + ",\"capabilities\":\"" +
                           std::to_string(spec.capabilities) + "\"}\n");
  send_descriptor(mounts_for_first.ours.get(), mounts.get());
  failures.in.reset();
  std::string said = read_all(failures.out.get(), 64 * 1024);
  if (said == "+") return;
  if (said.starts_with("+")) said.erase(0, 1);
  Failure failure{"first process ended before its program was executed", ECHILD};
  parse_report(said, failure);
  throw failure;
}

void Builder::give_up(const Failure& failure, int report_to) {
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

UniqueFd own_program() {
  UniqueFd self = check_fd(open("/proc/self/exe", O_PATH | O_CLOEXEC), "open own program");
  UniqueFd copy = clone_mount(self.get(), "own program");
  const uint64_t read_only = leaves_out("read-only-init") ? 0 : MOUNT_ATTR_RDONLY;
  set_attributes(copy.get(), read_only | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0, -1, "own program");
  return copy;
}

void leave_caller() {
  check(setsid(), "make session");
  check(chdir("/"), "enter /");
  UniqueFd nothing = check_fd(open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null");
  for (int fd = 0; fd < 3; fd++) check(dup2(nothing.get(), fd), "leave the caller's streams");
  signal(SIGPIPE, SIG_IGN);
}

[[noreturn]] void build(const TreeSpec& spec, const char* keeper_path, int report_to) {
  try {
    UniqueFd keeper = open_plain(keeper_path, O_PATH, "open keeper");
    check(faccessat(keeper.get(), "", X_OK, AT_EMPTY_PATH), "execute keeper");
    Builder builder{spec, prepare_run_directory(spec.run_directory, spec.console_bytes),
                    make_user_namespace(spec.id_base, spec.id_count),
                    prepare_confinement(spec.uid, spec.gid, spec.capabilities), own_program()};
    try {
      // So that a program in the tree can open /dev/stdout again.
      check(fchown(builder.console.in.get(), spec.id_base + spec.uid, spec.id_base + spec.gid),
            "own console pipe");
      builder.make_first();
      builder.release_first(builder.make_mounts());
      become_keeper(builder.run,
                    KeeperStart{spec.keeper_uid, spec.keeper_gid, keeper.get(), builder.first,
                                builder.first_process.get(), builder.console.out.get(), report_to});
    } catch (const Failure& failure) {
      builder.give_up(failure, report_to);
    }
  } catch (const Failure& failure) {
    report(report_to, failure);
    _exit(1);
  }
}

}  // namespace

void start_tree(const char* keeper_path) {
  try {
    const TreeSpec spec = parse_tree_spec(read_netstring(0));
    UniqueFd report_to = check_fd(fcntl(1, F_DUPFD_CLOEXEC, 3), "keep the report's descriptor");
    // The caller waits for the report, not for us: the builder outlives it.
    if (check(fork(), "fork") != 0) _exit(0);
    leave_caller();
    build(spec, keeper_path, report_to.get());
  } catch (const Failure& failure) {
    report(1, failure);
    _exit(1);
  }
}
