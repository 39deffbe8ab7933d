//! Anlan 安澜: one binary. Here is the wiring: configuration, the wall clock, randomness, background jobs, the command line.

mod bench;
mod check;
mod cli;
mod clock;
mod consequence;
mod demo;
mod doctor;
mod methods;
mod people;
mod platform;
mod serve;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    logging(arguments.verbose);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime can be started");
    let ended = runtime.block_on(cli::run(arguments.command));
    // A computation that still runs is not waited for: whoever asked is gone, and nothing of it is kept before it is whole.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("anlan: {error:#}");
            ExitCode::from(1)
        }
    }
}

/// Everything that is logged goes to standard error; standard output belongs to answers.
fn logging(verbose: bool) {
    use tracing_subscriber::EnvFilter;
    let wanted = std::env::var("ANLAN_LOG").unwrap_or_else(|_| if verbose { "info,anlan=debug".into() } else { "warn".into() });
    tracing_subscriber::fmt().with_env_filter(EnvFilter::new(wanted)).with_writer(std::io::stderr).with_target(false).init();
}
