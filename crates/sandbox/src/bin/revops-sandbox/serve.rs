//! Serves until it is told to stop.

use std::future::pending;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use revops_sandbox::{GONG_REFRESH_TOKEN, Mood, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, Sandbox, Vendor};

use crate::options::{Exports, Serve};

/// Starts, prints how to reach it, and waits for the end.
pub(crate) async fn serve(options: Serve) -> io::Result<()> {
    let Serve { people, seed, port, moods, profile, listen, duration, .. } = options;
    let builder = Sandbox::builder().people(people).seed(seed).port(port).profile(profile.into());
    let builder = moods.into_iter().fold(builder, revops_sandbox::Builder::mood);
    let builder = match listen {
        Some(address) => builder.listen_not_for_production(address),
        None => builder,
    };
    // Listened for before anything is printed: who reads the last line may already send one.
    let signals = signals()?;
    let sandbox = builder.start().await?;
    print(&sandbox)?;
    tokio::select! {
        () = signals => {}
        () = after(duration) => {}
    }
    sandbox.stop().await;
    Ok(())
}

/// The `export` lines alone.
pub(crate) fn print_exports(options: &Exports) -> io::Result<()> {
    write_exports(&mut io::stdout().lock(), options.address())
}

/// Everything but the `export` lines is a comment, so that a shell can take all of it.
fn print(sandbox: &Sandbox) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for vendor in Vendor::ALL {
        writeln!(out, "# {vendor:<10} {}", sandbox.base_url(vendor))?;
        for credential in sandbox.credentials(vendor) {
            writeln!(out, "#            {}: {}", credential.header, credential.value)?;
        }
    }
    let moods = sandbox.moods();
    let of_gong = moods.contains(&Mood::Tokens);
    if of_gong || moods.contains(&Mood::ScimTokens) {
        let vendors = Vendor::ALL.iter().filter(|vendor| of_gong || **vendor == Vendor::Gainsight);
        for (vendor, url) in vendors.filter_map(|vendor| Some((vendor, sandbox.token_url(*vendor)?))) {
            writeln!(out, "# tokens     {vendor}: POST {url}")?;
        }
        writeln!(out, "#            client {OAUTH_CLIENT_ID} with secret {OAUTH_CLIENT_SECRET}")?;
    }
    if of_gong {
        writeln!(out, "#            first refresh token of Gong {GONG_REFRESH_TOKEN}")?;
    }
    let moods: Vec<&str> = moods.into_iter().map(Mood::name).collect();
    let moods = if moods.is_empty() { "none".to_owned() } else { moods.join(", ") };
    writeln!(out, "# moods      {moods}")?;
    for (_, url) in sandbox.environment().iter().filter(|(name, _)| *name == "REVOPS_SANDBOX_URL") {
        writeln!(out, "# status     {url}/")?;
    }
    if !sandbox.address().ip().is_loopback() {
        writeln!(out, "# It can be reached from other machines. It is not for production.")?;
    }
    write_exports(&mut out, sandbox.address())?;
    out.flush()
}

fn write_exports(out: &mut impl Write, address: SocketAddr) -> io::Result<()> {
    for (name, value) in revops_sandbox::environment(address) {
        writeln!(out, "export {name}={value}")?;
    }
    Ok(())
}

/// Ctrl-C, or a request to terminate where there is such a thing.
#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signals() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a way to listen for it, it ends by being ended.
        if tokio::signal::ctrl_c().await.is_err() {
            pending().await
        }
    })
}

async fn after(duration: Option<Duration>) {
    match duration {
        Some(duration) => tokio::time::sleep(duration).await,
        None => pending().await,
    }
}
