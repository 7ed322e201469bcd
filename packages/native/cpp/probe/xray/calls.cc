#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>

#include "report.h"
#include "xray.h"

namespace {

/** Arguments that the kernel refuses on its own, so that whatever gets there does nothing. */
constexpr long kBad = -1;
struct Call {
  const char* group;
  const char* name;
  long number;
  long a = kBad, b = kBad, c = kBad, d = kBad, e = kBad;
};

constexpr Call kCalls[] = {
    {"mount", "mount", SYS_mount},
    {"mount", "umount2", SYS_umount2},
    {"mount", "pivot_root", SYS_pivot_root},
    {"mount", "open_tree", SYS_open_tree},
    {"mount", "move_mount", SYS_move_mount},
    {"mount", "fsopen", SYS_fsopen},
    {"mount", "fsconfig", SYS_fsconfig},
    {"mount", "fsmount", SYS_fsmount},
    {"mount", "fspick", SYS_fspick},
    {"mount", "mount_setattr", SYS_mount_setattr},
    {"mount", "chroot", SYS_chroot},
    {"mount", "swapon", SYS_swapon},
    {"mount", "swapoff", SYS_swapoff},
    {"mount", "quotactl", SYS_quotactl},
    // With no flag at all these make nothing.
    {"namespace", "unshare", SYS_unshare, 0},
    {"namespace", "unshare a user namespace", SYS_unshare, CLONE_NEWUSER},
    {"namespace", "unshare a mount namespace", SYS_unshare, CLONE_NEWNS},
    {"namespace", "setns", SYS_setns},
    {"namespace", "clone3", SYS_clone3},
    {"kernel", "bpf", SYS_bpf},
    {"kernel", "perf_event_open", SYS_perf_event_open},
    {"kernel", "userfaultfd", SYS_userfaultfd},
    {"kernel", "io_uring_setup", SYS_io_uring_setup},
    {"kernel", "init_module", SYS_init_module},
    {"kernel", "finit_module", SYS_finit_module},
    {"kernel", "delete_module", SYS_delete_module},
    {"kernel", "kexec_load", SYS_kexec_load},
    {"kernel", "kexec_file_load", SYS_kexec_file_load},
    {"kernel", "reboot", SYS_reboot, 0, 0, 0},
    {"kernel", "syslog", SYS_syslog, 3, 0, 0},
    {"kernel", "acct", SYS_acct},
    {"kernel", "iopl", SYS_iopl, 0},
    {"kernel", "ioperm", SYS_ioperm, 0, 0, 0},
    {"kernel", "modify_ldt", SYS_modify_ldt, 0, kBad, 16},
    {"process", "ptrace", SYS_ptrace},
    {"process", "process_vm_readv", SYS_process_vm_readv},
    {"process", "process_vm_writev", SYS_process_vm_writev},
    {"process", "kcmp", SYS_kcmp},
    {"process", "pidfd_open", SYS_pidfd_open},
    {"process", "pidfd_getfd", SYS_pidfd_getfd},
    {"process", "move_pages", SYS_move_pages},
    {"process", "migrate_pages", SYS_migrate_pages},
    {"process", "personality without address layout", SYS_personality, 0x0040000},
    {"keyring", "add_key", SYS_add_key},
    {"keyring", "request_key", SYS_request_key},
    {"keyring", "keyctl", SYS_keyctl},
    {"time", "settimeofday", SYS_settimeofday},
    {"time", "clock_settime", SYS_clock_settime},
    {"time", "adjtimex", SYS_adjtimex},
    {"time", "clock_adjtime", SYS_clock_adjtime},
    {"file", "open_by_handle_at", SYS_open_by_handle_at},
    {"file", "name_to_handle_at", SYS_name_to_handle_at},
    {"file", "fanotify_init", SYS_fanotify_init},
    {"file", "memfd_create", SYS_memfd_create},
    {"file", "memfd_secret", SYS_memfd_secret},
    {"file", "a character device by mknod", SYS_mknodat, AT_FDCWD, reinterpret_cast<long>("/nowhere/null"),
     020600, 0x103},
    {"terminal", "TIOCSTI", SYS_ioctl, kBad, TIOCSTI},
    {"terminal", "TIOCLINUX", SYS_ioctl, kBad, TIOCLINUX},
};

/** In a child: what a call does to whoever calls it ends with that. */
std::string answer_of(const Call& call) {
  int outcome[2];
  if (pipe2(outcome, O_CLOEXEC) < 0) return "cannot be asked";
  const pid_t child = fork();
  if (child < 0) return "cannot be asked";
  if (child == 0) {
    alarm(2);
    errno = 0;
    const long result = syscall(call.number, call.a, call.b, call.c, call.d, call.e);
    const int error = result < 0 ? errno : 0;
    _exit(write(outcome[1], &error, sizeof error) == sizeof error ? 0 : 1);
  }
  close(outcome[1]);
  int error = 0, status = 0;
  const bool answered = read(outcome[0], &error, sizeof error) == sizeof error;
  close(outcome[0]);
  waitpid(child, &status, 0);
  if (!answered) return WIFSIGNALED(status) ? "ended by signal " + std::to_string(WTERMSIG(status)) : "no answer";
  if (error == EPERM || error == ENOSYS) return "refused: " + name_of_error(error);
  return error == 0 ? "reached: succeeds" : "reached: " + name_of_error(error);
}

/** The entry of 32-bit programs, which a filter that knows only one table of numbers lets through. */
long by_interrupt(long number) {
#ifdef __x86_64__
  long result;
  asm volatile("int $0x80" : "=a"(result) : "a"(number) : "memory", "r8", "r9", "r10", "r11");
  return result;
#else
  return -ENOSYS + 0 * number;
#endif
}

std::string answer_by_interrupt() {
  constexpr long kGetPid32 = 20;
  const pid_t child = fork();
  if (child == 0) _exit(by_interrupt(kGetPid32) > 0 ? 0 : 1);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) return "cannot be asked";
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "reached: succeeds" : "refused";
}

}  // namespace

void see_calls() {
  // A child that ends would print what is not flushed once more.
  fflush(stdout);
  for (const Call& call : kCalls) {
    found("call", std::string(call.group) + ": " + call.name, answer_of(call));
    fflush(stdout);
  }
  found("call", "foreign: int 0x80", answer_by_interrupt());
}
