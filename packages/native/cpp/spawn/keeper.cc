/**
 * Holds what must survive whoever started a tree: it is the parent of the tree's first process, knows how
 * that ended, and keeps what it wrote. It runs as a user of its own, without capabilities, outside the tree,
 * and takes no commands: whoever connects only hears `c` when there is more console and `x` when all is over.
 * Nothing in it allocates, and nothing throws: it is linked without a C library (keeper_calls.cc).
 * Descriptors are opened by `spawn` and have fixed numbers (keeper_descriptors.h).
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>

#include "console_ring.h"
#include "crash_point.h"
#include "keeper_descriptors.h"
#include "keeper_filter.h"

namespace {

constexpr size_t kListenersMost = 64;

class Listeners {
 public:
  void accept_one() {
    const int fd = accept4(kListenSocket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    // What came before the listener did is in the files: tell it to look once.
    if (fd >= 0 && count_ < kListenersMost && send(fd, "c", 1, MSG_NOSIGNAL) == 1)
      fds_[count_++] = fd;
    else if (fd >= 0)
      close(fd);
    CRASH_POINT("keeper took a listener");
  }
  void tell(char news) {
    for (size_t i = count_; i-- > 0;)
      // A full socket means unread news of the same kind: nothing is lost by not adding to it.
      if (send(fds_[i], &news, 1, MSG_NOSIGNAL) < 0 && errno != EAGAIN) drop_at(i);
  }
  /** Puts them at `polled` and answers with their number. */
  size_t watch(pollfd* polled) const {
    for (size_t i = 0; i < count_; i++) polled[i] = {fds_[i], POLLIN, 0};
    return count_;
  }
  /** Listeners say nothing: whatever arrives is their farewell. */
  void drop(int gone) {
    for (size_t i = count_; i-- > 0;)
      if (fds_[i] == gone) drop_at(i);
  }

 private:
  void drop_at(size_t at) {
    close(fds_[at]);
    fds_[at] = fds_[--count_];
  }

  int fds_[kListenersMost];
  size_t count_ = 0;
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

/**
 * The other end of the tree's /dev/console. When nobody in the tree has it open any more, as between two
 * sessions, reading fails and poll(2) says so again and again: then we hold it open ourselves.
 */
class Terminal {
 public:
  void adopt() {
    const int flags = fcntl(kConsoleTerminal, F_GETFL);
    if (flags < 0) return;
    fcntl(kConsoleTerminal, F_SETFL, flags | O_NONBLOCK);
    is_there_ = true;
    sit();
  }
  int watched() const { return is_there_ && is_held_ ? kConsoleTerminal : -1; }
  /** How long poll may wait until `sit` is tried again. */
  int patience() const { return is_there_ && !is_held_ ? 1000 : -1; }
  /** Whether anything was read. */
  bool drain(ConsoleRing& ring) {
    char buffer[16384];
    const ssize_t n = is_there_ ? read(kConsoleTerminal, buffer, sizeof buffer) : 0;
    if (n > 0) ring.append({buffer, static_cast<size_t>(n)});
    if (n < 0 && errno == EIO) sit();
    return n > 0;
  }
  /** Asked of the terminal itself: no path in the tree is involved. */
  void sit() {
    if (!is_there_) return;
    const int seat = ioctl(kConsoleTerminal, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (seat_ >= 0) close(seat_);
    seat_ = seat;
    // The tree can keep us out (TIOCEXCL), as long as it likes.
    is_held_ = seat >= 0;
  }

 private:
  bool is_there_ = false;
  bool is_held_ = false;
  int seat_ = -1;
};

/** A line that is put together without an allocation. */
class Line {
 public:
  void add(char c) { text_[size_++] = c; }
  void add(long long number) {
    char digits[20];
    size_t count = 0;
    do digits[count++] = static_cast<char>('0' + number % 10);
    while ((number /= 10) > 0);
    while (count > 0) add(digits[--count]);
  }
  ssize_t write_to(int fd) const { return write(fd, text_, size_); }

 private:
  char text_[80];
  size_t size_ = 0;
};

void write_exit(int status) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  Line line;
  if (WIFEXITED(status))
    line.add(static_cast<long long>(WEXITSTATUS(status)));
  else
    line.add('-');
  line.add(' ');
  if (WIFSIGNALED(status))
    line.add(static_cast<long long>(WTERMSIG(status)));
  else
    line.add('-');
  line.add(' ');
  line.add(now.tv_sec * 1000LL + now.tv_nsec / 1000000);
  // The newline is what makes the line complete.
  line.add('\n');
  // Not synced: after a power cut the host's new boot decides, not how the tree ended.
  while (line.write_to(kExitFile) < 0 && errno == EINTR) {
  }
}

void ignore_what_is_meant_for_others() {
  for (const int signal :
       {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU}) {
    struct sigaction action {};
    action.sa_handler = SIG_IGN;
    sigaction(signal, &action, nullptr);
  }
}

pid_t number_in(const char* text) {
  pid_t number = 0;
  for (; *text >= '0' && *text <= '9'; text++) number = number * 10 + (*text - '0');
  return number;
}

int keep(pid_t first) {
  ConsoleRing ring(kConsoleRing);
  Terminal terminal;
  terminal.adopt();
  Listeners listeners;
  bool console_over = false;
  int status = 0;
  for (bool ended = false; !ended;) {
    constexpr size_t fixed = 4;
    pollfd polled[fixed + kListenersMost] = {{kFirstProcess, POLLIN, 0},
                                             {kListenSocket, POLLIN, 0},
                                             {console_over ? -1 : kConsolePipe, POLLIN, 0},
                                             {terminal.watched(), POLLIN, 0}};
    const size_t count = fixed + listeners.watch(polled + fixed);
    const int patience = terminal.patience();
    const int found = poll(polled, count, patience);
    if (patience >= 0) terminal.sit();
    if (found < 0) {
      if (errno == EFAULT || errno == EINVAL) return 1;  // a mistake in this program: no other try mends it
      // Short of memory, as it may be for long: what it holds outlives that. A wait for nothing needs none.
      if (errno != EINTR) poll(nullptr, 0, 100);
      continue;
    }
    if (polled[2].revents != 0 && drain(ring, console_over)) listeners.tell('c');
    if (polled[3].revents != 0 && terminal.drain(ring)) listeners.tell('c');
    if (polled[1].revents != 0) listeners.accept_one();
    for (size_t i = fixed; i < count; i++)
      if (polled[i].revents != 0) listeners.drop(polled[i].fd);
    if (polled[0].revents != 0) ended = waitpid(first, &status, 0) == first || errno == ECHILD;
  }
  while (!console_over && drain(ring, console_over)) {
  }
  // No more than a terminal holds: whoever writes to it from outside may go on.
  for (int reads = 0; reads < 16 && terminal.drain(ring); reads++) {
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
  // Whoever asked may have ended meanwhile: the tree runs, and is found by its facts.
  static_cast<void>(write(kReportPipe, "ok\n", 3) < 0);
  close(kReportPipe);
  CRASH_POINT("keeper reported");
  return keep(number_in(arguments[1]));
}
