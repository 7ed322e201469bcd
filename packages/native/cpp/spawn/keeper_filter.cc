#include "keeper_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <iterator>

/** Read, write, wait, listen, end: nothing that opens, executes, forks, signals, or changes its memory. */
static constexpr long kNeeded[] = {
    SYS_read,
    SYS_write,
    SYS_pread64,
    SYS_pwrite64,
    SYS_close,
    SYS_fcntl,
    SYS_poll,
    SYS_sendto,
    SYS_accept4,
    SYS_wait4,
    SYS_clock_gettime,
    SYS_exit_group,
    SYS_restart_syscall,
#ifdef CRASH_POINTS
    // Of the crash points, and of the C library that they need.
    SYS_openat,
    SYS_renameat,
    SYS_kill,
    SYS_getpid,
    SYS_brk,
    SYS_mmap,
    SYS_munmap,
    SYS_mremap,
    SYS_futex,
    SYS_madvise,
    SYS_rt_sigreturn,
    SYS_exit,
    SYS_ppoll,
#endif
};

bool confine_keeper() {
  constexpr size_t kCalls = std::size(kNeeded);
  sock_filter code[kCalls + 6] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  for (size_t i = 0; i < kCalls; i++)
    code[4 + i] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(kNeeded[i]),
                           static_cast<unsigned char>(kCalls - i), 0);
  // Refused, not killed: a keeper that dies takes the exit status with it.
  code[4 + kCalls] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  code[5 + kCalls] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const sock_fprog program{static_cast<unsigned short>(std::size(code)), code};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}
