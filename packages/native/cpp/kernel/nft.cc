#include "nft.h"

#include <nftables/libnftables.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>

#include "kernel_error.h"
#include "netns.h"

namespace kernel {
namespace {

struct FreeContext {
  void operator()(nft_ctx* context) const { nft_ctx_free(context); }
};
using Context = std::unique_ptr<nft_ctx, FreeContext>;

/// libnftables 1.0.6 keeps tables of names in globals
std::mutex library;

Context new_context(const std::string& step) {
  Context context(nft_ctx_new(NFT_CTX_DEFAULT));
  if (!context) throw KernelError(step, ENOMEM);
  if (nft_ctx_buffer_output(context.get()) != 0 || nft_ctx_buffer_error(context.get()) != 0) {
    throw KernelError(step, ENOMEM);
  }
  return context;
}

/// libnftables gives a text where the kernel gave errno; a text without one is a syntax error.
int errno_in(const std::string& text) {
  // "No such file or directory; did you mean set 'owned' …" carries errno in the middle
  const std::string first_line = text.substr(0, text.find_first_of("\n;"));
  for (int number = 1; number < 134; ++number) {
    const char* words = strerrordesc_np(number);
    if (words && first_line.ends_with(words)) return number;
  }
  return EINVAL;
}

}  // namespace

void apply_nft(const std::string& netns, const std::string& ruleset) {
  const std::string step = "apply an nftables ruleset";
  const std::lock_guard lock(library);
  // Making a context costs more than most changes. Its netlink socket stays where it was opened: the one that is
  // kept is ours, and a refusal ends it, because what it remembers of the ruleset may be wrong then.
  static Context kept;
  const NetnsScope scope(netns);
  Context context = netns.empty() && kept ? std::move(kept) : new_context(step);
  if (nft_run_cmd_from_buffer(context.get(), ruleset.c_str()) != 0) {
    const std::string message = nft_ctx_get_error_buffer(context.get());
    throw KernelError(step, errno_in(message), message);
  }
  if (netns.empty()) kept = std::move(context);
}

std::optional<std::string> list_nft(const std::string& netns, const std::string& command) {
  const std::string step = "nft " + command;
  const std::lock_guard lock(library);
  const NetnsScope scope(netns);
  const Context context = new_context(step);
  nft_ctx_output_set_flags(context.get(), NFT_CTX_OUTPUT_JSON);
  if (nft_run_cmd_from_buffer(context.get(), command.c_str()) == 0) {
    return nft_ctx_get_output_buffer(context.get());
  }
  const std::string message = nft_ctx_get_error_buffer(context.get());
  const int number = errno_in(message);
  if (number == ENOENT) return std::nullopt;
  throw KernelError(step, number, message);
}

}  // namespace kernel
