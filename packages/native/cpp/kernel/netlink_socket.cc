#include "netlink_socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "kernel_error.h"
#include "netns.h"

namespace kernel {
namespace {

struct Refusal {
  int number;
  std::string detail;
};

Refusal read_acknowledgement(const nlmsghdr& message) {
  const auto error = netlink_header<nlmsgerr>(message);
  Refusal refusal{-error.error, ""};
  if (message.nlmsg_flags & NLM_F_ACK_TLVS) {
    // The request itself comes back between the code and the attributes, unless capped
    size_t skip = sizeof(nlmsgerr);
    if (!(message.nlmsg_flags & NLM_F_CAPPED)) skip += error.msg.nlmsg_len - sizeof(nlmsghdr);
    const size_t size = message.nlmsg_len - NLMSG_HDRLEN;
    if (NLMSG_ALIGN(skip) <= size) {
      const auto* start = static_cast<const uint8_t*>(NLMSG_DATA(&message));
      const NetlinkAttributes attributes({start + NLMSG_ALIGN(skip), size - NLMSG_ALIGN(skip)});
      refusal.detail = attributes.text(NLMSGERR_ATTR_MSG).value_or("");
    }
  }
  return refusal;
}

constexpr size_t kReceiveSize = 64 * 1024;
constexpr int kDumpAttempts = 8;

UniqueFd open_socket(int extra_flags) {
  UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | extra_flags, NETLINK_ROUTE));
  if (!fd) fail("open a netlink socket");
  const int on = 1;
  setsockopt(fd.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  setsockopt(fd.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  // Without it the kernel ignores the filters of a dump
  setsockopt(fd.get(), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
  return fd;
}

}  // namespace

NetlinkSocket NetlinkSocket::open(const std::string& netns) {
  const NetnsScope scope(netns);
  return open_here();
}

NetlinkSocket NetlinkSocket::open_here() { return NetlinkSocket(open_socket(0)); }

NetlinkSocket NetlinkSocket::open_for_events(const std::string& netns, const std::vector<int>& groups) {
  const NetnsScope scope(netns);
  NetlinkSocket socket(open_socket(SOCK_NONBLOCK));
  // Unbound, its number is 0, which is also the kernel's: it would be taken for the sender and left out
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (bind(socket.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) {
    fail("bind a netlink socket");
  }
  const int size = 1 << 20;
  setsockopt(socket.fd(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  for (const int group : groups) {
    if (setsockopt(socket.fd(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0) {
      fail("subscribe to netlink events");
    }
  }
  return socket;
}

void NetlinkSocket::send(std::span<const uint8_t> bytes, const std::string& step) {
  sockaddr_nl kernel_address{};
  kernel_address.nl_family = AF_NETLINK;
  ssize_t sent = 0;
  do {
    sent = sendto(fd_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&kernel_address),
                  sizeof kernel_address);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) fail(step);
}

std::span<const uint8_t> NetlinkSocket::receive(const std::string& step) {
  buffer_.resize(kReceiveSize);
  for (;;) {
    sockaddr_nl sender{};
    socklen_t sender_size = sizeof sender;
    const ssize_t size = recvfrom(fd_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC,
                                  reinterpret_cast<sockaddr*>(&sender), &sender_size);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail(step);
    // Any process may send to our port; only port 0 is the kernel
    if (sender.nl_pid != 0) continue;
    if (static_cast<size_t>(size) > buffer_.size()) throw KernelError(step, EMSGSIZE, "answer cut short");
    return {buffer_.data(), static_cast<size_t>(size)};
  }
}

void for_each_message(std::span<const uint8_t> bytes, const std::function<void(const nlmsghdr&)>& handle) {
  while (bytes.size() >= NLMSG_HDRLEN) {
    const auto* message = reinterpret_cast<const nlmsghdr*>(bytes.data());
    if (message->nlmsg_len < NLMSG_HDRLEN || message->nlmsg_len > bytes.size()) return;
    handle(*message);
    const size_t step = NLMSG_ALIGN(message->nlmsg_len);
    if (step >= bytes.size()) return;
    bytes = bytes.subspan(step);
  }
}

void NetlinkSocket::transact(std::vector<NetlinkRequest> requests) {
  const uint32_t first = sequence_ + 1;
  std::vector<uint8_t> batch;
  for (auto& request : requests) {
    const auto bytes = request.message.finish(++sequence_);
    batch.insert(batch.end(), bytes.begin(), bytes.end());
  }
  send(batch, requests.front().step);

  size_t missing = requests.size();
  std::optional<KernelError> refusal;
  while (missing > 0) {
    for_each_message(receive(requests.front().step), [&](const nlmsghdr& message) {
      const uint32_t index = message.nlmsg_seq - first;
      if (message.nlmsg_type != NLMSG_ERROR || index >= requests.size()) return;
      --missing;
      const Refusal answer = read_acknowledgement(message);
      if (answer.number != 0 && !refusal) refusal.emplace(requests[index].step, answer.number, answer.detail);
    });
  }
  if (refusal) throw *refusal;
}

void NetlinkSocket::transact(NetlinkMessage message, const std::string& step) {
  std::vector<NetlinkRequest> requests;
  requests.push_back({std::move(message), step});
  transact(std::move(requests));
}

void NetlinkSocket::get(NetlinkMessage message, const std::string& step,
                        const std::function<void(const nlmsghdr&)>& handle) {
  const uint32_t sequence = ++sequence_;
  send(message.finish(sequence), step);
  bool answered = false;
  while (!answered) {
    for_each_message(receive(step), [&](const nlmsghdr& answer) {
      if (answer.nlmsg_seq != sequence || answered) return;
      answered = true;
      if (answer.nlmsg_type != NLMSG_ERROR) return handle(answer);
      const Refusal refusal = read_acknowledgement(answer);
      throw KernelError(step, refusal.number, refusal.detail);
    });
  }
}

void NetlinkSocket::dump(const std::function<NetlinkMessage()>& build, const std::string& step,
                         const std::function<void()>& restart,
                         const std::function<void(const nlmsghdr&)>& handle) {
  for (int attempt = 0; attempt < kDumpAttempts; ++attempt) {
    const uint32_t sequence = ++sequence_;
    send(build().finish(sequence), step);
    bool done = false;
    bool interrupted = false;
    while (!done) {
      for_each_message(receive(step), [&](const nlmsghdr& message) {
        if (message.nlmsg_seq != sequence) return;
        if (message.nlmsg_flags & NLM_F_DUMP_INTR) interrupted = true;
        if (message.nlmsg_type == NLMSG_DONE) {
          done = true;
          const int result = netlink_header<int>(message);
          if (result < 0 && !interrupted) throw KernelError(step, -result);
        } else if (message.nlmsg_type == NLMSG_ERROR) {
          const Refusal refusal = read_acknowledgement(message);
          throw KernelError(step, refusal.number, refusal.detail);
        } else {
          handle(message);
        }
      });
    }
    if (!interrupted) return;
    restart();
  }
  throw KernelError(step, EAGAIN, "the list changed each time while it was read");
}

}  // namespace kernel
