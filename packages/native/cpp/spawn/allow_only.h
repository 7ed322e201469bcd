#pragma once

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <iterator>

/** Stands for no request of ioctl(2) at all. */
inline constexpr unsigned kNoRequest = 0;

/**
 * From here on this process makes the system calls named and no others, and of ioctl(2), when it is not among them,
 * `request` alone: what else it asks for is answered with EPERM, and nothing kills it. Calls of another architecture
 * do not exist. Needs no C library but `syscall`. False, with errno: the kernel refused.
 */
template <size_t count>
inline bool allow_only(const long (&calls)[count], unsigned request = kNoRequest) {
  constexpr size_t kHead = 8;
  sock_filter code[kHead + count + 2] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, request == kNoRequest ? ~0U : static_cast<unsigned>(SYS_ioctl), 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args) + sizeof(__u64)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, request, static_cast<unsigned char>(count + 2), 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
  };
  for (size_t i = 0; i < count; i++)
    code[kHead + i] = BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(calls[i]),
                               static_cast<unsigned char>(count - i), 0);
  code[kHead + count] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  code[kHead + count + 1] = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const sock_fprog program{static_cast<unsigned short>(std::size(code)), code};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}
