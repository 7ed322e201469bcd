# ADDRESS PORT SECONDS: asks again and again, and prints each answer with its time in milliseconds.
# It ends soon after a second voice was heard, at the latest after SECONDS.
# A question that nobody answers within 10 ms is given up, so that no retransmission hides the gap.
use strict;
use Errno qw(EINPROGRESS);
use Fcntl;
use Socket qw(:DEFAULT inet_pton AF_INET AF_INET6 pack_sockaddr_in6);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
my ($address, $port, $seconds) = @ARGV;
my $family = $address =~ /:/ ? AF_INET6 : AF_INET;
my $to = $family == AF_INET6
  ? pack_sockaddr_in6($port, inet_pton($family, $address))
  : pack_sockaddr_in($port, inet_pton($family, $address));
my $end = clock_gettime(CLOCK_MONOTONIC) + $seconds;
my (%voices, $enough);
$| = 1;
while (clock_gettime(CLOCK_MONOTONIC) < $end) {
  socket(my $socket, $family, SOCK_STREAM, 0) or die "socket: $!";
  fcntl($socket, F_SETFL, O_NONBLOCK);
  my $said = '-';
  if (connect($socket, $to) || $! == EINPROGRESS) {
    my $wanted = '';
    vec($wanted, fileno($socket), 1) = 1;
    if (select(my $ready = $wanted, undef, undef, 0.010)) {
      my $read = sysread $socket, my $line, 100;
      if ($read) { chomp $line; $said = $line }
    }
  }
  close $socket;
  $voices{$said} = 1 if $said ne '-';
  $enough //= clock_gettime(CLOCK_MONOTONIC) + 0.3 if keys %voices > 1;
  last if defined $enough && clock_gettime(CLOCK_MONOTONIC) > $enough;
  printf "%.3f %s\n", clock_gettime(CLOCK_MONOTONIC) * 1000, $said;
  select undef, undef, undef, 0.001;
}
