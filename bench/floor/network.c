/** The floor's network: raw rtnetlink, many requests in one batch, the acknowledgement of each awaited. */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "floor.h"

struct batch {
  char bytes[8192];
  size_t used;
  unsigned requests;
  struct nlmsghdr* last;
};

static void* reserve(struct batch* batch, size_t size) {
  void* at = batch->bytes + batch->used;
  memset(at, 0, NLMSG_ALIGN(size));
  batch->used += NLMSG_ALIGN(size);
  if (batch->last) batch->last->nlmsg_len = (unsigned)(batch->bytes + batch->used - (char*)batch->last);
  return at;
}

static void* request(struct batch* batch, unsigned short type, unsigned short flags, size_t body) {
  batch->last = NULL;
  struct nlmsghdr* head = reserve(batch, sizeof *head);
  head->nlmsg_type = type;
  head->nlmsg_flags = (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | flags);
  head->nlmsg_seq = ++batch->requests;
  head->nlmsg_len = sizeof *head;
  batch->last = head;
  return reserve(batch, body);
}

static struct rtattr* attribute(struct batch* batch, unsigned short type, const void* data, size_t size) {
  struct rtattr* made = reserve(batch, RTA_LENGTH(size));
  made->rta_type = type;
  made->rta_len = (unsigned short)RTA_LENGTH(size);
  if (size > 0) memcpy(RTA_DATA(made), data, size);
  return made;
}

static void close_nest(struct batch* batch, struct rtattr* nest) {
  nest->rta_len = (unsigned short)(batch->bytes + batch->used - (char*)nest);
}

static void perform(int socket, struct batch* batch) {
  must(send(socket, batch->bytes, batch->used, 0), "send to netlink");
  char answer[16384];
  for (unsigned acked = 0; acked < batch->requests;) {
    long size = recv(socket, answer, sizeof answer, 0);
    must(size, "receive from netlink");
    for (struct nlmsghdr* at = (struct nlmsghdr*)answer; NLMSG_OK(at, size); at = NLMSG_NEXT(at, size)) {
      if (at->nlmsg_type != NLMSG_ERROR) continue;
      const struct nlmsgerr* result = NLMSG_DATA(at);
      if (result->error != 0) {
        fprintf(stderr, "netlink request %u: %s\n", at->nlmsg_seq, strerror(-result->error));
        exit(1);
      }
      acked++;
    }
  }
}

static int open_netlink(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  must(fd, "netlink socket");
  return fd;
}

static void add_veth(struct batch* batch, int network, const char* port, unsigned bridge) {
  const unsigned inside = 2;
  struct ifinfomsg* link = request(batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof *link);
  link->ifi_flags = link->ifi_change = IFF_UP;
  attribute(batch, IFLA_IFNAME, port, strlen(port) + 1);
  attribute(batch, IFLA_MASTER, &bridge, sizeof bridge);
  struct rtattr* info = attribute(batch, IFLA_LINKINFO, NULL, 0);
  attribute(batch, IFLA_INFO_KIND, "veth", 5);
  struct rtattr* data = attribute(batch, IFLA_INFO_DATA, NULL, 0);
  struct rtattr* peer = attribute(batch, VETH_INFO_PEER, NULL, 0);
  struct ifinfomsg* other = reserve(batch, sizeof *other);
  other->ifi_index = (int)inside;
  attribute(batch, IFLA_IFNAME, "eth0", 5);
  attribute(batch, IFLA_NET_NS_FD, &network, sizeof network);
  close_nest(batch, peer);
  close_nest(batch, data);
  close_nest(batch, info);
}

static void set_port(struct batch* batch, const char* port) {
  struct ifinfomsg* link = request(batch, RTM_NEWLINK, 0, sizeof *link);
  attribute(batch, IFLA_IFNAME, port, strlen(port) + 1);
  struct rtattr* info = attribute(batch, IFLA_LINKINFO, NULL, 0);
  attribute(batch, IFLA_INFO_SLAVE_KIND, "bridge", 7);
  struct rtattr* data = attribute(batch, IFLA_INFO_SLAVE_DATA, NULL, 0);
  const unsigned char on = 1, off = 0;
  attribute(batch, IFLA_BRPORT_ISOLATED, &on, 1);
  attribute(batch, IFLA_BRPORT_LEARNING, &off, 1);
  attribute(batch, IFLA_BRPORT_UNICAST_FLOOD, &off, 1);
  attribute(batch, IFLA_BRPORT_MCAST_FLOOD, &off, 1);
  attribute(batch, IFLA_BRPORT_BCAST_FLOOD, &off, 1);
  close_nest(batch, data);
  close_nest(batch, info);
}

static void up(struct batch* batch, int index) {
  struct ifinfomsg* link = request(batch, RTM_NEWLINK, 0, sizeof *link);
  link->ifi_index = index;
  link->ifi_flags = link->ifi_change = IFF_UP;
}

static void address(struct batch* batch, unsigned char family, const void* bytes, size_t size,
                    unsigned char prefix) {
  struct ifaddrmsg* made = request(batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *made);
  *made = (struct ifaddrmsg){.ifa_family = family, .ifa_prefixlen = prefix, .ifa_index = 2};
  const unsigned nodad = IFA_F_NODAD;
  attribute(batch, IFA_LOCAL, bytes, size);
  if (family == AF_INET)
    attribute(batch, IFA_ADDRESS, bytes, size);
  else
    attribute(batch, IFA_FLAGS, &nodad, sizeof nodad);
}

static void route(struct batch* batch, unsigned char family, const void* gateway, size_t size) {
  struct rtmsg* made = request(batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof *made);
  *made = (struct rtmsg){.rtm_family = family,
                         .rtm_table = RT_TABLE_MAIN,
                         .rtm_protocol = RTPROT_STATIC,
                         .rtm_scope = RT_SCOPE_UNIVERSE,
                         .rtm_type = RTN_UNICAST};
  const unsigned link = 2;
  attribute(batch, RTA_GATEWAY, gateway, size);
  attribute(batch, RTA_OIF, &link, sizeof link);
}

static void configure(int socket, int number) {
  struct batch batch = {0};
  up(&batch, 1);
  up(&batch, 2);
  const unsigned v4 = htonl(0x0a580000u + 255u + (unsigned)number), gateway4 = htonl(0x0a580001u);
  address(&batch, AF_INET, &v4, sizeof v4, 16);
  struct in6_addr v6, gateway6;
  inet_pton(AF_INET6, "fd88::", &v6);
  v6.s6_addr[14] = (unsigned char)(number >> 8), v6.s6_addr[15] = (unsigned char)number, v6.s6_addr[13] = 1;
  inet_pton(AF_INET6, "fe80::1", &gateway6);
  address(&batch, AF_INET6, &v6, sizeof v6, 128);
  route(&batch, AF_INET, &gateway4, sizeof gateway4);
  route(&batch, AF_INET6, &gateway6, sizeof gateway6);
  perform(socket, &batch);
}

int make_network(int home, const char* bridge, int number) {
  must(unshare(CLONE_NEWNET), "make network namespace");
  int network = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  must(network, "open network namespace");
  int inside = open_netlink();
  must(setns(home, CLONE_NEWNET), "go back");
  char port[IFNAMSIZ];
  snprintf(port, sizeof port, "floor%d", number);
  int outside = open_netlink();
  struct batch batch = {0};
  add_veth(&batch, network, port, if_nametoindex(bridge));
  set_port(&batch, port);
  perform(outside, &batch);
  close(outside);
  configure(inside, number);
  close(inside);
  return network;
}

int ports_left(void) {
  int count = 0;
  struct if_nameindex* all = if_nameindex();
  for (struct if_nameindex* at = all; at && at->if_index != 0; at++)
    if (strncmp(at->if_name, "floor", 5) == 0) count++;
  if_freenameindex(all);
  return count;
}
