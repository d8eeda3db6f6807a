# Reads the arguments and the environment of every process, again and again, and writes down where a byte string was in them.
#
#   perl sampler.pl PATTERNS OUT INTERVAL_MS
#
# PATTERNS as for search.pl. OUT gets READY, then HIT, label, cmdline or environ, pid and name by tabs, once for each; and
# after SIGTERM SAMPLES, their number, the median, the 95th percentile and the longest time between two in ms, and how many
# processes were read in all. After SIGHUP it reads PATTERNS again and writes READY again.
use strict;
use warnings;
use Time::HiRes qw(time sleep);

my ($patterns, $out, $interval) = @ARGV;
$interval /= 1000;

my (%label, $regex);

sub read_patterns {
    %label = ();
    open my $list, '<', $patterns or die "cannot read $patterns: $!\n";
    while (my $line = <$list>) {
        chomp $line;
        my ($name, $hex) = split /\t/, $line;
        $label{ pack 'H*', $hex } = $name if defined $hex && $hex ne '';
    }
    close $list;
    die "no patterns\n" unless %label;
    my $any = join '|', map { quotemeta } sort { length $b <=> length $a } keys %label;
    $regex = qr/($any)/s;
}
read_patterns();

open my $log, '>', $out or die "cannot write $out: $!\n";
select((select($log), $| = 1)[0]);

my ($is_over, $has_news) = (0, 0);
$SIG{HUP} = sub { $has_news = 1 };
$SIG{TERM} = $SIG{INT} = sub { $is_over = 1 };

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or return '';
    my $all = '';
    while (1) {
        my $read = sysread $file, $all, 131072, length $all;
        last unless $read;
    }
    close $file;
    return $all;
}

# Threads of the kernel have neither, and never will: most of a small machine's processes.
my %is_kernel;
my (%told, @gaps);
my ($last, $processes) = (undef, 0);
print $log "READY\n";
until ($is_over) {
    if ($has_news) { $has_news = 0; read_patterns(); print $log "READY\n" }
    my $begin = time;
    push @gaps, ($begin - $last) * 1000 if defined $last;
    $last = $begin;
    opendir my $proc, '/proc' or die "no /proc: $!\n";
    my @pids = grep { /^\d+$/ } readdir $proc;
    closedir $proc;
    my %here = map { $_ => 1 } @pids;
    for my $pid (keys %is_kernel) { delete $is_kernel{$pid} unless $here{$pid} }
    for my $pid (@pids) {
        next if $pid == $$ || $is_kernel{$pid};
        my $cmdline = slurp("/proc/$pid/cmdline");
        if ($cmdline eq '' && !defined readlink "/proc/$pid/exe" && slurp("/proc/$pid/stat") =~ /\) \S 2 /) {
            $is_kernel{$pid} = 1;
            next;
        }
        $processes++;
        for my $kind ('cmdline', 'environ') {
            my $text = $kind eq 'cmdline' ? $cmdline : slurp("/proc/$pid/environ");
            while ($text =~ /$regex/g) {
                my $name = $label{$1};
                next if $told{"$pid $kind $name"}++;
                my $comm = slurp("/proc/$pid/comm");
                $comm =~ s/[^ -~]//g;
                print $log join("\t", 'HIT', $name, $kind, $pid, $comm), "\n";
            }
        }
    }
    my $rest = $interval - (time - $begin);
    sleep $rest if $rest > 0 && !$is_over;
}
@gaps = sort { $a <=> $b } @gaps;
my $at = sub { @gaps ? sprintf '%.1f', $gaps[int($_[0] * $#gaps)] : 0 };
print $log join("\t", 'SAMPLES', @gaps + 1, $at->(0.5), $at->(0.95), $at->(1), $processes), "\n";
close $log;
