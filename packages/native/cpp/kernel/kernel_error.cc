#include "kernel_error.h"

#include <cerrno>
#include <cstring>

namespace kernel {

KernelError::KernelError(std::string step, int number, std::string detail)
    : step_(std::move(step)), number_(number), detail_(std::move(detail)) {
  text_.append(step_).append(": ").append(code());
  if (!detail_.empty()) text_.append(" (").append(detail_).append(")");
}

std::string KernelError::code() const {
  const char* name = strerrorname_np(number_);
  return name ? std::string(name) : std::to_string(number_);
}

void fail(const std::string& step, const std::string& detail) {
  const int number = errno;
  throw KernelError(step, number, detail);
}

}  // namespace kernel
