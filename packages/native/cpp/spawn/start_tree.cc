#include "start_tree.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

#include "become_keeper.h"
#include "crash_point.h"
#include "failure.h"
#include "netstring.h"
#include "own_program.h"
#include "paths.h"
#include "resource_limits.h"
#include "tree_builder.h"
#include "tree_facts.h"
#include "tree_root.h"

namespace {

/**
 * Goes on as a child, and ends. As fork, but in the same memory, which a fork would copy for one of two to throw
 * away: until it has ended the parent must not touch the stack, which is the child's.
 */
void go_on_as_child() {
  long result = SYS_clone;
  register long no_ids asm("r10") = 0;
  register long no_tls asm("r8") = 0;
  asm volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jle 1f\n\t"
      "xor %%edi, %%edi\n\t"
      "mov %[end], %%eax\n\t"
      "syscall\n"
      "1:"
      : "+a"(result)
      : "D"(long{CLONE_VM | SIGCHLD}), "S"(0L), "d"(0L), "r"(no_ids), "r"(no_tls), [end] "i"(SYS_exit_group)
      : "rcx", "r11", "memory", "cc");
  if (result == 0) return;
  errno = static_cast<int>(-result);
  fail("fork");
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
    check_sources(spec);
    allow_limits(spec.resource_limits);
    TreeBuilder builder{
        spec, RunningRange::take(spec.id_base), take_run_directory(spec.run_directory),
        prepare_confinement(spec.uid, spec.gid, spec.capabilities, spec.confinement, spec.resource_limits),
        spec.command.empty() ? own_program() : UniqueFd()};
    CRASH_POINT("spawn prepared the tree");
    try {
      // So that a program in the tree can open /dev/stdout again.
      check(fchown(builder.console.in.get(), spec.id_base + spec.uid, spec.id_base + spec.gid),
            "own console pipe");
      builder.make_first();
      builder.begin_mounts();
      prepare_for_keeper(builder.run, spec.console_bytes);
      const std::string facts = tree_facts(spec, getpid(), builder.first);
      const LockedTree tree = builder.receive_mounts();
      CRASH_POINT("spawn received the mounts");
      // Who reads the facts may enter, and then a broker's door must be there.
      builder.make_broker(tree.mounts);
      write_tree_file(builder.run, facts);
      CRASH_POINT("spawn wrote the facts of the tree");
      builder.release_first(tree.mounts);
      become_keeper(builder.run,
                    KeeperStart{spec.keeper_uid, spec.keeper_gid, keeper.get(), builder.first,
                                builder.first_process.get(), builder.console.out.get(), report_to,
                                tree.console.get()});
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
#ifdef CRASH_POINTS
    arm_crash_points();
#endif
    const TreeSpec spec = parse_tree_spec(read_netstring(0));
    CRASH_POINT("spawn read the spec");
    UniqueFd report_to = check_fd(fcntl(1, F_DUPFD_CLOEXEC, 3), "keep the report's descriptor");
    // The caller waits for the report, not for us: the builder outlives it.
    go_on_as_child();
    leave_caller();
    CRASH_POINT("spawn left its caller");
    build(spec, keeper_path, report_to.get());
  } catch (const Failure& failure) {
    report(1, failure);
    _exit(1);
  }
}
