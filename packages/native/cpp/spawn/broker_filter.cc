#include "broker_filter.h"

#include "allow_only.h"
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
  if (!allow_only(kNeeded)) fail("confine the mount broker");
}
