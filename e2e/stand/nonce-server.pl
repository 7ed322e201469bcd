# NONCE PORT [background]: says NONCE to everybody who connects, on every address of the jail, old and new.
use strict;
use Socket qw(:DEFAULT AF_INET6 IPPROTO_IPV6 IPV6_V6ONLY pack_sockaddr_in6 IN6ADDR_ANY);
my ($nonce, $port, $background) = @ARGV;
socket(my $listener, AF_INET6, SOCK_STREAM, 0) or die "socket: $!";
setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1) or die "SO_REUSEADDR: $!";
setsockopt($listener, IPPROTO_IPV6, IPV6_V6ONLY, 0) or die "IPV6_V6ONLY: $!";
bind($listener, pack_sockaddr_in6($port, IN6ADDR_ANY)) or die "bind: $!";
listen($listener, 128) or die "listen: $!";
if ($background) {
  exit 0 if fork;
  require POSIX;
  POSIX::setsid();
  open STDIN, '<', '/dev/null';
  open STDOUT, '>', '/dev/null';
  open STDERR, '>', '/dev/null';
}
$SIG{PIPE} = 'IGNORE';
while (1) {
  accept(my $client, $listener) or next;
  syswrite $client, "$nonce\n";
  close $client;
}
