/**
 * What the keeper needs of a C library, so that it needs none: a static program's C library asks the
 * processor what it can do before it begins, which a virtual machine's processor asks its host, and takes
 * longer for that than the keeper for all that it does before its tree ends. It also keeps nothing in memory
 * for a keeper that lives long.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <ctime>

int main(int count, char** arguments);

namespace {

int last_error;

long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  long result;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

/** As a C library answers: -1 and errno. */
long answer(long result) {
  if (result >= 0 || result < -4095) return result;
  last_error = static_cast<int>(-result);
  return -1;
}

long at(const void* pointer) { return reinterpret_cast<long>(pointer); }

}  // namespace

extern "C" {

int* __errno_location() noexcept { return &last_error; }

ssize_t read(int fd, void* to, size_t size) {
  return answer(raw(SYS_read, fd, at(to), static_cast<long>(size)));
}
ssize_t write(int fd, const void* from, size_t size) {
  return answer(raw(SYS_write, fd, at(from), static_cast<long>(size)));
}
ssize_t pread(int fd, void* to, size_t size, off_t place) {
  return answer(raw(SYS_pread64, fd, at(to), static_cast<long>(size), place));
}
ssize_t pwrite(int fd, const void* from, size_t size, off_t place) {
  return answer(raw(SYS_pwrite64, fd, at(from), static_cast<long>(size), place));
}
int close(int fd) { return static_cast<int>(answer(raw(SYS_close, fd))); }
int poll(pollfd* polled, nfds_t count, int milliseconds) {
  return static_cast<int>(answer(raw(SYS_poll, at(polled), static_cast<long>(count), milliseconds)));
}
ssize_t send(int fd, const void* from, size_t size, int flags) {
  return answer(raw(SYS_sendto, fd, at(from), static_cast<long>(size), flags));
}
int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  return static_cast<int>(answer(raw(SYS_accept4, fd, at(address), at(size), flags)));
}
pid_t waitpid(pid_t process, int* status, int options) {
  return static_cast<pid_t>(answer(raw(SYS_wait4, process, at(status), options)));
}
int clock_gettime(clockid_t clock, timespec* now) noexcept {
  return static_cast<int>(answer(raw(SYS_clock_gettime, clock, at(now))));
}

int fcntl(int fd, int command, ...) {
  va_list rest;
  va_start(rest, command);
  const long value = va_arg(rest, long);
  va_end(rest);
  return static_cast<int>(answer(raw(SYS_fcntl, fd, command, value)));
}

int ioctl(int fd, unsigned long command, ...) noexcept {
  va_list rest;
  va_start(rest, command);
  const long value = va_arg(rest, long);
  va_end(rest);
  return static_cast<int>(answer(raw(SYS_ioctl, fd, static_cast<long>(command), value)));
}

int prctl(int option, ...) noexcept {
  va_list rest;
  va_start(rest, option);
  long values[4];
  for (long& value : values) value = va_arg(rest, long);
  va_end(rest);
  return static_cast<int>(answer(raw(SYS_prctl, option, values[0], values[1], values[2], values[3])));
}

long syscall(long number, ...) noexcept {
  va_list rest;
  va_start(rest, number);
  long values[3];
  for (long& value : values) value = va_arg(rest, long);
  va_end(rest);
  return answer(raw(number, values[0], values[1], values[2]));
}

/** Only for what has no handler of ours: nothing here could return from one. */
int sigaction(int signal, const struct sigaction* wanted, struct sigaction*) noexcept {
  const struct {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    uint64_t mask;
  } action{wanted->sa_handler, 0, nullptr, 0};
  return static_cast<int>(answer(raw(SYS_rt_sigaction, signal, at(&action), 0, sizeof action.mask)));
}

int memcmp(const void* a, const void* b, size_t size) noexcept {
  const auto* left = static_cast<const unsigned char*>(a);
  const auto* right = static_cast<const unsigned char*>(b);
  for (size_t i = 0; i < size; i++)
    if (left[i] != right[i]) return left[i] - right[i];
  return 0;
}
void* memset(void* to, int byte, size_t size) noexcept {
  auto* bytes = static_cast<unsigned char*>(to);
  for (size_t i = 0; i < size; i++) bytes[i] = static_cast<unsigned char>(byte);
  return to;
}
void* memcpy(void* __restrict to, const void* __restrict from, size_t size) noexcept {
  auto* bytes = static_cast<unsigned char*>(to);
  for (size_t i = 0; i < size; i++) bytes[i] = static_cast<const unsigned char*>(from)[i];
  return to;
}

/** `stack` holds the number of arguments, and then them. */
[[noreturn, gnu::used]] void begin(long* stack) {
  const int status = main(static_cast<int>(stack[0]), reinterpret_cast<char**>(stack + 1));
  for (;;) raw(SYS_exit_group, status);
}

}  // extern "C"

asm(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call begin\n");
