# Everything on the machine that an agent could leave behind, one line each.
ip -o link | sed 's/^[0-9]*: \([^:@]*\).*/link \1/'
ip -o addr | awk '{ print "address", $2, $4 }'
ip route | sed 's/^/route /'
nft list tables | sed 's/^/nft /'
sed 's/^/sysctl ip_forward /' /proc/sys/net/ipv4/ip_forward
awk '{ print "mount", $5 }' /proc/self/mountinfo
find /sys/fs/cgroup -name '*cellblock*' | sed 's/^/cgroup /'
sed 's/^/user /' /etc/passwd
sed 's/^/group /' /etc/group
sed 's/^/subuid /' /etc/subuid
find / -xdev -path /var/log -prune -o -path /var/cache -prune -o -path /tmp -prune -o -path /var/tmp -prune -o \
  -path /var/lib/systemd -prune -o -name '*-' -prune -o -print | sed 's/^/file /'
find /run -name '*cellblock*' | sed 's/^/run /'
for exe in /proc/[0-9]*/exe; do readlink "$exe"; done | grep -e cellblock | sed 's/^/process /'
true
