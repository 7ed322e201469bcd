#pragma once

#include <exception>
#include <string>

namespace kernel {

/// A refusal by the kernel: the step that asked, in words, and errno.
class KernelError : public std::exception {
 public:
  KernelError(std::string step, int number, std::string detail = "");

  const std::string& step() const { return step_; }
  int number() const { return number_; }
  /// What the kernel or a library said beyond errno; empty when nothing.
  const std::string& detail() const { return detail_; }
  /// `EEXIST`, or the number when the C library has no name for it.
  std::string code() const;
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string step_;
  int number_;
  std::string detail_;
  std::string text_;
};

/// Throws with the errno of the call just made.
[[noreturn]] void fail(const std::string& step, const std::string& detail = "");

}  // namespace kernel
