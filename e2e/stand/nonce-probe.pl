# ADDRESS PORT SECONDS: prints what is said there; exit 1 when nobody answers in time.
use strict;
use IO::Socket::IP;
my ($address, $port, $seconds) = @ARGV;
$SIG{ALRM} = sub { print STDERR "timed out\n"; exit 1 };
alarm $seconds;
my $socket = IO::Socket::IP->new(PeerHost => $address, PeerPort => $port, Type => SOCK_STREAM)
  or do { print STDERR "$@\n"; exit 1 };
my $line = <$socket>;
exit 1 unless defined $line;
print $line;
