# Searches files, folders, block devices and standard input (-) for byte strings, without one of them in its arguments.
#
#   perl search.pl PATTERNS [--known TEXT] PATH...
#
# A line of PATTERNS is a label, a tab, and the string in hex. Prints for each hit HIT, label, offset and path, by tabs, and
# at the end LOOKED, the number of files and of bytes: a search that looked at nothing must not count as one that found nothing.
use strict;
use warnings;

use constant CHUNK  => 4 * 1024 * 1024;
use constant MOST   => 50;

my $patterns = shift @ARGV;
my (%label, $longest);
$longest = 1;

sub add {
    my ($name, $bytes) = @_;
    $label{$bytes} = $name;
    $longest = length $bytes if length $bytes > $longest;
}

open my $list, '<', $patterns or die "cannot read $patterns: $!\n";
while (my $line = <$list>) {
    chomp $line;
    my ($name, $hex) = split /\t/, $line;
    add($name, pack 'H*', $hex) if defined $hex && $hex ne '';
}
close $list;
while (@ARGV && $ARGV[0] eq '--known') {
    shift @ARGV;
    add('known', shift @ARGV);
}
die "no patterns\n" unless %label;
# Longer ones first: of two that begin alike the alternation takes the first.
my $any = join '|', map { quotemeta } sort { length $b <=> length $a } keys %label;
my $regex = qr/($any)/s;

my ($files, $bytes) = (0, 0);

sub search {
    my ($handle, $path) = @_;
    $files++;
    my ($tail, $at, $hits) = ('', 0, 0);
    while (1) {
        my $read = sysread $handle, my $chunk, CHUNK;
        if (!defined $read) { print STDERR "cannot read $path at $at: $!\n"; last }
        last if $read == 0;
        $bytes += $read;
        my $from = $at - length $tail;
        my $window = $tail . $chunk;
        if ($window =~ /[^\0]/) {
            while ($window =~ /$regex/g) {
                my $place = $from + $-[0];
                # Seen already in the window before.
                next if $+[0] <= length $tail;
                print join("\t", 'HIT', $label{$1}, $place, $path), "\n";
                last if ++$hits >= MOST;
            }
        }
        last if $hits >= MOST;
        $at += $read;
        $tail = length $window < $longest ? $window : substr $window, 1 - $longest;
        $tail = '' if $longest == 1;
    }
}

sub walk {
    my ($path, $is_named) = @_;
    if (-l $path && !$is_named) { return }
    if (-d $path) {
        opendir my $folder, $path or do { print STDERR "cannot open $path: $!\n"; return };
        my @names = sort grep { $_ ne '.' && $_ ne '..' } readdir $folder;
        closedir $folder;
        walk("$path/$_", 0) for @names;
        return;
    }
    # A pipe or a terminal would wait for ever; a device only when it was named.
    return unless -f $path || ($is_named && -b $path);
    open my $file, '<:raw', $path or do { print STDERR "cannot open $path: $!\n"; return };
    search($file, $path);
    close $file;
}

for my $path (@ARGV) {
    if ($path eq '-') {
        binmode STDIN;
        search(\*STDIN, '-');
    } else {
        walk($path, 1);
    }
}
print join("\t", 'LOOKED', $files, $bytes), "\n";
