#include "broker_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <iterator>

#include "failure.h"

/** Open, read, mount, answer, end: nothing that executes, forks, signals, or makes a socket. */
static constexpr long kNeeded[] = {SYS_read,
                                   SYS_pread64,
                                   SYS_process_vm_readv,
                                   SYS_close,
                                   SYS_openat,
                                   SYS_openat2,
                                   SYS_fstat,
                                   SYS_newfstatat,
                                   SYS_statx,
                                   SYS_readlinkat,
                                   SYS_poll,
                                   SYS_ioctl,
                                   SYS_accept4,
                                   SYS_recvmsg,
                                   SYS_fsopen,
                                   SYS_fsconfig,
                                   SYS_fsmount,
                                   SYS_open_tree,
                                   SYS_move_mount,
                                   SYS_mount_setattr,
                                   SYS_umount2,
                                   SYS_sysinfo,
                                   SYS_brk,
                                   SYS_mmap,
                                   SYS_munmap,
                                   SYS_mremap,
                                   SYS_madvise,
                                   SYS_futex,
                                   SYS_write,
                                   SYS_exit_group,
                                   SYS_restart_syscall,
                                   SYS_rt_sigreturn};

void confine_broker() {
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
  code[4 + kCalls] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  code[5 + kCalls] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const sock_fprog program{static_cast<unsigned short>(std::size(code)), code};
  check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), "confine the mount broker");
}
