# Drives LWP::Authen::OAuth2, a login client of other people, against a company: a person allows, the code is exchanged,
# documents go in and out in JSON and in XML, and a token that has ended is refreshed and the request sent again.
# Its one argument is the company's ready line; it prints one line of JSON with what it saw.
use strict;
use warnings;
use JSON::PP;
use LWP::Authen::OAuth2;
use LWP::UserAgent;

my $json  = JSON::PP->new->utf8->canonical;
my $ready = $json->decode($ARGV[0]);
my $saved = 0;
my $login = LWP::Authen::OAuth2->new(
    client_id              => $ready->{client_id},
    client_secret          => $ready->{client_secret},
    authorization_endpoint => $ready->{authorize_url},
    token_endpoint         => $ready->{token_url},
    redirect_uri           => 'http://localhost:9999/callback',
    scope                  => 'com.intuit.quickbooks.accounting',
    save_tokens            => sub { $saved++ },
);
my $person = LWP::UserAgent->new(max_redirect => 0);
my $books  = "$ready->{base_url}/v3/company/$ready->{company_id}";
my %seen;

sub told {
    my ($answer) = @_;
    return $json->decode($answer->content);
}

sub get { return told($login->get("$books/$_[0]", Accept => 'application/json')) }

sub post {
    my ($path, $body) = @_;
    my @headers = (Accept => 'application/json', 'Content-Type' => 'application/json');
    return told($login->post("$books/$path", @headers, Content => $json->encode($body)));
}

sub control {
    my ($call, $body) = @_;
    my $answer = $person->post("$ready->{control_url}/$call", Content => $json->encode($body || {}));
    die $answer->content unless $answer->is_success;
}

# A person allows it
my $page   = $person->get($login->authorization_url(state => 'state-1'))->content;
my %hidden = $page =~ /<input type="hidden" name="(\w+)" value="([^"]*)">/g;
my $back   = $person->post($ready->{authorize_url}, {%hidden, decision => 'allow'})->header('Location');
my ($code) = $back =~ /[?&]code=([^&]+)/;
$seen{state} = $back =~ /[?&]state=state-1(&|$)/ ? 'kept' : $back;
$login->request_tokens(code => $code);

# Documents
$seen{company} = get("companyinfo/$ready->{company_id}")->{CompanyInfo}{CompanyName};
my $line = {Amount => 100.1, DetailType => 'SalesItemLineDetail', SalesItemLineDetail => {ItemRef => {value => '1'}}};
my $sale = {CustomerRef => {value => '6'}, DocNumber => 'P-1', Line => [$line]};
my ($made, $again) = map { post('invoice?requestid=p-1', $sale)->{Invoice} } 1 .. 2;
$seen{once}   = $made->{Id} eq $again->{Id} ? 'yes' : 'no';
$seen{number} = post('invoice', $sale)->{Fault}{Error}[0]{code};
my $changed = post('invoice', {Id => $made->{Id}, SyncToken => '0', sparse => JSON::PP::true, PrivateNote => 'kept'});
$seen{changed} = join ' ', @{$changed->{Invoice}}{qw(SyncToken PrivateNote TotalAmt)};
$seen{found} = get("query?query=select * from Invoice where DocNumber = 'P-1'")->{QueryResponse}{Invoice}[0]{PrivateNote};
my $report = get('reports/TrialBalance')->{Rows}{Row}[-1]{Summary}{ColData};
$seen{balanced} = $report->[1]{value} eq $report->[2]{value} ? 'yes' : 'no';
my $voided = post('invoice?operation=void', {Id => $made->{Id}, SyncToken => '1'})->{Invoice};
$seen{voided}  = $voided->{PrivateNote};
$seen{deleted} = post('invoice?operation=delete', {Id => $made->{Id}, SyncToken => '2'})->{Invoice}{status};

# The same in XML
my $customer = '<Customer xmlns="http://schema.intuit.com/finance/v3"><DisplayName>A &amp; B</DisplayName></Customer>';
my $answer   = $login->post("$books/customer", 'Content-Type' => 'application/xml', Content => $customer)->content;
($seen{xml}) = $answer =~ m{<DisplayName>([^<]+)</DisplayName>};

# The token ends; the client asks for another one, which lives longer, and sends the request again
control('options', {access_token_seconds => 7200});
control('expire-tokens');
$seen{again} = get('companyinfo/1')->{CompanyInfo}{CompanyName};
$seen{saved} = $saved;

print $json->encode(\%seen), "\n";
