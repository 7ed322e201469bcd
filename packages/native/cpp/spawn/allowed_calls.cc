/**
 * Runs when `spawn` is built and prints the filter as an array: libseccomp needs milliseconds to compile this
 * list, which no start has to wait for, and is then no part of what runs as root.
 */
#include <linux/filter.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "call_ranges.h"

/** What ordinary programs need: files, memory, processes of their own, sockets, time. Not io_setup(2): its
 * contexts are one number for the whole host, and one tree could take them all; programs fall back. */
static constexpr const char* kAllowed[] = {
    // files and directories
    "access", "chdir", "chmod", "chown", "chroot", "close", "close_range", "copy_file_range", "creat", "dup",
    "dup2", "dup3", "faccessat", "faccessat2", "fadvise64", "fallocate", "fchdir", "fchmod", "fchmodat",
    "fchown", "fchownat", "fcntl", "fdatasync", "fgetxattr", "flistxattr", "flock", "fremovexattr",
    "fsetxattr", "fstat", "fstatfs", "fsync", "ftruncate", "futimesat", "getcwd", "getdents", "getdents64",
    "getxattr", "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "lchown",
    "lgetxattr", "link", "linkat", "listxattr", "llistxattr", "lremovexattr", "lseek", "lsetxattr", "lstat",
    "mkdir", "mkdirat", "mknod", "mknodat", "name_to_handle_at", "newfstatat", "open", "openat", "openat2",
    "pipe", "pipe2", "pread64", "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2", "read", "readahead",
    "readlink", "readlinkat", "readv", "removexattr", "rename", "renameat", "renameat2", "rmdir", "sendfile",
    "setxattr", "splice", "stat", "statfs", "statx", "symlink", "symlinkat", "sync", "sync_file_range",
    "syncfs", "tee", "truncate", "umask", "unlink", "unlinkat", "utime", "utimensat", "utimes", "vmsplice",
    "write", "writev", "ioctl",
    // waiting
    "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd",
    "eventfd2", "pause", "poll", "ppoll", "pselect6", "select", "signalfd", "signalfd4",
    // memory
    "brk", "get_mempolicy", "madvise", "mbind", "membarrier", "memfd_create", "mincore", "mlock", "mlock2",
    "mlockall", "mmap", "mprotect", "mremap", "msync", "munlock", "munlockall", "munmap", "pkey_alloc",
    "pkey_free", "pkey_mprotect", "process_madvise", "process_mrelease", "remap_file_pages", "set_mempolicy",
    // processes, ids, signals
    "alarm", "arch_prctl", "capget", "capset", "clone", "execve", "execveat", "exit", "exit_group", "fork",
    "futex", "futex_waitv", "get_robust_list", "get_thread_area", "getcpu", "getegid", "geteuid", "getgid",
    "getgroups", "getitimer", "getpgid", "getpgrp", "getpid", "getppid", "getpriority", "getresgid",
    "getresuid", "getrlimit", "getrusage", "getsid", "gettid", "getuid", "ioprio_get", "ioprio_set", "kill",
    "landlock_add_rule", "landlock_create_ruleset", "landlock_restrict_self", "personality", "pidfd_open",
    "pidfd_send_signal", "prctl", "prlimit64", "process_vm_readv", "process_vm_writev", "ptrace", "reboot",
    "restart_syscall", "rseq", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo",
    "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_tgsigqueueinfo", "sched_get_priority_max",
    "sched_get_priority_min", "sched_getaffinity", "sched_getattr", "sched_getparam", "sched_getscheduler",
    "sched_rr_get_interval", "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler",
    "sched_yield", "seccomp", "set_robust_list", "set_thread_area", "set_tid_address", "setdomainname",
    "setfsgid", "setfsuid", "setgid", "setgroups", "sethostname", "setitimer", "setpgid", "setpriority",
    "setregid", "setresgid", "setresuid", "setreuid", "setrlimit", "setsid", "setuid", "sigaltstack",
    "sysinfo", "tgkill", "time", "times", "tkill", "uname", "ustat", "vfork", "wait4", "waitid",
    // time
    "clock_getres", "clock_gettime", "clock_nanosleep", "gettimeofday", "nanosleep", "timer_create",
    "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime", "timerfd_create", "timerfd_gettime",
    "timerfd_settime",
    // sockets and queues
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen",
    "mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedsend", "mq_unlink", "msgctl",
    "msgget", "msgrcv", "msgsnd", "recvfrom", "recvmmsg", "recvmsg", "semctl", "semget", "semop",
    "semtimedop", "sendmmsg", "sendmsg", "sendto", "setsockopt", "shmat", "shmctl", "shmdt", "shmget",
    "shutdown", "socket", "socketpair", "getrandom"};

/** Newer than this libseccomp's tables: fchmodat2, futex_wake, futex_wait, futex_requeue, getxattrat and its
 * kin. */
static constexpr int kAllowedByNumber[] = {452, 454, 455, 456, 463, 464, 465, 466};

/** Known and not for a tree: refused by name, so that programs see EPERM and not a kernel that is too old. */
static constexpr const char* kRefused[] = {"mount",
                                           "umount2",
                                           "pivot_root",
                                           "open_tree",
                                           "move_mount",
                                           "fsopen",
                                           "fsconfig",
                                           "fsmount",
                                           "fspick",
                                           "mount_setattr",
                                           "unshare",
                                           "setns",
                                           "add_key",
                                           "keyctl",
                                           "request_key",
                                           "bpf",
                                           "perf_event_open",
                                           "userfaultfd",
                                           "io_uring_setup",
                                           "io_uring_enter",
                                           "io_uring_register",
                                           "open_by_handle_at",
                                           "fanotify_init",
                                           "fanotify_mark",
                                           "kcmp",
                                           "pidfd_getfd",
                                           "memfd_secret",
                                           "move_pages",
                                           "migrate_pages",
                                           "kexec_load",
                                           "kexec_file_load",
                                           "init_module",
                                           "finit_module",
                                           "delete_module",
                                           "swapon",
                                           "swapoff",
                                           "acct",
                                           "quotactl",
                                           "quotactl_fd",
                                           "syslog",
                                           "vhangup",
                                           "settimeofday",
                                           "clock_settime",
                                           "adjtimex",
                                           "clock_adjtime",
                                           "iopl",
                                           "ioperm",
                                           "modify_ldt",
                                           "lookup_dcookie",
                                           "nfsservctl",
                                           "uselib"};

/** For the mutants: under the name of the protection that one leaves out, the refused calls that it lets
 * pass. */
struct Group {
  const char* name;
  std::initializer_list<const char*> calls;
};
static constexpr std::initializer_list<const char*> kEveryUnknownCall = {};
static const Group kGroups[] = {
    {"calls-mount",
     {"mount", "umount2", "pivot_root", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick",
      "mount_setattr"}},
    {"calls-namespaces", {"unshare", "setns"}},
    {"calls-keys", {"add_key", "keyctl", "request_key"}},
    {"calls-io-uring", {"io_uring_setup", "io_uring_enter", "io_uring_register"}},
    {"calls-userfaultfd", {"userfaultfd"}},
    {"calls-secret-memory", {"memfd_secret"}},
    {"calls-fanotify", {"fanotify_init", "fanotify_mark"}},
    {"calls-handles", {"open_by_handle_at"}},
    {"calls-inspection", {"kcmp", "pidfd_getfd", "move_pages", "migrate_pages"}},
    {"calls-clock", {"settimeofday", "clock_settime", "adjtimex", "clock_adjtime"}},
    {"calls-ports", {"iopl", "ioperm", "modify_ldt", "lookup_dcookie"}},
    {"calls-quota", {"quotactl", "quotactl_fd"}},
    {"calls-clone3", {"clone3"}},
    {"calls-unknown", kEveryUnknownCall},
    // Of any other architecture too: what passes here, argument_filter.cc is to let pass under the same name.
    {"native-calls", {"-"}},
};

static const Group* g_left_out = nullptr;

static bool lets_pass(const char* name) {
  if (g_left_out == nullptr) return false;
  for (const char* call : g_left_out->calls)
    if (std::strcmp(call, name) == 0) return true;
  return false;
}

static void require(int result, const char* step) {
  if (result >= 0) return;
  std::fprintf(stderr, "%s: %s\n", step, std::strerror(-result));
  std::exit(1);
}

/** Where a broker mounts for the tree: mount and umount2 pass here and go to it. The calls of the newer
 * interface do not exist, so that whoever prefers them falls back. */
static constexpr const char* kOfMounting[] = {"mount",    "umount2", "open_tree", "move_mount",   "fsopen",
                                              "fsconfig", "fsmount", "fspick",    "mount_setattr"};

static bool is_of_mounting(const char* name) {
  for (const char* one : kOfMounting)
    if (std::strcmp(one, name) == 0) return true;
  return false;
}

static bool g_has_broker = false;

static void print_filter() {
  // A number that nobody listed does not exist: what a later kernel brings is not there before somebody has
  // read it.
  const bool unknown_pass = g_left_out != nullptr && g_left_out->calls.size() == 0;
  scmp_filter_ctx filter = seccomp_init(unknown_pass ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(ENOSYS));
  if (filter == nullptr) std::exit(1);
  const bool foreign_pass = g_left_out != nullptr && std::strcmp(g_left_out->name, "native-calls") == 0;
  require(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,
                           foreign_pass ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(ENOSYS)),
          "refuse other architectures");
  for (const char* name : kAllowed) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) require(-EINVAL, name);
    // Negative: another architecture has it.
    if (number >= 0 && !unknown_pass) require(seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0), name);
  }
  for (const int number : kAllowedByNumber)
    if (!unknown_pass) require(seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0), "allow a newer call");
  if (lets_pass("clone3"))
    require(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone3), 0), "allow clone3");
  for (const char* name : {"mount", "umount2"})
    if (g_has_broker && !unknown_pass)
      require(seccomp_rule_add(filter, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(name), 0), name);
  for (const char* name : kRefused) {
    if (g_has_broker && is_of_mounting(name)) continue;
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) require(-EINVAL, name);
    if (number < 0) continue;
    if (!lets_pass(name))
      require(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), number, 0), name);
    else
      require(seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0), name);
  }
  const int memory = memfd_create("filter", 0);
  require(seccomp_export_bpf(filter, memory), "export filter");
  call_ranges::Program list;
  sock_filter step;
  for (off_t at = 0; pread(memory, &step, sizeof step, at) == sizeof step; at += sizeof step)
    list.push_back(step);
  for (const sock_filter& one : call_ranges::as_search(list))
    std::printf("{0x%x, %u, %u, 0x%x},\n", one.code, one.jt, one.jf, one.k);
  close(memory);
  seccomp_release(filter);
}

/** With `mounts`: for a tree with a mount broker. With `mutants`: the filters of the mutants, each behind its
 * name. */
int main(int count, char** arguments) {
  g_has_broker = count > 1 && std::strcmp(arguments[1], "mounts") == 0;
  if (count == 1 || g_has_broker) return print_filter(), 0;
  for (const Group& group : kGroups) {
    g_left_out = &group;
    std::printf("{\"%s\", {\n", group.name);
    print_filter();
    std::printf("}},\n");
  }
  return 0;
}
