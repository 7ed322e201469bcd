#include "keeper_filter.h"

#include <sys/ioctl.h>

#include "allow_only.h"

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

// What else is asked for is refused, and does not kill: a keeper that dies takes the exit status with it.
bool confine_keeper() {
  // The other side of a terminal is opened by it.
  return allow_only(kNeeded, TIOCGPTPEER);
}
