/**
 * Holds what must survive whoever started a tree: it is the parent of the tree's first process, knows how
 * that ended, and keeps what it wrote. It runs as a user of its own, without capabilities, outside the tree,
 * and takes no commands: whoever connects only hears `c` when there is more console and `x` when all is over.
 * Descriptors are opened by `spawn` and have fixed numbers (keeper_descriptors.h).
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "console_ring.h"
#include "crash_point.h"
#include "keeper_descriptors.h"
#include "keeper_filter.h"
#include "paths.h"
#include "unique_fd.h"

namespace {

constexpr size_t kListenersMost = 64;

class Listeners {
 public:
  void accept_one() {
    UniqueFd fd(accept4(kListenSocket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    // What came before the listener did is in the files: tell it to look once.
    if (fd && fds_.size() < kListenersMost && send(fd.get(), "c", 1, MSG_NOSIGNAL) == 1)
      fds_.push_back(std::move(fd));
    CRASH_POINT("keeper took a listener");
  }
  void tell(char news) {
    std::erase_if(fds_, [news](const UniqueFd& fd) {
      // A full socket means unread news of the same kind: nothing is lost by not adding to it.
      return send(fd.get(), &news, 1, MSG_NOSIGNAL) < 0 && errno != EAGAIN;
    });
  }
  void watch(std::vector<pollfd>& polled) const {
    for (const UniqueFd& fd : fds_) polled.push_back({fd.get(), POLLIN, 0});
  }
  /** Listeners say nothing: whatever arrives is their farewell. */
  void drop(int gone) {
    std::erase_if(fds_, [gone](const UniqueFd& fd) { return fd.get() == gone; });
  }

 private:
  std::vector<UniqueFd> fds_;
};

/** Whether anything was read. `over` is set at the end of file. */
bool drain(ConsoleRing& ring, bool& over) {
  char buffer[16384];
  const ssize_t n = read(kConsolePipe, buffer, sizeof buffer);
  if (n > 0) ring.append({buffer, static_cast<size_t>(n)});
  CRASH_POINT("keeper kept what was written");
  if (n == 0) over = true;
  return n > 0;
}

void write_exit(int status) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  const long long milliseconds = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
  const std::string code = WIFEXITED(status) ? std::to_string(WEXITSTATUS(status)) : "-";
  const std::string signal = WIFSIGNALED(status) ? std::to_string(WTERMSIG(status)) : "-";
  // The newline is what makes the line complete.
  // Not synced: after a power cut the host's new boot decides, not how the tree ended.
  write_all(kExitFile, code + " " + signal + " " + std::to_string(milliseconds) + "\n");
}

void ignore_what_is_meant_for_others() {
  for (const int signal :
       {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU}) {
    struct sigaction action {};
    action.sa_handler = SIG_IGN;
    sigaction(signal, &action, nullptr);
  }
}

int keep(pid_t first) {
  ConsoleRing ring(kConsoleRing);
  Listeners listeners;
  bool console_over = false;
  int status = 0;
  for (bool ended = false; !ended;) {
    std::vector<pollfd> polled{{kFirstProcess, POLLIN, 0}, {kListenSocket, POLLIN, 0}};
    polled.push_back({console_over ? -1 : kConsolePipe, POLLIN, 0});
    const size_t fixed = polled.size();
    listeners.watch(polled);
    if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return 1;
    if (polled[2].revents != 0 && drain(ring, console_over)) listeners.tell('c');
    if (polled[1].revents != 0) listeners.accept_one();
    for (size_t i = fixed; i < polled.size(); i++)
      if (polled[i].revents != 0) listeners.drop(polled[i].fd);
    if (polled[0].revents != 0) ended = waitpid(first, &status, 0) == first || errno == ECHILD;
  }
  while (!console_over && drain(ring, console_over)) {
  }
  CRASH_POINT("keeper saw the end");
  write_exit(status);
  CRASH_POINT("keeper wrote the end down");
  // Whoever hears of the end may start the next tree here at once.
  close(kLock);
  CRASH_POINT("keeper gave the lock back");
  listeners.tell('x');
  CRASH_POINT("keeper told its listeners");
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
#ifdef CRASH_POINTS
  take_crash_points_over();
#endif
  if (count != 2) return 2;
  CRASH_POINT("keeper began");
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  prctl(PR_SET_NAME, "keeper", 0, 0, 0);
  ignore_what_is_meant_for_others();
  fcntl(kConsolePipe, F_SETFL, fcntl(kConsolePipe, F_GETFL) | O_NONBLOCK);
  fcntl(kListenSocket, F_SETFL, fcntl(kListenSocket, F_GETFL) | O_NONBLOCK);
  // What it holds is worth more than what it is confined by: an old kernel's refusal does not end it.
  confine_keeper();
  CRASH_POINT("keeper confined itself");
  write_all(kReportPipe, "ok\n");
  close(kReportPipe);
  CRASH_POINT("keeper reported");
  return keep(static_cast<pid_t>(std::atoi(arguments[1])));
}
