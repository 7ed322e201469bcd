/* What root of a tree may and may not do, one `name outcome` line for each try; nothing of it lasts. */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/reboot.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "outcome.h"

/* Scheduling, limits and labels (requirement H29). */
static void process(void) {
  const struct sched_param one = {.sched_priority = 1};
  tell("real-time", sched_setscheduler(0, SCHED_FIFO, &one));
  tell("nice", setpriority(PRIO_PROCESS, 0, -5));
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_max++;
  tell("raise-limit", setrlimit(RLIMIT_NOFILE, &files));
  tell("label", open("/proc/self/attr/current", O_WRONLY) < 0 ? -1 : write(open("/proc/self/attr/current", O_WRONLY), "x", 1));
}

static void capabilities(void) {
  tell("insmod", syscall(SYS_init_module, NULL, 0L, ""));
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  tell("set-clock", clock_settime(CLOCK_REALTIME, &now));
  tell("mknod", mknod("/tmp/powers-null", S_IFCHR | 0666, makedev(1, 3)));
  struct ifreq request = {.ifr_name = "lo"};
  struct sockaddr_in *address = (struct sockaddr_in *)&request.ifr_addr;
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = htonl(0xc0000207);
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  tell("add-address", ioctl(fd, SIOCSIFADDR, &request));
  tell("chroot", chroot("/"));
}

/* The machine as a whole (requirement H31). */
static void machine(void) {
  tell("reboot", syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_CAD_OFF, NULL));
  tell("syslog", klogctl(10, NULL, 0));
  tell("swapon", swapon("/tmp/none", 0));
  tell("selinux", open("/sys/fs/selinux/enforce", O_WRONLY));
}

static void set_file_capability(const char *path) {
  struct vfs_cap_data data = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE};
  data.data[0].permitted = 1u << CAP_NET_BIND_SERVICE;
  tell("setcap", setxattr(path, "security.capability", &data, sizeof data, 0));
}

/* A filter of our own that asks us instead of whoever asks already. */
static void second_listener(void) {
  struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {1, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  tell("listener", syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
}

int main(int count, char **arguments) {
  const char *verb = count > 1 ? arguments[1] : "";
  if (!strcmp(verb, "process")) process();
  else if (!strcmp(verb, "capabilities")) capabilities();
  else if (!strcmp(verb, "machine")) machine();
  else if (!strcmp(verb, "chroot")) tell("chroot", chroot("/"));
  else if (!strcmp(verb, "set-file-capability") && count == 3) set_file_capability(arguments[2]);
  else if (!strcmp(verb, "second-listener")) second_listener();
  else if (!strcmp(verb, "bits")) printf("securebits %d\ndumpable %d\n", prctl(PR_GET_SECUREBITS), prctl(PR_GET_DUMPABLE));
  else if (!strcmp(verb, "namespaces")) tell("net", unshare(CLONE_NEWNET)), tell("mnt", unshare(CLONE_NEWNS));
  else return 2;
  return 0;
}
