# NONCE PORT FORGED TARGET: says NONCE to whoever connects, and from its first moment on sends what this jail must not
# send on the segment: packets to TARGET with FORGED as their source, an address that the jail has on another network.
use strict;
use Socket qw(:DEFAULT inet_pton AF_INET);
my ($nonce, $port, $forged, $target) = @ARGV;
my $server = fork;
if (!$server) {
  socket(my $listener, AF_INET, SOCK_STREAM, 0) or die "socket: $!";
  setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1) or die "SO_REUSEADDR: $!";
  bind($listener, pack_sockaddr_in($port, INADDR_ANY)) or die "bind: $!";
  listen($listener, 16) or die "listen: $!";
  $SIG{PIPE} = 'IGNORE';
  while (1) {
    accept(my $client, $listener) or next;
    syswrite $client, "$nonce\n";
    close $client;
  }
}
$| = 1;
print "forging\n";
$SIG{CHLD} = 'IGNORE';
my $sent = 0;
while (1) {
  socket(my $socket, AF_INET, SOCK_DGRAM, 0) or die "socket: $!";
  if (bind $socket, pack_sockaddr_in(0, inet_pton(AF_INET, $forged))) {
    for (1 .. 50) {
      $sent += 1 if defined send $socket, 'forged', 0, pack_sockaddr_in(9, inet_pton(AF_INET, $target));
      print "sent $sent\n" if $sent == 1;
      select undef, undef, undef, 0.02;
    }
  }
  select undef, undef, undef, 0.02;
}
