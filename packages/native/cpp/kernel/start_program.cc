#include "start_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "kernel_error.h"
#include "unique_fd.h"

namespace kernel {
namespace {

struct Pipe {
  UniqueFd out, in;
};

Pipe make_pipe(const std::string& step) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) fail(step);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void write_all(int fd, const std::string& bytes) {
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t n = write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    done += static_cast<size_t>(n);
  }
}

/// A program that ends without reading says why in its answer: this thread hears of no SIGPIPE meanwhile.
void write_unsignalled(int fd, const std::string& bytes) {
  sigset_t pipe_signal, before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  write_all(fd, bytes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

/// What a thread of ours blocks or ignores is nothing that a program should begin with.
class Attributes {
 public:
  Attributes() {
    posix_spawnattr_init(&value_);
    posix_spawn_file_actions_init(&files);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&value_, &none);
    posix_spawnattr_setsigdefault(&value_, &all);
    posix_spawnattr_setflags(&value_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Attributes() {
    posix_spawnattr_destroy(&value_);
    posix_spawn_file_actions_destroy(&files);
  }
  const posix_spawnattr_t* get() const { return &value_; }
  posix_spawn_file_actions_t files;

 private:
  posix_spawnattr_t value_;
};

pid_t spawn_program(const std::vector<std::string>& arguments, const Attributes& attributes,
                    const std::string& step) {
  std::vector<char*> words;
  for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, words[0], &attributes.files, attributes.get(), words.data(), environ);
  if (error != 0) throw KernelError(step, error);
  return pid;
}

}  // namespace

StartedProgram start_program(const std::vector<std::string>& arguments, const std::string& input) {
  const std::string step = "run " + (arguments.empty() ? std::string("nothing") : arguments[0]);
  if (arguments.empty()) throw KernelError(step, EINVAL);
  Pipe to = make_pipe(step);
  Pipe from = make_pipe(step);
  Attributes attributes;
  posix_spawn_file_actions_adddup2(&attributes.files, to.out.get(), 0);
  posix_spawn_file_actions_adddup2(&attributes.files, from.in.get(), 1);
  const pid_t pid = spawn_program(arguments, attributes, step);
  to.out = UniqueFd();
  from.in = UniqueFd();

  write_unsignalled(to.in.get(), input);
  return {pid, std::move(from.out)};
}

AttachedProgram start_attached_program(const std::vector<std::string>& arguments, size_t count,
                                       const std::string& input) {
  const std::string step = "run " + (arguments.empty() ? std::string("nothing") : arguments[0]);
  if (arguments.empty()) throw KernelError(step, EINVAL);
  AttachedProgram started{-1, {}};
  std::vector<UniqueFd> theirs;
  Attributes attributes;
  for (size_t i = 0; i < count; i++) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) fail(step);
    started.streams.emplace_back(ends[0]);
    // Above all that are to be taken, so that none is overwritten before it has its place.
    const UniqueFd low(ends[1]);
    theirs.emplace_back(fcntl(low.get(), F_DUPFD_CLOEXEC, static_cast<int>(count)));
    if (theirs.back().get() < 0) fail(step);
    posix_spawn_file_actions_adddup2(&attributes.files, theirs.back().get(), static_cast<int>(i));
  }
  started.pid = spawn_program(arguments, attributes, step);
  theirs.clear();
  if (count > 0) write_unsignalled(started.streams.back().get(), input);
  return started;
}

void reap_program(pid_t pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace kernel
