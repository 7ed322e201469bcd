#include "rtnl_address.h"

#include <linux/if_addr.h>

#include <algorithm>
#include <optional>

#include "ip_prefix.h"
#include "rtnl_link.h"

namespace kernel {
namespace {

/// IFAPROT_KERNEL_LL, which Debian 12's headers lack
constexpr uint8_t kMadeByKernel = 3;

NetlinkMessage address_message(uint16_t type, uint16_t flags, int link, const IpPrefix& prefix,
                               uint8_t address_flags) {
  ifaddrmsg header{};
  header.ifa_family = prefix.family;
  header.ifa_prefixlen = prefix.length;
  header.ifa_flags = address_flags;
  header.ifa_index = static_cast<unsigned>(link);
  NetlinkMessage message(type, flags);
  message.header(header);
  message.put_bytes(IFA_LOCAL, prefix.address);
  message.put_bytes(IFA_ADDRESS, prefix.address);
  return message;
}

/// An address of a dump, and who made it.
struct Candidate {
  LinkAddress address;
  bool is_v6_link_local;
  std::optional<uint8_t> origin;
};

bool made_by_kernel(const Candidate& candidate, bool kernel_tells) {
  if (!candidate.is_v6_link_local) return false;
  if (kernel_tells) return candidate.origin == kMadeByKernel;
  // Before Linux 5.18 nothing tells them apart but the length that the kernel gives its own
  return candidate.address.prefix.ends_with("/64");
}

std::optional<Candidate> read_candidate(const nlmsghdr& message) {
  const auto header = netlink_header<ifaddrmsg>(message);
  const auto attributes = NetlinkAttributes::behind<ifaddrmsg>(message);
  // v6 has IFA_LOCAL only when there is a peer; IFA_ADDRESS is the peer then
  auto bytes = attributes.find(IFA_LOCAL);
  if (!bytes) bytes = attributes.find(IFA_ADDRESS);
  if (message.nlmsg_type != RTM_NEWADDR || !bytes) return std::nullopt;
  const std::string prefix =
      format_address(header.ifa_family, *bytes) + "/" + std::to_string(header.ifa_prefixlen);
  return Candidate{{static_cast<int>(header.ifa_index), prefix},
                   header.ifa_family == AF_INET6 && header.ifa_scope == RT_SCOPE_LINK,
                   attributes.u8(IFA_PROTO)};
}

}  // namespace

void add_address(NetlinkSocket& socket, const std::string& link, const std::string& prefix) {
  const std::string step = "add address " + prefix + " to " + link;
  const IpPrefix parsed = parse_prefix(prefix, step);
  const int index = link_index(socket, link, step);
  constexpr uint16_t create = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
  // Duplicate detection would keep the address unusable for a second or two
  const uint8_t flags = parsed.family == AF_INET6 ? IFA_F_NODAD : 0;
  socket.transact(address_message(RTM_NEWADDR, create, index, parsed, flags), step);
}

void delete_address(NetlinkSocket& socket, const std::string& link, const std::string& prefix) {
  const std::string step = "delete address " + prefix + " from " + link;
  const IpPrefix parsed = parse_prefix(prefix, step);
  const int index = link_index(socket, link, step);
  socket.transact(address_message(RTM_DELADDR, NLM_F_REQUEST | NLM_F_ACK, index, parsed, 0), step);
}

std::vector<LinkAddress> list_addresses(NetlinkSocket& socket) {
  std::vector<Candidate> candidates;
  socket.dump([] { return NetlinkMessage(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP).header(ifaddrmsg{}); },
              "list addresses", [&] { candidates.clear(); },
              [&](const nlmsghdr& message) {
                if (auto candidate = read_candidate(message)) candidates.push_back(std::move(*candidate));
              });
  // A kernel that tells names itself as the origin of the loopback addresses at least
  const bool kernel_tells =
      std::any_of(candidates.begin(), candidates.end(), [](const auto& one) { return one.origin; });
  std::vector<LinkAddress> addresses;
  for (auto& candidate : candidates) {
    if (!made_by_kernel(candidate, kernel_tells)) addresses.push_back(std::move(candidate.address));
  }
  return addresses;
}

}  // namespace kernel
