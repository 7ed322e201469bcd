#pragma once

#include <initializer_list>
#include <string>

#include "probe.h"

Outcome held(std::string detail);
Outcome breach(std::string detail);
Outcome skip(std::string reason);

/** The name of errno, as `EPERM`. */
std::string error_name(int error);

/**
 * HELD when the kernel refused for want of permission or because there is nothing by that name; any other
 * answer, EFAULT and EINVAL too, means that the request got past what should have stopped it. `also`: further
 * errnos that are refusals here.
 */
Outcome must_be_refused(long result, std::initializer_list<int> also = {});

/** What whoever started this program told it, by the environment variable PROBE_<name>; empty when it did
 * not. */
std::string told(const char* name);

/** As a number; 0 when it was not told. */
long told_number(const char* name);

/** Up to 64 KiB of a file; empty when it cannot be read. */
std::string text_of(const std::string& path);

/** A fresh directory that may be written, below /tmp or where it was told; empty when there is none. */
std::string scratch_directory();

/** Whether this program runs outside every tree: as the control. */
bool is_on_host();

/** A descriptor that closes itself. */
struct Fd {
  int number;
  explicit Fd(int fd) : number(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd();
  explicit operator bool() const { return number >= 0; }
  int get() const { return number; }
};
