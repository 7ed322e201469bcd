/**
 * Says when things happened, seen from outside of whoever did them, in nanoseconds since 1970:
 *
 *   witness NETNS FILE...
 *
 *   written FILE NS    a file was written and closed, or renamed to this name
 *   changed FILE NS    a file was written to
 *   address+ A NS      an address was added in NETNS (address- removed)
 *   neighbour+ A NS    a permanent neighbour was added in this network namespace (neighbour- removed)
 *
 * NETNS may be -. Each FILE's directory must exist. It prints `ready` first and ends with its standard input.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_FILES 64

static struct {
  int watch;
  char name[256];
  char* path;
} files[MOST_FILES];
static int known;

static void must(long result, const char* what) {
  if (result >= 0) return;
  perror(what);
  exit(1);
}

static void say(const char* what, const char* of) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  printf("%s %s %lld\n", what, of, at.tv_sec * 1000000000LL + at.tv_nsec);
}

static int listen_to(unsigned groups) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  must(fd, "netlink");
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
  must(bind(fd, (struct sockaddr*)&address, sizeof address), "listen to netlink");
  return fd;
}

static void tell_attribute(const char* what, const struct rtattr* at, long left, unsigned short type, int family) {
  char text[INET6_ADDRSTRLEN];
  for (; RTA_OK(at, left); at = RTA_NEXT(at, left))
    if (at->rta_type == type && inet_ntop(family, RTA_DATA(at), text, sizeof text)) say(what, text);
}

static void hear(int socket) {
  static char buffer[65536];
  long size = recv(socket, buffer, sizeof buffer, 0);
  for (struct nlmsghdr* at = (struct nlmsghdr*)buffer; NLMSG_OK(at, size); at = NLMSG_NEXT(at, size)) {
    if (at->nlmsg_type == RTM_NEWADDR || at->nlmsg_type == RTM_DELADDR) {
      const struct ifaddrmsg* body = NLMSG_DATA(at);
      tell_attribute(at->nlmsg_type == RTM_NEWADDR ? "address+" : "address-", IFA_RTA(body), IFA_PAYLOAD(at),
                     IFA_ADDRESS, body->ifa_family);
    } else if (at->nlmsg_type == RTM_NEWNEIGH || at->nlmsg_type == RTM_DELNEIGH) {
      const struct ndmsg* body = NLMSG_DATA(at);
      if (body->ndm_family == AF_BRIDGE) continue;
      const struct rtattr* first = (const struct rtattr*)((const char*)body + NLMSG_ALIGN(sizeof *body));
      tell_attribute(at->nlmsg_type == RTM_NEWNEIGH ? "neighbour+" : "neighbour-", first,
                     at->nlmsg_len - NLMSG_LENGTH(sizeof *body), NDA_DST, body->ndm_family);
    }
  }
}

static void watch_file(int notes, char* path) {
  char copy[4096];
  snprintf(copy, sizeof copy, "%s", path);
  snprintf(files[known].name, sizeof files[known].name, "%s", basename(copy));
  snprintf(copy, sizeof copy, "%s", path);
  files[known].path = path;
  files[known].watch = inotify_add_watch(notes, dirname(copy), IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO);
  must(files[known].watch, path);
  known++;
}

static void look(int notes) {
  static char buffer[65536];
  long size = read(notes, buffer, sizeof buffer);
  for (char* at = buffer; at < buffer + size;) {
    const struct inotify_event* event = (const struct inotify_event*)at;
    at += sizeof *event + event->len;
    for (int i = 0; i < known; i++)
      if (event->len > 0 && files[i].watch == event->wd && strcmp(files[i].name, event->name) == 0)
        say(event->mask & IN_MODIFY ? "changed" : "written", files[i].path);
  }
}

int main(int count, char** arguments) {
  if (count < 2) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  int notes = inotify_init1(IN_CLOEXEC);
  must(notes, "inotify");
  for (int i = 2; i < count && known < MOST_FILES; i++) watch_file(notes, arguments[i]);
  int here = listen_to(RTMGRP_NEIGH), inside = -1;
  if (strcmp(arguments[1], "-") != 0) {
    int netns = open(arguments[1], O_RDONLY | O_CLOEXEC);
    must(netns, arguments[1]);
    must(setns(netns, CLONE_NEWNET), "enter network namespace");
    inside = listen_to(RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);
  }
  puts("ready");
  struct pollfd polled[] = {{0, POLLIN, 0}, {notes, POLLIN, 0}, {here, POLLIN, 0}, {inside, POLLIN, 0}};
  char gone[64];
  while (poll(polled, 4, -1) > 0) {
    if (polled[1].revents) look(notes);
    if (polled[2].revents) hear(here);
    if (polled[3].revents) hear(inside);
    if (polled[0].revents && read(0, gone, sizeof gone) <= 0) break;
  }
  return 0;
}
