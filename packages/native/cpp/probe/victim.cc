#include "victim.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "outcome.h"

namespace {

char g_secret[64];
int g_harm = -1;

void be_harmed(int signal) {
  char line[32];
  const int size = std::snprintf(line, sizeof line, "signalled %d\n", signal);
  if (write(g_harm, line, static_cast<size_t>(size)) < 0) _exit(1);
}

int listen_on(const std::string& name, bool is_abstract) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t from = is_abstract ? 1 : 0;
  name.copy(address.sun_path + from, sizeof address.sun_path - 1 - from);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const socklen_t size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + from + name.size());
  if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), size) < 0 || listen(fd, 8) < 0) return -1;
  return fd;
}

void pass(int to, const int* descriptors, size_t count) {
  char text[1] = {'d'};
  iovec data{text, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 8)] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int) * count);
  std::memcpy(CMSG_DATA(header), descriptors, sizeof(int) * count);
  sendmsg(to, &message, MSG_NOSIGNAL);
}

/** `rename`: takes the directory in which the asker stands out of what both can see; `exchange`: and puts
 * another there. */
void obey(int asker, const std::string& directory, const std::string& order) {
  if (order == "rename" || order == "exchange") {
    const std::string inner = directory + "/stand/deep",
                      outer = directory + "/../taken-" + std::to_string(getpid());
    const bool exchange = order == "exchange";
    const bool done =
        (!exchange || mkdir(outer.c_str(), 0777) == 0) &&
        renameat2(AT_FDCWD, inner.c_str(), AT_FDCWD, outer.c_str(), exchange ? RENAME_EXCHANGE : 0) == 0;
    if (write(asker, done ? "y" : "n", 1) < 0) return;
    char wait;
    if (read(asker, &wait, 1) >= 0) rmdir(outer.c_str());
    return;
  }
  const int descriptors[] = {
      open("/", O_PATH | O_DIRECTORY | O_CLOEXEC),
      open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
      static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0)),
      open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC),
      open((directory + "/read-only-for-others").c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0444),
      open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC)};
  pass(asker, descriptors, std::size(descriptors));
  for (const int fd : descriptors) close(fd);
}

void serve(int listener, const std::string& directory) {
  const int asker = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (asker < 0) return;
  char order[32] = {};
  pollfd ready{asker, POLLIN, 0};
  if (poll(&ready, 1, 1000) == 1 && read(asker, order, sizeof order - 1) > 0) obey(asker, directory, order);
  close(asker);
}

}  // namespace

int be_victim(const char* path) {
  const std::string directory = path, nonce = told("NONCE");
  // Put together here: nowhere else in memory or on disk does it stand whole.
  std::snprintf(g_secret, sizeof g_secret, "secret-%s", nonce.c_str());
  umask(0);
  g_harm = open((directory + "/harm").c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
  for (int number = 1; number < NSIG; number++)
    if (number != SIGKILL && number != SIGSTOP && number != SIGTERM && number != SIGCHLD && number != SIGINT)
      signal(number, be_harmed);
  const std::string socket_path = directory + "/victim.sock";
  unlink(socket_path.c_str());
  const int listener = listen_on(socket_path, false);
  chmod(socket_path.c_str(), 0777);
  const int abstract = listen_on("probe-" + nonce, true);
  const int queue =
      msgget(static_cast<key_t>(std::strtol(nonce.substr(0, 7).c_str(), nullptr, 16)), IPC_CREAT | 0666);
  FILE* facts = std::fopen((directory + "/victim.new").c_str(), "w");
  if (!facts || listener < 0) return std::perror("victim"), 1;
  std::fprintf(facts, "pid %d\nsecret %p\nqueue %d\nabstract %s\n", getpid(), static_cast<void*>(g_secret),
               queue, abstract >= 0 ? "yes" : "no");
  std::fclose(facts);
  rename((directory + "/victim.new").c_str(), (directory + "/victim").c_str());
  for (;;) {
    pollfd ready{listener, POLLIN, 0};
    if (poll(&ready, 1, -1) == 1) serve(listener, directory);
  }
}
