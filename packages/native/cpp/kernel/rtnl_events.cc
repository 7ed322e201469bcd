#include "rtnl_events.h"

#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <sys/socket.h>

#include <cerrno>

#include "kernel_error.h"
#include "rtnl_link.h"

namespace kernel {
namespace {

const std::vector<int> kGroups = {RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
                                  RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,  RTNLGRP_NEIGH};

}  // namespace

NetworkEvents::NetworkEvents(const std::string& netns)
    : socket_(NetlinkSocket::open_for_events(netns, kGroups)) {
  // After the subscription: a link made in between is then named by its event
  NetlinkSocket socket = NetlinkSocket::open(netns);
  for (const auto& link : list_links(socket)) names_[link.index] = link.name;
}

std::optional<std::string> NetworkEvents::name(int index) const {
  const auto found = names_.find(index);
  if (found == names_.end()) return std::nullopt;
  return found->second;
}

void NetworkEvents::take(const nlmsghdr& message, std::vector<NetworkEvent>& events) {
  using Kind = NetworkEvent::Kind;
  switch (message.nlmsg_type) {
    case RTM_NEWLINK:
    case RTM_DELLINK: {
      const auto header = netlink_header<ifinfomsg>(message);
      const auto attributes = NetlinkAttributes::behind<ifinfomsg>(message);
      if (const auto text = attributes.text(IFLA_IFNAME)) names_[header.ifi_index] = *text;
      // A bridge's view of its port also ends in RTM_DELLINK, though the link goes on
      const bool gone = message.nlmsg_type == RTM_DELLINK && header.ifi_family == AF_UNSPEC;
      events.push_back({Kind::link, gone, name(header.ifi_index)});
      if (gone) names_.erase(header.ifi_index);
      break;
    }
    case RTM_NEWADDR:
    case RTM_DELADDR: {
      const auto header = netlink_header<ifaddrmsg>(message);
      const int index = static_cast<int>(header.ifa_index);
      events.push_back({Kind::address, message.nlmsg_type == RTM_DELADDR, name(index)});
      break;
    }
    case RTM_NEWROUTE:
    case RTM_DELROUTE: {
      const auto index = NetlinkAttributes::behind<rtmsg>(message).u32(RTA_OIF);
      const auto link = index ? name(static_cast<int>(*index)) : std::nullopt;
      events.push_back({Kind::route, message.nlmsg_type == RTM_DELROUTE, link});
      break;
    }
    case RTM_NEWNEIGH:
    case RTM_DELNEIGH: {
      const auto header = netlink_header<ndmsg>(message);
      events.push_back({Kind::neighbour, message.nlmsg_type == RTM_DELNEIGH, name(header.ndm_ifindex)});
      break;
    }
    default:
      break;
  }
}

std::vector<NetworkEvent> NetworkEvents::read() {
  std::vector<NetworkEvent> events;
  for (;;) {
    try {
      for_each_message(socket_.receive("read network events"),
                       [&](const nlmsghdr& message) { take(message, events); });
    } catch (const KernelError& error) {
      if (error.number() == EAGAIN) return events;
      if (error.number() != ENOBUFS) throw;
      events.push_back({NetworkEvent::Kind::overrun, false, std::nullopt});
    }
  }
}

}  // namespace kernel
