/* Makes one system call each, as harmless as possible, and says how the kernel answered. */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "outcome.h"

static int inet(int family) { return socket(family, SOCK_STREAM, 0); }

static void socket_options(void) {
  const int on = 1;
  const int v4 = inet(AF_INET), v6 = inet(AF_INET6);
  tell("freebind", setsockopt(v4, IPPROTO_IP, 15, &on, sizeof on));
  tell("freebind6", setsockopt(v6, IPPROTO_IPV6, 78, &on, sizeof on));
  // The kernel takes level and name as 32-bit numbers: a high bit must not get past a comparison of 64.
  tell("freebind-high-level", syscall(SYS_setsockopt, (long)v4, 1L << 32 | IPPROTO_IP, 15L, &on, (long)sizeof on));
  tell("freebind-high-name", syscall(SYS_setsockopt, (long)v4, (long)IPPROTO_IP, 1L << 32 | 15L, &on, (long)sizeof on));
  tell("reuseaddr", setsockopt(v4, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
}

/* An address that nobody gave us, from the range for documentation. */
static void bind_foreign(void) {
  const int on = 1;
  const int fd = inet(AF_INET);
  setsockopt(fd, IPPROTO_IP, 15, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000207)};
  tell("bind-foreign", bind(fd, (struct sockaddr *)&address, sizeof address));
}

static void families(void) {
  tell("unix", socket(AF_UNIX, SOCK_STREAM, 0));
  tell("inet", socket(AF_INET, SOCK_DGRAM, 0));
  tell("inet6", socket(AF_INET6, SOCK_DGRAM, 0));
  tell("tcp", socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
  tell("ping", socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
  tell("udplite", socket(AF_INET, SOCK_DGRAM, 136));
  tell("udplite-high", syscall(SYS_socket, (long)AF_INET6, (long)SOCK_DGRAM, 1L << 32 | 136));
  tell("sctp", socket(AF_INET, SOCK_STREAM, 132));
  tell("packets-in-order", socket(AF_INET, SOCK_SEQPACKET | SOCK_NONBLOCK, 0));
  tell("netlink-route", socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  tell("netlink-generic", socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC));
  tell("netlink-netfilter", socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER));
  tell("vsock", socket(AF_VSOCK, SOCK_STREAM, 0));
  tell("vsock-high", syscall(SYS_socket, 1L << 32 | AF_VSOCK, (long)SOCK_STREAM, 0L));
  tell("packet", socket(AF_PACKET, SOCK_RAW, 0));
}

static void namespaces(void) {
  const long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
  if (child == 0) _exit(0);
  tell("clone", child);
  struct { uint64_t flags, rest[10]; } arguments = {.flags = 0, .rest = {0}};
  arguments.rest[3] = SIGCHLD;
  const long third = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (third == 0) _exit(0);
  tell("clone3", third);
  const int own = open("/proc/self/ns/uts", O_RDONLY);
  tell("setns", setns(own, CLONE_NEWUTS));
  tell("unshare", unshare(CLONE_NEWUSER));
}

static void kernel_doors(void) {
  char parameters[256] = {0};
  union bpf_attr attributes;
  memset(&attributes, 0, sizeof attributes);
  attributes.map_type = BPF_MAP_TYPE_ARRAY;
  attributes.key_size = attributes.value_size = 4;
  attributes.max_entries = 1;
  tell("add_key", syscall(SYS_add_key, "user", "cellblock-probe", "x", 1L, -3L));
  tell("keyctl", syscall(SYS_keyctl, 0L, -3L, 1L));
  tell("io_uring", syscall(SYS_io_uring_setup, 1L, parameters));
  tell("bpf", syscall(SYS_bpf, (long)BPF_MAP_CREATE, &attributes, (long)sizeof attributes));
  tell("perf", syscall(SYS_perf_event_open, parameters, 0L, -1L, -1L, 0L));
  tell("userfaultfd", syscall(SYS_userfaultfd, 1L /* user mode only */));
  tell("memfd_secret", syscall(SYS_memfd_secret, 0L));
  tell("kcmp", syscall(SYS_kcmp, (long)getpid(), (long)getpid(), 0L, 0L, 1L));
  tell("personality", personality(ADDR_NO_RANDOMIZE));
  tell("personality-query", personality(0xffffffff));
  tell("unknown", syscall(600L));
  tell("getpid", getpid());
}

#ifdef __x86_64__
/* The 32-bit entry: 20 is getpid there. */
static void foreign_abi(void) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(20L) : "memory", "r8", "r9", "r10", "r11");
  errno = result < 0 ? (int)-result : 0;
  tell("int80", result);
  tell("x32", syscall(0x40000000L | SYS_getpid));
}
#endif

/* Types a character into our own terminal, as if somebody had. */
static void inject(void) {
  setsid();
  const int master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
  const int unlock = 0;
  ioctl(master, TIOCSPTLCK, &unlock);
  const int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
  ioctl(slave, TIOCSCTTY, 0);
  tell("tiocsti", ioctl(slave, TIOCSTI, "x"));
  tell("tiocsti-high", syscall(SYS_ioctl, (long)slave, 1L << 32 | TIOCSTI, "x"));
  tell("window-size", ioctl(slave, TIOCGWINSZ, &(struct winsize){0}));
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  const char *group = arguments[1];
  if (!strcmp(group, "socket-options")) socket_options();
  else if (!strcmp(group, "bind-foreign")) bind_foreign();
  else if (!strcmp(group, "families")) families();
  else if (!strcmp(group, "namespaces")) namespaces();
  else if (!strcmp(group, "kernel-doors")) kernel_doors();
  else if (!strcmp(group, "foreign-abi")) foreign_abi();
  else if (!strcmp(group, "inject")) inject();
  else return 2;
  return 0;
}
