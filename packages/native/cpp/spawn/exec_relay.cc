#include "exec_relay.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr int kControl = 3;

void make_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

/** Bytes on their way from one descriptor to another; reads only while nothing waits to be written. */
struct Flow {
  int from = -1;
  int to = -1;
  std::string pending{};

  bool reads() const { return from >= 0 && pending.empty(); }
  bool writes() const { return to >= 0 && !pending.empty(); }
  bool idle() const { return !reads() && !writes(); }

  /** False when nothing was there to read now. */
  bool fill() {
    char buffer[32768];
    const ssize_t n = read(from, buffer, sizeof buffer);
    if (n > 0) {
      pending.assign(buffer, static_cast<size_t>(n));
      return true;
    }
    // A terminal whose other side has closed answers EIO instead of the end of file.
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) from = -1;
    return false;
  }
  void empty() {
    const ssize_t n = write(to, pending.data(), pending.size());
    if (n > 0) {
      pending.erase(0, static_cast<size_t>(n));
    } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
      // Nobody listens any more: the command's output is still taken, and dropped.
      to = -1;
      pending.clear();
    }
  }
  void step() {
    if (reads()) fill();
    if (to < 0) pending.clear();
    if (writes()) empty();
  }
};

struct Control {
  std::string line{};

  /** False when the caller has gone. */
  bool hear(int terminal) {
    char buffer[256];
    const ssize_t n = read(kControl, buffer, sizeof buffer);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return false;
    for (ssize_t i = 0; i < n; i++) {
      if (buffer[i] != '\n') {
        if (line.size() < 64) line += buffer[i];
        continue;
      }
      unsigned rows, columns;
      if (terminal >= 0 && std::sscanf(line.c_str(), "r %u %u", &rows, &columns) == 2 && rows < 65536 &&
          columns < 65536) {
        const winsize size{static_cast<unsigned short>(rows), static_cast<unsigned short>(columns), 0, 0};
        ioctl(terminal, TIOCSWINSZ, &size);
      }
      line.clear();
    }
    return true;
  }
};

}  // namespace

int ExecRelay::run() {
  const bool has_terminal = static_cast<bool>(terminal);
  Flow in{0, has_terminal ? terminal.get() : input.get()};
  Flow out{has_terminal ? terminal.get() : output.get(), 1};
  Flow err{has_terminal ? -1 : error.get(), 2};
  for (const int fd : {0, 1, 2, kControl, in.to, out.from, err.from})
    if (fd >= 0) make_nonblocking(fd);
  Control control;
  bool caller_gone = false;
  bool input_over = false;
  bool ended = false;
  int status = 0;
  for (;;) {
    std::vector<pollfd> polled{{ended ? -1 : process.get(), POLLIN, 0},
                               {caller_gone ? -1 : kControl, POLLIN, 0}};
    for (const Flow* flow : {&in, &out, &err}) {
      if (ended && flow == &in) continue;
      if (flow->reads()) polled.push_back({flow->from, POLLIN, 0});
      if (flow->writes()) polled.push_back({flow->to, POLLOUT, 0});
    }
    if (poll(polled.data(), polled.size(), ended ? 0 : -1) < 0 && errno != EINTR) break;
    if (!caller_gone && polled[1].revents != 0 && !control.hear(terminal.get())) {
      caller_gone = true;
      if (!ended) kill(-command, SIGKILL);
      if (!ended) kill(command, SIGKILL);
    }
    if (!ended) in.step();
    if (in.from < 0 && in.pending.empty() && !input_over) {
      input_over = true;
      if (has_terminal)
        in.pending = "\x04";
      else
        input.reset(), in.to = -1;
    }
    if (ended) {
      // What the command wrote is there already; what others of its session may still write is not waited
      // for.
      bool more = false;
      for (Flow* flow : {&out, &err}) {
        if (flow->reads() && flow->fill()) more = true;
        if (flow->to < 0) flow->pending.clear();
        if (flow->writes()) {
          pollfd writable{flow->to, POLLOUT, 0};
          if (poll(&writable, 1, caller_gone ? 0 : 10000) == 1)
            flow->empty();
          else
            flow->to = -1;
          more = true;
        }
      }
      if (!more) break;
      continue;
    }
    out.step();
    err.step();
    if (polled[0].revents != 0) ended = waitpid(command, &status, 0) == command;
  }
  return status;
}
