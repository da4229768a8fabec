//! What can be said on the command line.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use revops_sandbox::{Mood, Profile};

/// `UserGems`, Userpilot, Gainsight and Gong on loopback, judging every request against the published
/// documents.
#[derive(Debug, Parser)]
#[command(name = "revops-sandbox", arg_required_else_help = true, args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    /// List the places where the published text cannot be taken literally.
    #[arg(long)]
    pub(crate) exceptions: bool,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve until Ctrl-C, and print how to reach it.
    Serve(Serve),
    /// Print the `export` lines for a sandbox on this port, for `eval`.
    Exports(Exports),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// How many people there are.
    #[arg(long, default_value_t = 250)]
    pub(crate) people: usize,
    /// What the people are made from: the same seed makes the same people.
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
    /// The port; 0 for one that is free.
    #[arg(long, default_value_t = 4010)]
    pub(crate) port: u16,
    /// A habit of the real vendors to turn on; may be repeated.
    #[arg(long = "mood", value_name = "NAME")]
    pub(crate) moods: Vec<Mood>,
    /// All habits that are confirmed, or none.
    #[arg(long, value_enum, default_value_t = Habits::Published)]
    pub(crate) profile: Habits,
    /// Another interface than loopback. The keys are published: whoever reaches it can use it.
    #[arg(long, value_name = "ADDRESS", value_parser = interface, requires = "not_for_production")]
    pub(crate) listen: Option<IpAddr>,
    /// Says that what listens on another interface is not for production.
    #[arg(long)]
    pub(crate) not_for_production: bool,
    /// Stop after so many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) duration: Option<Duration>,
}

#[derive(Debug, Args)]
pub(crate) struct Exports {
    /// The port that the sandbox was told, or has printed.
    #[arg(long, default_value_t = 4010, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
}

impl Exports {
    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Habits {
    /// Every answer is what the published document promises.
    Published,
    /// Beside the documents, what the vendors' own texts or recorded traffic confirm.
    Observed,
}

impl From<Habits> for Profile {
    fn from(habits: Habits) -> Self {
        match habits {
            Habits::Published => Self::Published,
            Habits::Observed => Self::Observed,
        }
    }
}

/// An address, or the name that every machine has for its own.
fn interface(text: &str) -> Result<IpAddr, String> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    text.parse().map_err(|_| "an IP address, such as 0.0.0.0 or ::1, or `localhost`".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
