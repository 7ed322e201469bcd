/**
 * What the programs here ask of a C library and musl (1.2.3, Debian 12) has not: newer system calls, what
 * GCC's headers and its unwinder take for granted where glibc is. musl, because glibc's static start-up asks
 * the processor some fifty times what it can do; a virtual machine's processor asks its host each time, and
 * both together take longer than everything else that a start does before its first fork.
 */
#undef _FORTIFY_SOURCE  // its functions are defined here
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <linux/mount.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>

/** Of the linker: the headers of this program, wherever it was loaded. */
extern "C" const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static char* loaded_at(size_t place) {
  return const_cast<char*>(reinterpret_cast<const char*>(&__ehdr_start)) + place;
}

/** Each of this program's headers in turn. */
template <typename Body>
static void for_each_header(Body body) {
  const auto* header = reinterpret_cast<const ElfW(Phdr)*>(loaded_at(__ehdr_start.e_phoff));
  for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) body(header[i]);
}

/** Tables of functions, which relocation has filled in: musl leaves them writable in a static program. */
__attribute__((constructor)) static void protect_relocated() {
  constexpr size_t kPage = 4096;
  for_each_header([](const ElfW(Phdr) & header) {
    if (header.p_type != PT_GNU_RELRO) return;
    const size_t start = header.p_vaddr & ~(kPage - 1);
    const size_t end = (header.p_vaddr + header.p_memsz) & ~(kPage - 1);
    if (mprotect(loaded_at(start), end - start, PROT_READ) != 0) __builtin_trap();
  });
}

extern "C" {

/** No program here has a second thread. */
char __libc_single_threaded = 1;

int close_range(unsigned first, unsigned last, int flags) noexcept {
  return static_cast<int>(syscall(SYS_close_range, first, last, flags));
}
int execveat(int at, const char* path, char* const arguments[], char* const variables[], int flags) noexcept {
  return static_cast<int>(syscall(SYS_execveat, at, path, arguments, variables, flags));
}
int open_tree(int at, const char* path, unsigned flags) noexcept {
  return static_cast<int>(syscall(SYS_open_tree, at, path, flags));
}
int move_mount(int from, const char* from_path, int to, const char* to_path, unsigned flags) noexcept {
  return static_cast<int>(syscall(SYS_move_mount, from, from_path, to, to_path, flags));
}
int fsopen(const char* type, unsigned flags) noexcept {
  return static_cast<int>(syscall(SYS_fsopen, type, flags));
}
int fsconfig(int fd, unsigned command, const char* key, const void* value, int extra) noexcept {
  return static_cast<int>(syscall(SYS_fsconfig, fd, command, key, value, extra));
}
int fsmount(int fd, unsigned flags, unsigned attributes) noexcept {
  return static_cast<int>(syscall(SYS_fsmount, fd, flags, attributes));
}
int mount_setattr(int at, const char* path, unsigned flags, struct mount_attr* attributes,
                  size_t size) noexcept {
  return static_cast<int>(syscall(SYS_mount_setattr, at, path, flags, attributes, size));
}
int statx(int at, const char* path, int flags, unsigned mask, struct statx* found) noexcept {
  return static_cast<int>(syscall(SYS_statx, at, path, flags, mask, found));
}

// What a buffer of known size is filled with, as _FORTIFY_SOURCE has it: an overflow ends the program.
void* __memcpy_chk(void* to, const void* from, size_t size, size_t room) noexcept {
  if (size > room) __builtin_trap();
  return memcpy(to, from, size);
}
ssize_t __read_chk(int fd, void* to, size_t size, size_t room) {
  if (size > room) __builtin_trap();
  return read(fd, to, size);
}
ssize_t __pread_chk(int fd, void* to, size_t size, off_t place, size_t room) {
  if (size > room) __builtin_trap();
  return pread(fd, to, size, place);
}
ssize_t __readlinkat_chk(int at, const char* path, char* to, size_t size, size_t room) noexcept {
  if (size > room) __builtin_trap();
  return readlinkat(at, path, to, size);
}
int __poll_chk(pollfd* polled, nfds_t count, int milliseconds, size_t room) {
  if (count > room / sizeof *polled) __builtin_trap();
  return poll(polled, count, milliseconds);
}
int __snprintf_chk(char* to, size_t size, int, size_t room, const char* format, ...) noexcept {
  if (size > room) __builtin_trap();
  va_list rest;
  va_start(rest, format);
  const int length = vsnprintf(to, size, format, rest);
  va_end(rest);
  return length;
}
int __open_2(const char* path, int flags) {
  if (__OPEN_NEEDS_MODE(flags)) __builtin_trap();
  return open(path, flags);
}
int __openat_2(int at, const char* path, int flags) {
  if (__OPEN_NEEDS_MODE(flags)) __builtin_trap();
  return openat(at, path, flags);
}

/** Where the unwinder finds what it knows of a program counter: this program is all that there is. */
int _dl_find_object(void*, struct dl_find_object* found) noexcept {
  *found = {};
  found->dlfo_map_start = loaded_at(0);
  for_each_header([&](const ElfW(Phdr) & header) {
    char* place = loaded_at(header.p_vaddr);
    if (header.p_type == PT_LOAD) found->dlfo_map_end = place + header.p_memsz;
    if (header.p_type == PT_GNU_EH_FRAME) found->dlfo_eh_frame = place;
  });
  return found->dlfo_eh_frame == nullptr ? -1 : 0;
}
}
