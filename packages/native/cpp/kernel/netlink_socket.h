#pragma once

#include <functional>
#include <string>
#include <vector>

#include "netlink_message.h"
#include "unique_fd.h"

namespace kernel {

struct NetlinkRequest {
  NetlinkMessage message;
  /// what it does, in words, for the error
  std::string step;
};

/// A NETLINK_ROUTE socket. It stays in the namespace it was opened in, whoever uses it.
class NetlinkSocket {
 public:
  /// In the namespace pinned at `netns`; empty: that of this thread.
  static NetlinkSocket open(const std::string& netns);
  static NetlinkSocket open_here();
  /// Receives the events of these multicast groups (RTNLGRP_…), without blocking.
  static NetlinkSocket open_for_events(const std::string& netns, const std::vector<int>& groups);

  /// Sends the requests in one call and waits for every acknowledgement; throws the first refusal.
  /// The kernel goes on after a refusal: later requests of the batch may have been done.
  void transact(std::vector<NetlinkRequest> requests);
  void transact(NetlinkMessage message, const std::string& step);
  /// The single message that answers a request (`handle` is called once).
  void get(NetlinkMessage message, const std::string& step,
           const std::function<void(const nlmsghdr&)>& handle);
  /// Every message of a dump. Asked again from the start when the kernel says that it was interrupted:
  /// `restart` empties what was gathered so far.
  void dump(const std::function<NetlinkMessage()>& build, const std::string& step,
            const std::function<void()>& restart, const std::function<void(const nlmsghdr&)>& handle);

  /// What one receive gives, from the kernel only; valid until the next call.
  std::span<const uint8_t> receive(const std::string& step);
  int fd() const { return fd_.get(); }

 private:
  explicit NetlinkSocket(UniqueFd fd) : fd_(std::move(fd)) {}
  void send(std::span<const uint8_t> bytes, const std::string& step);

  UniqueFd fd_;
  uint32_t sequence_ = 0;
  std::vector<uint8_t> buffer_;
};

/// Calls `handle` for each message in what one receive gave.
void for_each_message(std::span<const uint8_t> bytes, const std::function<void(const nlmsghdr&)>& handle);

}  // namespace kernel
