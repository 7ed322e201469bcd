#include "exec_in_tree.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "capabilities.h"
#include "cgroup_join.h"
#include "confinement.h"
#include "exec_relay.h"
#include "exec_request.h"
#include "failure.h"
#include "mount_broker.h"
#include "mutant.h"
#include "netstring.h"
#include "own_program.h"
#include "paths.h"
#include "pipes.h"
#include "process_identity.h"
#include "pty.h"
#include "resource_limits.h"
#include "user_namespace.h"

namespace {

constexpr int kControl = 3;
constexpr int kFirstFree = 4;
constexpr uint64_t kMayKill = uint64_t{1} << 5;

/** Belongs to the command's user, who may want to open /dev/stdout again. */
Pipe make_pipe_of(uid_t uid, gid_t gid) {
  Pipe pipe = make_pipe();
  check(fchown(pipe.in.get(), uid, gid), "own pipe");
  return pipe;
}

/** Who moves itself into a group of the v2 tree stops every fork of the host for a grace period of the
 * kernel, 5 to 20 ms; who is born there does not. So a child goes on, and we hold nothing more and wait for it:
 * an init that does not ask how strangers ended would keep it in the group. */
void enter_groups(const ExecRequest& request) {
  const Groups groups = open_groups(request.cgroup_procs_files);
  if (groups.unified) {
    int unused = -1;
    const long child = fork_into(groups.unified.get(), 0, unused);
    if (child > 0) {
      close_range(0, ~0U, 0);
      waitpid(static_cast<pid_t>(child), nullptr, 0);
      _exit(0);
    }
    if (child == 0) return join(groups, UniqueFd());
    // The kernel cannot, or the group may not: it says so when it is joined.
  }
  join(groups, open_procs(groups.unified));
}

void enter(const ExecRequest& request) {
  UniqueFd first = open_process(request.init, request.init_start);
  const std::string path = "/proc/" + std::to_string(request.init) + "/ns/mnt";
  UniqueFd mounts = check_fd(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open the tree's mounts");
  const int with_host_credentials = leaves_out("exec-own-mounts") ? CLONE_NEWNS : 0;
  // It lives, so that what was opened by its number is its own.
  check(setns(first.get(), with_host_credentials | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |
                               CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP),
        "enter the tree");
  // A first process on its way is known, and still in the host's mounts: no member of the tree may enter
  // those.
  if (with_host_credentials == 0 && setns(mounts.get(), CLONE_NEWNS) < 0)
    fail(errno == EPERM ? "enter the tree's mounts: it has not entered them itself yet"
                        : "enter the tree's mounts",
         errno == EPERM ? EAGAIN : errno);
  check(chdir("/"), "enter the tree's root");
  become_root();
}

struct Streams {
  UniqueFd terminal;
  Pipe input, output, error;
};

Streams make_streams(const ExecRequest& request) {
  Streams streams;
  if (request.tty) {
    streams.terminal = open_terminal(request.rows, request.columns);
    return streams;
  }
  for (Pipe* pipe : {&streams.input, &streams.output, &streams.error})
    *pipe = make_pipe_of(request.uid, request.gid);
  return streams;
}

[[noreturn]] void be_command(const ExecRequest& request, const Confinement& confinement,
                             const Streams& streams, int program, int failures) {
  try {
    check(setsid(), "make session");
    if (streams.terminal) {
      sit_at_terminal(streams.terminal.get(), request.uid);
    } else {
      check(dup2(streams.input.out.get(), 0), "set standard input");
      check(dup2(streams.output.in.get(), 1), "set standard output");
      check(dup2(streams.error.in.get(), 2), "set standard error");
    }
    sigset_t none;
    sigemptyset(&none);
    forget_our_attributes(none, confinement);
    write_all(failures, "+");
    confine_and_execute(confinement, program, request.command, request.environment);
  } catch (const Failure& failure) {
    report(failures, failure);
  }
  _exit(126);
}

void answer_exit(int status) {
  const std::string code = WIFEXITED(status) ? std::to_string(WEXITSTATUS(status)) : "-";
  const std::string signal = WIFSIGNALED(status) ? std::to_string(WTERMSIG(status)) : "-";
  write_all(kControl, "exit " + code + " " + signal + "\n");
}

void run(const ExecRequest& request) {
  // The groups come first: nothing we do for the tree is outside its limits.
  if (!leaves_out("exec-cgroups")) enter_groups(request);
  lower_oom_protection(0);
  Confinement confinement = prepare_confinement(request.uid, request.gid, request.capabilities,
                                                request.confinement, request.resource_limits);
  allow_limits(request.resource_limits);
  // Of the host, so it is opened before the tree is entered.
  UniqueFd program = request.own_program ? own_program() : UniqueFd();
  const UniqueFd broker =
      request.confinement.mount_broker ? knock_at_broker(request.run_directory) : UniqueFd();
  confinement.broker = broker.get();
  enter(request);
  Streams streams = make_streams(request);
  Pipe outcome = make_pipe();
  const pid_t command = check(fork(), "fork");
  if (command == 0) be_command(request, confinement, streams, program.get(), outcome.in.get());
  outcome.in.reset();
  // All that is left to do is to carry bytes, and to kill the command when its caller goes.
  hold_capabilities(kMayKill);
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
  std::string said = read_all(outcome.out.get(), 64 * 1024);
  if (said != "+") {
    waitpid(command, nullptr, 0);
    if (said.starts_with("+")) said.erase(0, 1);
    Failure failure{"command ended before its program was executed", ECHILD};
    parse_report(said, failure);
    throw failure;
  }
  write_all(kControl, "ok\n");
  ExecRelay relay{command,
                  check_fd(syscall(SYS_pidfd_open, command, 0), "open command"),
                  std::move(streams.terminal),
                  std::move(streams.input.in),
                  std::move(streams.output.out),
                  std::move(streams.error.out)};
  streams = Streams{};
  answer_exit(relay.run());
}

}  // namespace

int exec_in_tree() {
  signal(SIGPIPE, SIG_IGN);
  try {
    check(close_range(kFirstFree, ~0U, 0), "close descriptors");
    run(parse_exec_request(read_netstring(kControl)));
    return 0;
  } catch (const Failure& failure) {
    report(kControl, failure);
    return 1;
  }
}
